"""The submissions that the generator's tests look at."""

from tests.submissions.axes import AXES, NONE, drawn

SEEDS = range(72)
GRADABLE = [seed for seed in SEEDS if drawn(seed).hindrance == NONE]
SPEAKABLE = [seed for seed in GRADABLE if drawn(seed).secrecy == NONE]
"""Those that somebody else can speak to than their own pages."""

HINDERED = [seed for seed in SEEDS if drawn(seed).hindrance != NONE]


def firsts(axis: str, seeds: list[int]) -> list[int]:
    """Return for each value of an axis the first seed that has it, the odd values only."""
    by_value = {getattr(drawn(seed), axis): seed for seed in reversed(seeds)}
    return [by_value[value] for value in AXES[axis] if value != NONE]

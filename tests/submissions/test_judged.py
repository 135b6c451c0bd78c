"""What is handed in is graded with no configuration, as its truth says. All: `make generated`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.submissions.axes import NONE, drawn
from tests.submissions.generator import write
from tests.submissions.judged import graded, judgement, unlike
from tests.submissions.seeds import GRADABLE

SLOW = {"bcrypt", "flask_bcrypt", "flask_cors", "jwt"}
"""Packages with which passwords are hashed, which is most of what such a submission does."""

HINDERED = (48, 50)
"""One that fails and one that is left open: a syntax error, a package that nobody has."""


def covering(seeds: Sequence[int], count: int) -> list[int]:
    """Return so many seeds, each the one with the most values that none before it has."""
    chosen: list[int] = []
    values: set[tuple[str, str]] = set()
    for _ in range(count):
        best = max(seeds, key=lambda seed: len(asdict(drawn(seed)).items() - values))
        values.update(asdict(drawn(best)).items())
        chosen.append(best)
    return chosen


JUDGED = covering([seed for seed in GRADABLE if drawn(seed).package not in SLOW], 5)


@pytest.mark.parametrize("seed", [*JUDGED, *HINDERED])
def test_a_submission_is_graded_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    found = graded(truth, tmp_path)
    assert judgement(truth, found) == "right", found
    assert unlike(truth, found.contract) == ([] if truth.failure is None else ["all of it"])


def test_those_cover_a_good_part_of_what_there_is() -> None:
    drawings = [asdict(drawn(seed)) for seed in JUDGED]
    assert len({value for drawing in drawings for value in drawing.items()}) > 80
    assert {drawing["mistake"] for drawing in drawings} > {NONE}

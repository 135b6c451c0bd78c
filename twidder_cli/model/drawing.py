"""A scenario drawn as lines between its actors and the server, for a terminal."""

from collections.abc import Iterable, Sequence
from typing import Literal

from twidder_cli.model import Noun

Kind = Literal["asks", "hears", "silent", "note"]

_WIDTH = 78
_LANE = 15
_SERVER = "server"
_SERVER_LANE = _WIDTH - len(_SERVER)
_SHORTEST_ARROW = 27


class Arrow(Noun):
    """Something that passes between an actor and the server, or must not."""

    actor: str
    label: str
    kind: Kind


def drawn(actors: Sequence[str], arrows: Iterable[Arrow]) -> list[str]:
    """Return the lines of a sequence diagram; the server is the lane on the right."""
    gap = min(_LANE, (_SERVER_LANE - _SHORTEST_ARROW) // max(len(actors) - 1, 1))
    lanes = {name: i * gap for i, name in enumerate(actors)}
    right = _SERVER_LANE
    heads = "".join(f"{name:<{gap - 1}.{gap - 1}} " for name in actors)
    lines = [f"{heads:<{right}}{_SERVER}"]
    for arrow in arrows:
        if arrow.kind == "note":
            lines.append(f"-- {arrow.label} ".ljust(right + 1, "-"))
            continue
        left = lanes[arrow.actor]
        room = right - left - 3
        label = f" {arrow.label} "[:room]
        if arrow.kind == "asks":
            middle = f"{label:-^{room}}->"
        elif arrow.kind == "hears":
            middle = f"<{label:=^{room}}="
        else:
            middle = f" {label:^{room}} "
        line = [" "] * (right + 1)
        for place in (*lanes.values(), right):
            line[place] = "|"
        line[left + 1 : right] = middle
        lines.append("".join(line))
    return lines

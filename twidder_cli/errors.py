"""The operator's mistakes. Everything else that goes wrong is a verdict, not an exception."""

import difflib
from collections.abc import Iterable


class OperatorError(Exception):
    """Something the person at the command line has to change; ends the run with exit code 2.

    The text says where, what was expected, what came, and what to try. It may
    have several lines, one per mistake.
    """


_FEW = 12
"""Names that a sentence can list without anybody losing sight of the mistake."""


def did_you_mean(name: str, known: Iterable[str], listing: str = "") -> str:
    """Return the sentence that offers the nearest known name.

    Where none is near: all of them, where they are few, else a few that look alike, else
    `listing`, a sentence that says how to list them.
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]!r}?"
    if len(known) > _FEW:
        alike = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        return f" Something like {', '.join(alike)}?" if alike else listing and f" {listing}"
    return f" Possible: {', '.join(known)}." if known else ""

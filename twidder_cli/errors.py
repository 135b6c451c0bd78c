"""The operator's mistakes. Everything else that goes wrong is a verdict, not an exception."""

import difflib
from collections.abc import Iterable


class OperatorError(Exception):
    """Something the person at the command line has to change; ends the run with exit code 2.

    The text says where, what was expected, what came, and what to try. It may
    have several lines, one per mistake.
    """


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the sentence that offers the nearest known name; what there is, where none is near."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]!r}?"
    return f" Possible: {', '.join(known)}." if known else ""

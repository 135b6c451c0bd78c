"""What the names of files and folders say: which lab it is, and what is only a copy or a test."""

import re

_LAB = re.compile(
    r"(?:lab|labb|labs|laboration|assignment|part|uppgift)[ _.-]*"
    r"(\d(?!\d)(?:[ _,&+-]*\d(?!\d))*)",
    re.IGNORECASE,
)
_SPARE = re.compile(
    r"(?:^|[ _.-])(?:backup|bak|old|copy|kopia|kopiera|archived?|deprecated|unused|trash"
    r"|tests?|examples?|draft|wip|tmp|temp)\d*(?:[ _.-]|$)|\(\d+\)(?:\.py)?$|^test_",
    re.IGNORECASE,
)


def lab_of(path: str) -> frozenset[str]:
    """Return the numbers of the labs that the innermost folder with such a name is for."""
    for part in reversed(path.split("/")):
        if found := _LAB.search(part):
            return frozenset(filter(str.isdigit, found[1]))
    return frozenset()


def lab_rank(path: str) -> int:
    """Return 0 for what is in a lab 3, 1 where no lab is named, 2 for other labs."""
    numbers = lab_of(path)
    return 1 if not numbers else 0 if "3" in numbers else 2


def spare(path: str) -> str:
    """Return the outermost part of a path that says it is a copy or a test; '' where none does."""
    parts = path.split("/")
    for count, part in enumerate(parts, 1):
        if _SPARE.search(part):
            return "/".join(parts[:count])
    return ""

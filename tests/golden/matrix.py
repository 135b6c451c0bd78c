"""The golden matrix: a row per server, a column per scenario, as a text that people review."""

import fcntl
from collections.abc import Mapping, Sequence
from pathlib import Path

PATH = Path(__file__).with_name("matrix.txt")

_HEAD = """\
# What the checker says about each server of tests/broken_servers.
# . passed, s skipped, u unclear, F failed, ! failed by the scenario that has to catch it.
# Written by `make golden`, reviewed as a diff.
"""

Row = Mapping[str, str]
"""A letter by scenario."""


def read() -> dict[str, Row]:
    """Return the rows by name of the server; none where there is no file yet."""
    text = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    columns = [line.split()[-1] for line in lines if line.startswith(" ")]
    rows = (line.split() for line in lines if not line.startswith(" "))
    return {name: dict(zip(columns, letters, strict=True)) for name, *letters in rows}


def write(name: str, row: Row, *, names: Sequence[str], columns: Sequence[str]) -> None:
    """Write one row into the file, for several processes at once; forgets unknown names."""
    with PATH.with_suffix(".py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = {**read(), name: row}
        PATH.write_text(_text(rows, names, columns), encoding="utf-8")


def _text(rows: Mapping[str, Row], names: Sequence[str], columns: Sequence[str]) -> str:
    width = max(map(len, names)) + 1
    head = [" " * width + "| " * place + name for place, name in enumerate(columns)]
    body = [
        f"{name:{width}}" + " ".join(rows[name].get(column, "?") for column in columns)
        for name in names
        if name in rows
    ]
    return "\n".join([_HEAD, *head, *body, ""])

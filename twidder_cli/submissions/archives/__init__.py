"""Reads archives, entry by entry, and believes nothing they say. Decides and writes nothing."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twidder_cli.model.words import printable
from twidder_cli.submissions.archives import packed, tar, zips
from twidder_cli.submissions.archives.entries import Entry, Item
from twidder_cli.submissions.limits import Budget, Limits, Refused

__all__ = ["Entry", "Item", "contents", "is_archive"]

_HEAD = 512
_FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
}


def is_archive(path: Path) -> bool:
    """Whether a file begins as an archive does, also one of a kind that can't be unpacked."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return head.startswith((*zips.MAGIC, *packed.MAGIC, *_FOREIGN)) or tar.is_header(head)


def contents(archive: Path, limits: Limits) -> Iterator[Item]:
    """Yield what an archive holds, in its order; raises Refused where it can't be read."""
    budget = Budget(limits.read, ratio=limits.ratio, packed=archive.stat().st_size)
    with zips.Sparing(io.FileIO(archive)) as file, _refusing():
        for entry, data in _items(file, budget):
            yield entry, _readable(data)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # on damaged bytes the libraries raise all kinds
        why = printable(str(error) or type(error).__name__, 100)
        raise Refused(f"it is damaged or cut off ({why})") from error


def _readable(data: Iterator[bytes]) -> Iterator[bytes]:
    with _refusing():
        yield from data


def _items(file: io.BufferedReader, budget: Budget) -> Iterator[Item]:
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(zips.MAGIC):
        return zips.items(file)
    if head.startswith(packed.MAGIC):
        return tar.items(packed.Stream(packed.unpacked(file, head), budget))
    if tar.is_header(head):
        return tar.items(packed.Stream(packed.plain(file), budget))
    what = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), "no archive")
    raise Refused(f"it is {what}; expected .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz")

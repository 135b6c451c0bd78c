"""Brings a submission into a folder of ours: copied or unpacked, whatever it was handed in as."""

import itertools
import re
from pathlib import Path
from typing import NamedTuple

from twidder_cli.model.job import Submission
from twidder_cli.submissions.archives import is_archive
from twidder_cli.submissions.copy import copied
from twidder_cli.submissions.limits import LIMITS, Refused
from twidder_cli.submissions.unpack import unpack

_ENDING = re.compile(r"(\.tar)?\.\w{1,4}$")


class Brought(NamedTuple):
    """A submission in a folder of ours, and what people should know of how it got there.

    `name` is the folder's own, where it is a package by itself; paths are then
    relative to the folder above, as Python needs it.
    """

    folder: Path
    name: str
    notes: tuple[str, ...]

    @property
    def root(self) -> Path:
        """The folder that all paths are relative to."""
        return self.folder.parent if self.name else self.folder


def brought(submission: Submission, folder: Path) -> Brought:
    """Bring a submission into a new folder.

    It has the submission's name there, as Python can import it. Archives in it
    are unpacked when it has no Python beside them. Raises Refused where it can't
    be read, or is too much.
    """
    origin = Path(submission.location)
    place = folder / _importable(submission.name)
    try:
        if submission.kind == "archive":
            notes = unpack(origin, place)
        else:
            copied(origin, place)
            notes = ()
        if not any(place.rglob("*.py")):
            notes += _unpack_inside(place)
    except OSError as error:
        raise Refused(f"it can't be read: {error.strerror or error}") from error
    return Brought(place, place.name if (place / "__init__.py").exists() else "", notes)


def _unpack_inside(place: Path) -> tuple[str, ...]:
    """Unpack the archives in a folder beside themselves; all together hold to the limits."""
    archives = sorted(path for path in place.rglob("*") if path.is_file() and is_archive(path))
    notes: tuple[str, ...] = ()
    for archive in archives:
        notes += unpack(archive, _free(archive.with_name(_importable(archive.name))))
        archive.unlink()
    files = (path for path in place.rglob("*") if path.is_file())
    if archives and sum(path.stat().st_size for path in files) > LIMITS.size:
        raise Refused(f"the archives in it hold more than {LIMITS.size >> 20} MiB")
    return notes


def _free(place: Path) -> Path:
    numbered = (place.with_name(f"{place.name}_{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([place], numbered) if not one.exists())


def _importable(name: str) -> str:
    return re.sub(r"\W", "_", _ENDING.sub("", name)) or "submission"

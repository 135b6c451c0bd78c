"""Temporary folders: gone when they are done with, and after a kill when the next run begins."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twidder_cli.processes.files import remove

_PREFIX = "twidder-scratch-"
_OURS = re.compile(rf"{_PREFIX}\w{{8}}")
"""What nobody calls a folder by hand: only what is named so is ever swept away."""


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder of one's own, which is removed afterwards with all that is in it."""
    unseen = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}"))
    held = os.open(unseen, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        # Only now, when it is held, is it seen by those who look for what nobody holds.
        folder = unseen.rename(unseen.with_name(unseen.name.removeprefix(".")))
        try:
            yield folder
        finally:
            remove(folder)
    finally:
        os.close(held)


def sweep() -> None:
    """Remove the folders of runs that were killed: the system lets go of what a process held."""
    for folder in Path(tempfile.gettempdir()).iterdir():
        if _OURS.fullmatch(folder.name):
            with suppress(OSError):  # somebody else's, in use, or gone meanwhile
                _remove_unless_held(folder)


def _remove_unless_held(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid == os.geteuid():
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(folder)
    finally:
        os.close(held)

"""One file per output. A reporter sees events and nothing else, and can't change a verdict."""

import importlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from twidder_cli.errors import OperatorError, did_you_mean
from twidder_cli.model.events import Event, RunFinished
from twidder_cli.model.report import Fold, Report

FORMATS = ("json", "junit")
"""Each is a module here with `render(report) -> Iterator[bytes]`."""

Render = Callable[[Report], Iterator[bytes]]
"""Makes a document in pieces: that of a class is never whole in memory."""


class Reporter(Protocol):
    """Consumes the events of a run."""

    name: str

    def handle(self, event: Event) -> None:
        """Take note of an event, in the order in which they come."""


class FileReport:
    """Writes a report to a file when the run is over, all at once."""

    def __init__(self, name: str, path: Path, render: Render) -> None:
        self.name = name
        self._path = path
        self._render = render
        self._fold = Fold()

    def handle(self, event: Event) -> None:
        """Add the event up; write the file with the last one."""
        self._fold.add(event)
        if isinstance(event, RunFinished):
            write_whole(self._path, self._render(self._fold.report))


class Reporters:
    """Hands events to all reporters. One that raises is dropped, told of, and in `broken`."""

    def __init__(self, reporters: list[Reporter], tell: Callable[[str, Exception], None]) -> None:
        self._reporters = reporters
        self._tell = tell
        self.broken: set[str] = set()

    def handle(self, event: Event) -> None:
        """Hand on an event."""
        for reporter in list(self._reporters):
            try:
                reporter.handle(event)
            except Exception as error:  # noqa: BLE001  one broken report must not cost the others
                self._reporters.remove(reporter)
                self.broken.add(reporter.name)
                self._tell(reporter.name, error)


def file_report(wish: str) -> FileReport:
    """Return the reporter for `FORMAT=PATH`; raises OperatorError where that can't be written."""
    name, _, place = wish.partition("=")
    if name not in FORMATS:
        raise OperatorError(
            f"--report {wish}: there is no format {name!r}.{did_you_mean(name, FORMATS)}"
        )
    path = Path(place)
    if not place or path.is_dir():
        raise OperatorError(f"--report {wish}: expected a file, as in {name}=results.{name}")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise OperatorError(f"--report {wish}: the folder {path.parent} can't be written to")
    return FileReport(name, path, importlib.import_module(f"{__name__}.{name}").render)


def write_whole(path: Path, content: Iterable[bytes]) -> None:
    """Put a file in its place whole, so that nobody ever reads half of it, whatever happens."""
    if path.exists() and not path.is_file():
        with path.open("wb") as place:  # a terminal, a pipe: nothing can be put in its place
            place.writelines(content)
        return
    path = path.resolve()
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
    ) as new:
        try:
            new.writelines(content)
            new.flush()
            os.fsync(new.fileno())
            new.close()
            Path(new.name).chmod(0o644)
            put(Path(new.name), path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise


def put(part: Path, path: Path) -> None:
    """Give a file that is on the disk its name, which holds after a power cut too."""
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

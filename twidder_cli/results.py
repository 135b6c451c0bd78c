"""The folder of results: everything a run finds out, on disk as it comes, for people and programs.

    names.csv            whose submission is which; the only place for personal names
    class.csv            a line for each submission, kept up to date
    class.json junit.xml the whole run, when it is over
    texts/KEY.txt        what is wrong with one submission, as the terminal shows it
    events/KEY.jsonl     all that was recorded of it; a fingerprint first
    pictures/KEY/        what its pages looked like where they were found wrong, a JPEG each

A file is put in its place whole, and is on the disk then, so a run that is cut
off loses nothing that was finished, and the next one goes on from there. A
submission's archive comes last: where it is, the rest is there too.
"""

import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import msgspec
from rich.console import Console

from twidder_cli.errors import OperatorError
from twidder_cli.model.events import (
    Event,
    Pictured,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    SubmissionFinished,
    SubmissionStarted,
    decode,
    encode,
)
from twidder_cli.model.report import Fold, Report, SubmissionResult
from twidder_cli.model.timeline import Stall
from twidder_cli.model.verdicts import Blame, Verdict
from twidder_cli.model.view import View
from twidder_cli.reporters import json, junit, put, table, write_whole
from twidder_cli.reporters.pictures import Pictures
from twidder_cli.reporters.text import Sheet

_WIDTH = 80
_LIST_OF_NAMES = "names.csv"
_NAMES = ("submission", "person", "handed_in_as")


class Results:
    """Writes the folder of results while events come; knows what an earlier run left in it."""

    name = "results"

    def __init__(self, folder: Path, *, resume: bool) -> None:
        """Raise OperatorError where the folder can't be used."""
        self.folder = folder
        self._events = folder / "events"
        self._texts = folder / "texts"
        self._fold = Fold()
        self._rows: dict[str, table.Row] = {}
        self._open: dict[str, IO[bytes]] = {}
        self._fingerprints: dict[str, str] = {}
        self._kept: list[str] = []
        self._started: RunStarted | None = None
        self._prepare(resume=resume)

    def _prepare(self, *, resume: bool) -> None:
        if not resume and self.folder.is_dir() and any(self.folder.iterdir()):
            raise OperatorError(
                f"{self.folder}: there are results in it already. --resume goes on with them, "
                "--results FOLDER takes another folder."
            )
        try:
            self._events.mkdir(parents=True, exist_ok=True)
            self._texts.mkdir(exist_ok=True)
            self._hold()
            for folder in (self.folder, self._texts):
                _remove(folder.glob(".*.part"))
            _remove(self._events.glob("*.part"))
        except OSError as error:
            raise OperatorError(
                f"{self.folder}: can't be used for results: {error.strerror}"
            ) from None

    def _hold(self) -> None:
        """Let no other run use the folder until this one is over."""
        self._lock = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise OperatorError(f"{self.folder}: another run is at work in it") from None
        except OSError:
            pass  # a file system without locks

    def write_names(self, names: Iterable[tuple[str, str, str]]) -> None:
        """Write the list of names: key, person, and the name it was handed in under."""
        rows = [dict(zip(_NAMES, row, strict=True)) for row in names]
        write_whole(self.folder / _LIST_OF_NAMES, table.render(_NAMES, rows))

    def forbid_names(self) -> None:
        """Raise OperatorError where an earlier run has left names."""
        if (self.folder / _LIST_OF_NAMES).exists():
            raise OperatorError(
                f"{self.folder}: there are names in it, of a run without --anonymous; "
                "--results FOLDER takes another folder."
            )

    def keep(self, fingerprints: Mapping[str, str]) -> tuple[str, ...]:
        """Return who was graded before as it would be now, and need not be again.

        `fingerprints` are those of the submissions to grade, by name.
        """
        self._fingerprints = dict(fingerprints)
        self._kept = [name for name in fingerprints if self._earlier(name)]
        return tuple(self._kept)

    def earlier(self) -> Iterator[Event]:
        """Yield the events of those who are kept; nothing is recorded of them again."""
        for name in self._kept:
            yield from self._earlier(name)

    def _earlier(self, name: str) -> list[Event]:
        """Return the events of an earlier run that still hold; none where there is doubt."""
        try:
            first, *lines = self._archive(name).read_bytes().splitlines()
            if msgspec.json.decode(first) != {"fingerprint": self._fingerprints[name]}:
                return []
            events = [decode(line) for line in lines]
        except (OSError, ValueError):
            return []
        match events[-1:]:
            case [SubmissionFinished(outcome=outcome)]:
                # What we could not do then may be possible now.
                is_ours = outcome is not None and outcome.blame is Blame.HARNESS
                return [] if is_ours or any(map(_was_left_open, events)) else events
            case _:
                return []

    def handle(self, event: Event) -> None:
        """Write an event down; with a submission's last one, all that can be said of it."""
        self._fold.add(event)
        match event:
            case RunStarted():
                self._started = event
            case RunFinished():
                self._finish(self._fold.report)
            case SubmissionStarted(submission=name) if name not in self._kept:
                self._begin(name)
            case _:
                pass
        archive = self._open.get(getattr(event, "submission", ""))
        if isinstance(event, Pictured):
            self._pictures(event.submission).write(event)
        elif archive is not None:
            archive.write(encode(event) + b"\n")
        if isinstance(event, SubmissionFinished):
            self._finish_submission(event.submission)

    def close(self) -> None:
        """Close what is still open, and leave the folder to other runs."""
        for archive in self._open.values():
            archive.close()
        os.close(self._lock)

    def _begin(self, name: str) -> None:
        self._pictures(name).clear()
        self._open[name] = self._part(name).open("wb")
        first = {"fingerprint": self._fingerprints.get(name, "")}
        self._open[name].write(msgspec.json.encode(first) + b"\n")

    def _finish_submission(self, name: str) -> None:
        submission = self._fold.submission(name)
        self._rows[name] = table.row(submission)
        self._write_text(submission)
        archive = self._open.pop(name, None)
        if archive is None:
            return  # of those who are kept, the table says the same at the end
        self._write_class(self._rows.values())
        with archive:
            archive.flush()
            os.fsync(archive.fileno())
        put(self._part(name), self._archive(name))

    def _finish(self, report: Report) -> None:
        self._write_class(map(table.row, report.submissions))
        write_whole(self.folder / "class.json", json.render(report))
        write_whole(self.folder / "junit.xml", junit.render(report))

    def _write_text(self, submission: SubmissionResult) -> None:
        assert self._started is not None  # noqa: S101  a run begins before its submissions
        text = io.StringIO()
        console = Console(file=text, width=_WIDTH, color_system=None)
        Sheet(console, self._started).show(submission)
        lines = "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())
        path = self._texts / f"{_file(submission.name)}.txt"
        write_whole(path, [lines.encode("utf-8", "replace")])

    def _write_class(self, rows: Iterable[table.Row]) -> None:
        assert self._started is not None  # noqa: S101  a run begins before its submissions
        columns = (*table.COLUMNS, *(listed.id for listed in self._started.scenarios))
        write_whole(self.folder / "class.csv", table.render(columns, rows))

    def _pictures(self, name: str) -> Pictures:
        return Pictures(self.folder / "pictures" / _file(name))

    def _archive(self, name: str) -> Path:
        return self._events / f"{_file(name)}.jsonl"

    def _part(self, name: str) -> Path:
        return self._events / f"{_file(name)}.jsonl.part"


def _was_left_open(event: Event) -> bool:
    """Whether this machine stood still in a scenario, or lacked what a page needs."""
    if not isinstance(event, ScenarioFinished) or event.outcome.verdict is not Verdict.UNCLEAR:
        return False
    view = View(event.timeline.entries)
    return any(view.every(Stall)) or view.missing != []


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()


def _file(name: str) -> str:
    """Return a submission's name as that of a file or folder, which ".." is not."""
    safe = quote(name, safe=" +@()")  # a URL has slashes
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe

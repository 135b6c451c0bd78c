"""The folder of results: everything a run finds out, on disk as it comes, for people and programs.

    names.csv            whose submission is which; the only place for personal names
    class.csv            a line for each submission, kept up to date
    class.json junit.xml the whole run, when it is over
    texts/KEY.txt        what is wrong with one submission, as the terminal shows it
    events/KEY.jsonl     all that was recorded of it; a fingerprint first

A file is put in its place whole, so a run that is cut off loses nothing that
was finished, and the next one goes on from there.
"""

import csv
import hashlib
import io
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import msgspec
from rich.console import Console

from twidder_cli.errors import OperatorError
from twidder_cli.model.events import (
    Event,
    RunFinished,
    RunStarted,
    SubmissionFinished,
    SubmissionStarted,
    decode,
    encode,
)
from twidder_cli.model.job import Job
from twidder_cli.model.report import Fold, Report, SubmissionResult
from twidder_cli.model.verdicts import Blame
from twidder_cli.model.words import number
from twidder_cli.reporters import json, junit, write_whole
from twidder_cli.reporters.text import Sheet

_OF_A_RUN = {"lanes": 1, "limit": 0.0, "seed": 0, "workspace": ""}
"""What a Job holds that does not decide the verdict.

`salt` stays: of a server that somebody else runs, nobody knows whether it is the same.
"""

_WIDTH = 80
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAMES = ("submission", "person", "handed_in_as")
_COLUMNS = (
    "submission",
    "verdict",
    "points",
    "max_points",
    "open_points",
    "blame",
    "reason",
    "seconds",
)


def fingerprint(job: Job, version: str) -> str:
    """Return a hash of all that decides a verdict: the submission's files and how it is graded."""
    hashed = hashlib.sha256()
    same = msgspec.structs.replace(job, **_OF_A_RUN)
    place = msgspec.structs.replace(job.submission, name="", location="")
    same = msgspec.structs.replace(
        same,
        submission=place,
        scenarios=tuple(sorted(job.scenarios, key=lambda source: source.id)),
    )
    hashed.update(version.encode() + b"\0" + encode(same))
    for name, content in _contents(Path(job.submission.location)):
        hashed.update(b"\0" + name.encode("utf-8", "surrogateescape") + b"\0")
        with content:
            hashed.update(hashlib.file_digest(content, "sha256").digest())
    return hashed.hexdigest()


def _contents(place: Path) -> Iterator[tuple[str, io.BufferedReader]]:
    """Yield the files of a folder, or the archive, that can be read; no pipes, no links."""
    paths = [place]
    if place.is_dir():
        paths = [Path(where, name) for where, _, names in os.walk(place) for name in names]
    for path in sorted(paths):
        try:
            if stat.S_ISREG(path.lstat().st_mode):
                yield str(path.relative_to(place)), path.open("rb")
        except OSError:
            continue


class Results:
    """Writes the folder of results while events come; knows what an earlier run left in it."""

    name = "results"

    def __init__(self, folder: Path, *, resume: bool) -> None:
        """Raise OperatorError where the folder can't be used."""
        self._folder = folder
        self._events = folder / "events"
        self._texts = folder / "texts"
        self._fold = Fold()
        self._open: dict[str, IO[bytes]] = {}
        self._fingerprints: dict[str, str] = {}
        self._kept: set[str] = set()
        self._started: RunStarted | None = None
        self._prepare(resume=resume)

    def _prepare(self, *, resume: bool) -> None:
        if not resume and self._folder.is_dir() and any(self._folder.iterdir()):
            raise OperatorError(
                f"{self._folder}: there are results in it already. --resume goes on with them, "
                "--results FOLDER takes another folder."
            )
        try:
            self._events.mkdir(parents=True, exist_ok=True)
            self._texts.mkdir(exist_ok=True)
            for path in self._events.glob("*.part"):
                path.unlink()
        except OSError as error:
            raise OperatorError(
                f"{self._folder}: can't be used for results: {error.strerror}"
            ) from None

    def write_names(self, names: Iterable[tuple[str, str, str]]) -> None:
        """Write the list of names: key, person, and the name it was handed in under."""
        rows = [dict(zip(_NAMES, row, strict=True)) for row in names]
        write_whole(self._folder / "names.csv", _csv(_NAMES, rows))

    def keep(self, fingerprints: Mapping[str, str]) -> Iterator[Event]:
        """Yield the events of what was graded before as it is now; nothing is written of those.

        `fingerprints` are those of the submissions to grade, by name.
        """
        self._fingerprints = dict(fingerprints)
        for name, print_now in fingerprints.items():
            events = self._earlier(name, print_now)
            if events:
                self._kept.add(name)
                yield from events

    def _earlier(self, name: str, print_now: str) -> list[Event]:
        """Return the events of an earlier run that still hold; none where there is doubt."""
        try:
            first, *lines = self._archive(name).read_bytes().splitlines()
            if msgspec.json.decode(first) != {"fingerprint": print_now}:
                return []
            events = [decode(line) for line in lines]
        except (OSError, ValueError):
            return []
        match events[-1:]:
            case [SubmissionFinished(outcome=outcome)]:
                # What we could not do then may be possible now.
                is_ours = outcome is not None and outcome.blame is Blame.HARNESS
                return [] if is_ours else events
            case _:
                return []

    @property
    def kept(self) -> frozenset[str]:
        """Names of the submissions that need not be graded again."""
        return frozenset(self._kept)

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
        if archive is not None:
            archive.write(encode(event) + b"\n")
        if isinstance(event, SubmissionFinished):
            self._finish_submission(event.submission)

    def close(self) -> None:
        """Close what is still open: the archives of submissions that did not come to their end."""
        for archive in self._open.values():
            archive.close()

    def _begin(self, name: str) -> None:
        self._open[name] = self._part(name).open("wb")
        first = {"fingerprint": self._fingerprints.get(name, "")}
        self._open[name].write(msgspec.json.encode(first) + b"\n")

    def _finish_submission(self, name: str) -> None:
        archive = self._open.pop(name, None)
        if archive is not None:
            with archive:
                archive.flush()
                os.fsync(archive.fileno())
            self._part(name).replace(self._archive(name))
        assert self._started is not None  # noqa: S101  a run begins before its submissions
        text = io.StringIO()
        console = Console(file=text, width=_WIDTH, color_system=None)
        Sheet(console, self._started).show(self._fold.submission(name))
        write_whole(self._texts / f"{_file(name)}.txt", text.getvalue().encode("utf-8", "replace"))
        self._write_class(self._fold.finished)

    def _finish(self, report: Report) -> None:
        self._write_class(report.submissions)
        write_whole(self._folder / "class.json", json.render(report))
        write_whole(self._folder / "junit.xml", junit.render(report))

    def _write_class(self, submissions: Iterable[SubmissionResult]) -> None:
        assert self._started is not None  # noqa: S101  a run begins before its submissions
        columns = (*_COLUMNS, *(listed.id for listed in self._started.scenarios))
        write_whole(self._folder / "class.csv", _csv(columns, map(_row, submissions)))

    def _archive(self, name: str) -> Path:
        return self._events / f"{_file(name)}.jsonl"

    def _part(self, name: str) -> Path:
        return self._events / f"{_file(name)}.jsonl.part"


def _file(name: str) -> str:
    """Return a submission's name as that of a file; a URL has slashes."""
    return quote(name, safe=" +@()")


def _row(submission: SubmissionResult) -> dict[str, str]:
    return {
        "submission": submission.name,
        "verdict": submission.verdict,
        "points": number(submission.points),
        "max_points": number(submission.max_points),
        "open_points": number(submission.open_points),
        "blame": submission.outcome.blame,
        "reason": submission.outcome.reason,
        "seconds": f"{submission.seconds:.1f}",
        **{scenario.listed.id: scenario.outcome.verdict for scenario in submission.scenarios},
    }


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a table that no spreadsheet takes for formulas."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, tuple(columns))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value

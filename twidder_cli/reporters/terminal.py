"""The terminal: progress while it runs, then what became of one submission, or of a class."""

import os
import sys
import time

from rich.console import Console
from rich.status import Status
from rich.text import Text

from twidder_cli.model.events import (
    Event,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    ServerStarted,
    StepFinished,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.report import Fold, Report
from twidder_cli.model.words import printable
from twidder_cli.reporters.overview import cut, line, totals
from twidder_cli.reporters.text import Sheet

_TELLING = 0.5
"""Submissions that have to be over, of a class, before it can be told how long the rest takes."""


class Output(Console):
    """A console whose reader may leave early, as `head` does."""

    def on_broken_pipe(self) -> None:
        """Write into nothing from now on; the verdict is in the exit code."""
        self.quiet = True
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())


class Terminal:
    """Progress goes to standard error, the result to standard output.

    One submission is shown whole; of a class each has a line as soon as it is
    finished, and what was alike is counted at the end.
    """

    name = "terminal"

    def __init__(self, out: Console, err: Console, *, verbose: bool = False) -> None:
        self._out = out
        self._err = err
        self._verbose = verbose
        self._fold = Fold()
        self._began = time.monotonic()
        self._names: tuple[str, ...] = ()
        self._kept = frozenset[str]()
        self._finished = 0
        self._graded = 0
        self._played: dict[str, int] = {}
        self._total = 0
        self._status: Status | None = None

    def handle(self, event: Event) -> None:
        """Show progress; with the last event, show what became of the run."""
        if isinstance(event, RunStarted):
            self._begin(event)
        self._fold.add(event)
        match event:
            case SubmissionStarted(submission=name):
                self._played[name] = 0
                self._progress(f"{name}: starting")
            case ServerStarted(submission=name):
                self._progress(f"{name}: started in {event.seconds:.1f} s")
            case ScenarioStarted(submission=name):
                self._progress(f"{name}: {self._count(name)} {event.scenario}")
            case StepFinished(submission=name):
                self._progress(f"{name}: {self._count(name)} {event.scenario}, after {event.kind}")
            case ScenarioFinished(submission=name):
                self._played[name] = self._played.get(name, 0) + 1
                if not self._is_class and not self._err.is_terminal:
                    self._line(
                        f"{name}: {self._played[name]}/{self._total} {event.scenario} "
                        f"{event.outcome.verdict} ({event.seconds:.1f} s)"
                    )
            case SubmissionFinished():
                self._finish(event)
            case RunFinished():
                self._stop_progress()
                self._show(self._fold.report)

    @property
    def _is_class(self) -> bool:
        return len(self._names) > 1

    def _begin(self, started: RunStarted) -> None:
        self._total = len(started.scenarios)
        self._names = started.submissions
        self._kept = frozenset(started.kept)
        self._fold = Fold(timelines=self._verbose and not self._is_class)
        if self._kept:
            self._line(f"{len(self._kept)} of {len(self._names)} are kept from an earlier run")

    def _finish(self, event: SubmissionFinished) -> None:
        name = event.submission
        self._played.pop(name, None)
        self._finished += 1
        if name in self._kept:
            return
        # What can't be graded takes no time, and tells nothing about the rest.
        self._graded += event.seconds > 0
        self._stop_progress()
        if self._is_class:
            width = self._out.width if self._out.is_terminal else None
            submission = self._fold.submission(name)
            self._out.print(line(submission, self._finished, self._names, width), soft_wrap=True)

    def _count(self, name: str) -> str:
        return f"{min(self._played.get(name, 0) + 1, self._total)}/{self._total}"

    def _progress(self, text: str) -> None:
        if not self._err.is_terminal:
            return
        if self._status is None:
            self._status = self._err.status("")
            self._status.start()
        if self._is_class:
            running = ", ".join(f"{name} {self._count(name)}" for name in self._played)
            text = f"{self._finished}/{len(self._names)} done{self._time_left}; {running}"
        self._status.update(Text(cut(printable(text), self._err.width - 4), no_wrap=True))

    @property
    def _time_left(self) -> str:
        under_way = sum(self._played.values()) / self._total
        over = self._graded + under_way
        if over < _TELLING:
            return ""
        left = len(self._names) - self._finished - under_way
        minutes = (time.monotonic() - self._began) / over * left / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"

    def _stop_progress(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _line(self, text: str) -> None:
        self._err.print(Text(printable(text)), soft_wrap=True)

    def _show(self, report: Report) -> None:
        if self._is_class:
            self._out.print(totals(report), soft_wrap=True)
            return
        sheet = Sheet(self._out, report.started, verbose=self._verbose)
        for submission in report.submissions:
            sheet.show(submission)

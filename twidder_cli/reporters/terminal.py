"""The terminal: progress while it runs, then what became of one submission, or of a class."""

import os
import sys
import time
from collections import Counter

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
from twidder_cli.model.report import Fold, Report, SubmissionResult
from twidder_cli.model.verdicts import Verdict
from twidder_cli.model.words import harmless, number, printable
from twidder_cli.reporters.text import STYLES, Sheet

_NAME = 28
"""Columns of a class's line for the submission's name."""
_OFTEN = 10
"""Scenarios that a class failed most often: so many are listed."""


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
        self._fold = Fold(timelines=verbose)
        self._began = time.monotonic()
        self._class = 0
        self._finished = 0
        self._played: dict[str, int] = {}
        self._total = 0
        self._notes: set[str] = set()
        self._status: Status | None = None

    def handle(self, event: Event) -> None:  # noqa: C901  one case for each event
        """Show progress; with the last event, show what became of the run."""
        self._fold.add(event)
        match event:
            case RunStarted():
                self._total = len(event.scenarios)
                self._class = len(event.submissions) if len(event.submissions) > 1 else 0
            case SubmissionStarted(submission=name):
                self._played[name] = 0
                self._progress(f"{name}: starting")
            case ServerStarted(submission=name):
                for note in event.notes:
                    self._note(name, note)
                self._progress(f"{name}: started in {event.seconds:.1f} s")
            case ScenarioStarted(submission=name):
                self._progress(f"{name}: {self._count(name)} {event.scenario}")
            case StepFinished(submission=name):
                self._progress(f"{name}: {self._count(name)} {event.scenario}, after {event.kind}")
            case ScenarioFinished(submission=name):
                self._played[name] = self._played.get(name, 0) + 1
                if not self._class and not self._err.is_terminal:
                    self._line(
                        f"{name}: {self._played[name]}/{self._total} {event.scenario} "
                        f"{event.outcome.verdict} ({event.seconds:.1f} s)"
                    )
            case SubmissionFinished(submission=name):
                self._played.pop(name, None)
                self._finished += 1
                self._stop_progress()
                if self._class:
                    self._out.print(self._class_line(self._fold.submission(name)), soft_wrap=True)
            case RunFinished():
                self._stop_progress()
                self._show(self._fold.report)

    def _count(self, name: str) -> str:
        return f"{self._played.get(name, 0) + 1}/{self._total}"

    def _progress(self, text: str) -> None:
        if not self._err.is_terminal:
            return
        if self._status is None:
            self._status = self._err.status("")
            self._status.start()
        if self._class:
            running = ", ".join(f"{name} {self._count(name)}" for name in self._played)
            text = f"{self._finished}/{self._class} done{self._time_left}; {running}"
        self._status.update(Text(printable(text, self._err.width - 4), no_wrap=True))

    @property
    def _time_left(self) -> str:
        if not self._finished:
            return ""
        each = (time.monotonic() - self._began) / self._finished
        minutes = each * (self._class - self._finished) / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"

    def _stop_progress(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _note(self, name: str, note: str) -> None:
        """Show what is to be known of a start; in a class once, not for each."""
        if note not in self._notes:
            self._notes.add(note)
            self._line(note if self._class else f"{name}: {note}")

    def _line(self, text: str) -> None:
        self._err.print(Text(printable(text)), soft_wrap=True)

    def _class_line(self, submission: SubmissionResult) -> Text:
        width = len(str(self._class))
        points = f"{number(submission.points)}/{number(submission.max_points)}"
        wrong = [s.listed.id for s in submission.scenarios if s.outcome.findings]
        what = submission.outcome.reason if submission.own else ", ".join(wrong[:2])
        more = f" and {len(wrong) - 2} more" if len(wrong) > 2 and not submission.own else ""
        return Text.assemble(
            f"{self._finished:>{width}}/{self._class}  ",
            (f"{printable(submission.name, _NAME):<{_NAME}}  ", "bold"),
            (f"{submission.verdict:<7}", STYLES[submission.verdict]),
            f"  {points:>9}  ",
            (printable(what) + more, "dim"),
        )

    def _show(self, report: Report) -> None:
        if self._class:
            self._out.print(_totals(report), soft_wrap=True)
            return
        sheet = Sheet(self._out, report.started, verbose=self._verbose)
        for submission in report.submissions:
            sheet.show(submission)


def _totals(report: Report) -> Text:
    """Return what a class adds up to, and what was alike in it."""
    counts = Counter(submission.verdict for submission in report.submissions)
    verdicts = (Verdict.PASSED, Verdict.FAILED, Verdict.UNCLEAR, Verdict.SKIPPED)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in verdicts if counts[verdict])
    lines = ["", f"{len(report.submissions)} submissions: {said}"]
    starts = Counter(s.outcome.reason for s in report.submissions if s.own)
    lines += [f"  {count:>3} x {harmless(reason)}" for reason, count in starts.most_common()]
    failed = Counter(
        scenario.listed.id
        for submission in report.submissions
        for scenario in submission.scenarios
        if scenario.outcome.verdict is Verdict.FAILED and not submission.own
    )
    if failed:
        lines.append("failed most often:")
    lines += [f"  {count:>3} x {name}" for name, count in failed.most_common(_OFTEN)]
    return Text("\n".join(lines))

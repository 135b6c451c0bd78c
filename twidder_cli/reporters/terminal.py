"""The terminal: progress while it runs, then a table by requirement, then what is wrong."""

import os
import shlex
import sys

from rich.console import Console
from rich.status import Status
from rich.table import Table
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
from twidder_cli.model.report import Fold, Report, ScenarioResult, SubmissionResult
from twidder_cli.model.timeline import AnyEntry
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import entry_line, harmless, number, printable

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.SKIPPED: "dim",
    Verdict.UNCLEAR: "yellow",
    Verdict.FAILED: "bold red",
}
_LABEL = 10


class Output(Console):
    """A console whose reader may leave early, as `head` does."""

    def on_broken_pipe(self) -> None:
        """Write into nothing from now on; the verdict is in the exit code."""
        self.quiet = True
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())


class Terminal:
    """Progress goes to standard error, the result to standard output."""

    name = "terminal"

    def __init__(self, out: Console, err: Console, *, verbose: bool = False) -> None:
        self._out = out
        self._err = err
        self._verbose = verbose
        self._fold = Fold()
        self._done = 0
        self._total = 0
        self._status: Status | None = None

    def handle(self, event: Event) -> None:  # noqa: C901  one case for each event
        """Show progress; with the last event, show everything that became of the run."""
        self._fold.add(event)
        match event:
            case RunStarted():
                self._total = len(event.scenarios)
            case SubmissionStarted():
                self._done = 0
                self._progress(f"{event.submission}: starting")
            case ServerStarted():
                for note in event.notes:
                    self._line(f"{event.submission}: {note}")
                self._progress(f"{event.submission}: started in {event.seconds:.1f} s")
            case ScenarioStarted():
                self._progress(f"{event.submission}: {self._count} {event.scenario}")
            case StepFinished():
                self._progress(
                    f"{event.submission}: {self._count} {event.scenario}, after {event.kind}"
                )
            case ScenarioFinished():
                self._done += 1
                if not self._err.is_terminal:
                    self._line(
                        f"{event.submission}: {self._done}/{self._total} {event.scenario} "
                        f"{event.outcome.verdict} ({event.seconds:.1f} s)"
                    )
            case SubmissionFinished() | RunFinished():
                self._stop_progress()
        if isinstance(event, RunFinished):
            self._show(self._fold.report)

    @property
    def _count(self) -> str:
        return f"{self._done + 1}/{self._total}"

    def _progress(self, text: str) -> None:
        if not self._err.is_terminal:
            return
        if self._status is None:
            self._status = self._err.status("")
            self._status.start()
        self._status.update(Text(printable(text, self._err.width - 4), no_wrap=True))

    def _stop_progress(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _line(self, text: str) -> None:
        self._err.print(Text(printable(text)), soft_wrap=True)

    # The result

    def _show(self, report: Report) -> None:
        for submission in report.submissions:
            self._show_submission(submission, report)
        if len(report.submissions) > 1:
            self._out.print(_totals(report))

    def _show_submission(self, submission: SubmissionResult, report: Report) -> None:
        self._out.print(_headline(submission, report))
        if submission.how:
            self._out.print(Text(submission.how, style="dim"))
        self._out.print()
        if submission.own is None or any(s.seconds for s in submission.scenarios):
            self._out.print(_table(submission))
            self._out.print()
        for finding in submission.findings:
            self._show_finding(finding, submission, None, report)
        for scenario in submission.scenarios:
            for finding in scenario.outcome.findings:
                self._show_finding(finding, submission, scenario, report)
            if self._verbose and scenario.timeline.entries:
                self._show_timeline(scenario)

    def _show_finding(
        self,
        finding: Finding,
        submission: SubmissionResult,
        scenario: ScenarioResult | None,
        report: Report,
    ) -> None:
        where = f"{scenario.listed.id}: " if scenario else ""
        self._out.print(
            Text.assemble(
                (finding.verdict.upper(), _STYLES[finding.verdict]),
                " ",
                (harmless(f"{where}{finding.title}"), "bold"),
            )
        )
        rows = [("expected", finding.expected), ("happened", finding.actual)]
        if scenario:
            rows.insert(0, ("lab says", f"{scenario.listed.says} ({scenario.listed.ref})"))
        if finding.hint:
            rows.append(("try", finding.hint))
        if scenario and finding.line:
            rows.append(("step", f"{scenario.listed.path}:{finding.line}"))
        if scenario:
            rows.append(("again", _replay(report, submission, scenario)))
        for label, text in rows:
            self._row(label, text)
        self._out.print()

    def _row(self, label: str, text: str) -> None:
        indent = 2 + _LABEL
        lines = Text(harmless(text)).wrap(self._out, max(self._out.width - indent, 20))
        for number_, line in enumerate(lines):
            line.rstrip()
            head = Text(f"  {label:<{_LABEL}}" if number_ == 0 else " " * indent, style="dim")
            self._out.print(head.append_text(line), soft_wrap=True)

    def _show_timeline(self, scenario: ScenarioResult) -> None:
        self._out.print(Text(f"{scenario.listed.id}, as it was played", style="bold"))
        marked = {i for finding in scenario.outcome.findings for i in finding.evidence}
        for index, entry in enumerate(scenario.timeline.entries):
            self._out.print(_entry(entry, marked=index in marked), soft_wrap=True)
        self._out.print()


def _entry(entry: AnyEntry, *, marked: bool) -> Text:
    return Text(("> " if marked else "  ") + entry_line(entry), style="" if marked else "dim")


def _headline(submission: SubmissionResult, report: Report) -> Text:
    points = f"{number(submission.points)} of {number(submission.max_points)} points"
    if submission.open_points:
        points += f", {number(submission.open_points)} open"
    reason = submission.outcome.reason
    return Text.assemble(
        (printable(submission.name), "bold"),
        ": ",
        (submission.verdict, _STYLES[submission.verdict]),
        f", {points} ({harmless(report.started.plan)})",
        f"\n{harmless(reason)}" if submission.own else "",
    )


def _table(submission: SubmissionResult) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    table.add_column("lab", no_wrap=True)
    table.add_column("requirement", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("scenario", overflow="fold")
    for scenario in submission.scenarios:
        listed = scenario.listed
        points = "open" if scenario.points is None else number(scenario.points)
        advanced = " (advanced)" if listed.level == "advanced" else ""
        detail = Text(harmless(f"{listed.id}{advanced}"))
        if scenario.outcome.verdict in {Verdict.SKIPPED, Verdict.UNCLEAR}:
            detail.append(f"\n{harmless(scenario.outcome.reason)}", style="dim")
        table.add_row(
            listed.ref,
            listed.requirement,
            Text(scenario.outcome.verdict, style=_STYLES[scenario.outcome.verdict]),
            f"{points}/{number(listed.points)}",
            detail,
        )
    return table


def _totals(report: Report) -> Text:
    counts = [
        f"{sum(s.verdict is verdict for s in report.submissions)} {verdict}"
        for verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.UNCLEAR, Verdict.SKIPPED)
        if any(s.verdict is verdict for s in report.submissions)
    ]
    return Text(f"{len(report.submissions)} submissions: {', '.join(counts)}")


def _replay(report: Report, submission: SubmissionResult, scenario: ScenarioResult) -> str:
    target = report.started.targets[report.started.submissions.index(submission.name)]
    return " ".join(
        part
        for part in (
            "twidder check",
            target,
            f"--scenario {shlex.quote(scenario.listed.name)}",
            report.started.replay,
            "-v",
        )
        if part
    )

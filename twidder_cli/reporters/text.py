"""One submission's result as a text: a table by requirement, then what is wrong."""

import shlex

from rich.console import Console
from rich.table import Table
from rich.text import Text

from twidder_cli.model.events import RunStarted
from twidder_cli.model.report import ScenarioResult, SubmissionResult
from twidder_cli.model.timeline import AnyEntry
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import entry_line, harmless, number, printable

STYLES = {
    Verdict.PASSED: "green",
    Verdict.SKIPPED: "dim",
    Verdict.UNCLEAR: "yellow",
    Verdict.FAILED: "bold red",
}
_LABEL = 10
_DECISIVE = 3
"""Scenarios that a headline names."""


class Sheet:
    """Writes results of one run to a console; `verbose` shows all that was sent and received."""

    def __init__(self, out: Console, started: RunStarted, *, verbose: bool = False) -> None:
        self._out = out
        self._started = started
        self._verbose = verbose

    def show(self, submission: SubmissionResult) -> None:
        """Write what became of a submission."""
        self._out.print(headline(submission, self._started.plan))
        if submission.how:
            self._out.print(Text(submission.how, style="dim"))
        for note in submission.notes:
            self._out.print(Text(f"note: {harmless(note)}", style="dim"))
        self._out.print()
        if submission.own is None or any(s.seconds for s in submission.scenarios):
            self._out.print(_table(submission))
            self._out.print()
        for finding in submission.findings:
            self._show_finding(finding, submission, None)
        for scenario in submission.scenarios:
            for finding in scenario.outcome.findings:
                self._show_finding(finding, submission, scenario)
            if self._verbose and scenario.timeline.entries:
                self._show_timeline(scenario)

    def _show_finding(
        self,
        finding: Finding,
        submission: SubmissionResult,
        scenario: ScenarioResult | None,
    ) -> None:
        where = f"{scenario.listed.id}: " if scenario else ""
        self._out.print(
            Text.assemble(
                (finding.verdict.upper(), STYLES[finding.verdict]),
                " ",
                (harmless(f"{where}{finding.title}"), "bold"),
            )
        )
        rows = [("expected", finding.expected), ("happened", finding.actual)]
        if scenario:
            rows.insert(0, ("lab says", f"{scenario.listed.says} ({scenario.listed.ref})"))
            rows.append(("points", _price(scenario)))
        if finding.hint:
            rows.append(("try", finding.hint))
        if scenario and finding.line:
            rows.append(("step", f"{scenario.listed.path}:{finding.line}"))
        if scenario:
            rows.append(("again", _replay(self._started, submission, scenario)))
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


def headline(submission: SubmissionResult, plan: str) -> Text:
    """Return a submission's verdict and points, and what the verdict rests on."""
    points = f"{number(submission.points)} of {number(submission.max_points)} points"
    if submission.open_points:
        points += f", {number(submission.open_points)} open"
    reason = _reason(submission)
    return Text.assemble(
        (printable(submission.name), "bold"),
        ": ",
        (submission.verdict, STYLES[submission.verdict]),
        f", {points} ({harmless(plan)})",
        f"\n{harmless(reason)}" if reason else "",
    )


def _reason(submission: SubmissionResult) -> str:
    """Say what the verdict rests on; nothing where all points were earned."""
    if submission.verdict is Verdict.PASSED:
        if submission.points == submission.max_points:
            return ""
        if submission.rule.required:
            return "all that is required passed; what is missing is advanced"
        return f"{number(submission.rule.points)} points are enough"
    decisive = [
        scenario.listed.id
        for scenario in submission.scenarios
        if scenario.listed.level == "required" and scenario.outcome.verdict is submission.verdict
    ]
    if submission.own or not decisive or not submission.rule.required:
        return submission.outcome.reason
    more = f" and {len(decisive) - _DECISIVE} more" if len(decisive) > _DECISIVE else ""
    return f"required and {submission.verdict}: {', '.join(decisive[:_DECISIVE])}{more}"


def _price(scenario: ScenarioResult) -> str:
    """Say how much a scenario counts that did not pass."""
    points = "open" if scenario.points is None else number(scenario.points)
    return f"{points} of {number(scenario.listed.points)}, {scenario.listed.level}"


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
            Text(scenario.outcome.verdict, style=STYLES[scenario.outcome.verdict]),
            f"{points}/{number(listed.points)}",
            detail,
        )
    return table


def _replay(started: RunStarted, submission: SubmissionResult, scenario: ScenarioResult) -> str:
    target = started.targets[started.submissions.index(submission.name)]
    return " ".join(
        part
        for part in (
            "twidder check",
            target,
            f"--scenario {shlex.quote(scenario.listed.name)}",
            started.replay,
            "-v",
        )
        if part
    )

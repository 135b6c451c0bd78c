"""One submission's result as a text: a table by requirement, then what is wrong."""

import shlex
from collections.abc import Iterator

from rich.console import Console
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
_HEAD = ("lab", "requirement", "verdict", "points", "scenario")
_NUMBERS = _HEAD.index("points")


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
            for line in _table(submission, self._out):
                self._out.print(line, soft_wrap=True)
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
    """Return a submission's verdict and points; with the reason where it was not played."""
    points = f"{number(submission.points)} of {number(submission.max_points)} points"
    if submission.open_points:
        points += f", {number(submission.open_points)} open"
    reason = submission.outcome.reason
    return Text.assemble(
        (printable(submission.name), "bold"),
        ": ",
        (submission.verdict, STYLES[submission.verdict]),
        f", {points} ({harmless(plan)})",
        f"\n{harmless(reason)}" if submission.own else "",
    )


def _table(submission: SubmissionResult, out: Console) -> Iterator[Text]:
    """Yield the lines of a table. Rich's own takes longer than all the rest of a text."""
    rows = [tuple(Text(name, style="dim") for name in _HEAD), *map(_cells, submission.scenarios)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD) - 1)]
    indent = sum(widths) + 2 * len(widths)
    for row in rows:
        line = Text()
        for column, cell in enumerate(row[:-1]):
            if column == _NUMBERS:
                cell.pad_left(widths[column] - len(cell))
            else:
                cell.pad_right(widths[column] - len(cell))
            line.append_text(cell).append("  ")
        wrapped = row[-1].wrap(out, max(out.width - indent, 20))
        for number_, detail in enumerate(wrapped):
            detail.rstrip()
            yield (Text(" " * indent) if number_ else line).append_text(detail)


def _cells(scenario: ScenarioResult) -> tuple[Text, ...]:
    listed, outcome = scenario.listed, scenario.outcome
    points = "open" if scenario.points is None else number(scenario.points)
    advanced = " (advanced)" if listed.level == "advanced" else ""
    detail = Text(harmless(f"{listed.id}{advanced}"))
    if outcome.verdict in {Verdict.SKIPPED, Verdict.UNCLEAR}:
        detail.append(f"\n{harmless(outcome.reason)}", style="dim")
    return (
        Text(listed.ref),
        Text(listed.requirement),
        Text(outcome.verdict, style=STYLES[outcome.verdict]),
        Text(f"{points}/{number(listed.points)}"),
        detail,
    )


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

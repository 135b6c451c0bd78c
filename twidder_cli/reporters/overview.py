"""A class at a glance: a line for each submission, and what was alike in all of them."""

from collections import Counter
from collections.abc import Collection, Iterator

from rich.text import Text

from twidder_cli.model.report import Report, SubmissionResult
from twidder_cli.model.verdicts import Verdict
from twidder_cli.model.words import harmless, number, printable
from twidder_cli.reporters.text import STYLES

_NAME = 28
"""Columns of a line for the submission's name, at most."""
_NAMED = 2
"""Scenarios that a line names."""
_OFTEN = 10
"""Scenarios that a class failed most often: so many are listed."""
_WORST_LAST = (Verdict.PASSED, Verdict.FAILED, Verdict.UNCLEAR, Verdict.SKIPPED)


def line(
    submission: SubmissionResult, position: int, names: Collection[str], width: int | None
) -> Text:
    """Return what became of one submission, the so-manieth of those named.

    It is cut to a terminal's width; None leaves it whole.
    """
    digits = len(str(len(names)))
    columns = min(max(map(len, names)), _NAME)
    points = f"{number(submission.points)}/{number(submission.max_points)}"
    text = Text.assemble(
        f"{position:>{digits}}/{len(names)}  ",
        (f"{cut(printable(submission.name), columns):<{columns}}  ", "bold"),
        (f"{submission.verdict:<7}", STYLES[submission.verdict]),
        f"  {points:>9}  ",
        (printable(_what(submission)), "dim"),
    )
    text.rstrip()
    if width is not None:
        text.truncate(width, overflow="ellipsis")
    return text


def cut(text: str, width: int) -> str:
    """Return a text that takes so many columns at most."""
    shortened = Text(text)
    shortened.truncate(width, overflow="ellipsis")
    return shortened.plain


def totals(report: Report) -> Text:
    """Return what a class adds up to, and what was alike in it."""
    return Text("\n".join(_totals(report)))


def _what(submission: SubmissionResult) -> str:
    """Return what is to be known of a submission in a few words."""
    if _is_explained(submission):
        return submission.outcome.reason
    failed = [s.listed.id for s in submission.scenarios if s.outcome.verdict is Verdict.FAILED]
    more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    is_open = f"{number(submission.open_points)} open" if submission.open_points else ""
    return "; ".join(filter(None, (", ".join(failed[:_NAMED]) + more, is_open)))


def _totals(report: Report) -> Iterator[str]:
    counts = Counter(submission.verdict for submission in report.submissions)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _WORST_LAST if counts[verdict])
    yield ""
    yield f"{len(report.submissions)} submissions: {said}"
    yield from _counted(_alike(one) for one in report.submissions if _is_explained(one))
    failed = [
        scenario.listed.id
        for submission in report.submissions
        for scenario in submission.scenarios
        if scenario.outcome.verdict is Verdict.FAILED and not submission.own
    ]
    if failed:
        yield "failed most often:"
    yield from list(_counted(failed))[:_OFTEN]
    open_points = sum(one.open_points > 0 and not _is_explained(one) for one in report.submissions)
    if open_points:
        yield f"points are open in {open_points}: their texts say why"


def _is_explained(submission: SubmissionResult) -> bool:
    """Whether a reason says it all: it was not played, or could not be told."""
    return submission.own is not None or submission.verdict is Verdict.UNCLEAR


def _alike(submission: SubmissionResult) -> str:
    """Return the reason of a verdict in words that others of its kind share."""
    outcome = submission.outcome
    return next((finding.alike for finding in outcome.findings if finding.alike), outcome.reason)


def _counted(reasons: Iterator[str] | list[str]) -> Iterator[str]:
    return (
        f"  {count:>3} x {harmless(reason)}" for reason, count in Counter(reasons).most_common()
    )

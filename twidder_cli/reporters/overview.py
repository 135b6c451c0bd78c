"""A class at a glance: a line for each submission, and what was alike in all of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from rich.text import Text

from twidder_cli.model.report import Report, SubmissionResult
from twidder_cli.model.verdicts import Verdict
from twidder_cli.model.words import harmless, number, printable
from twidder_cli.reporters.text import STYLES

_NAME = 28
"""Columns of a line for the submission's name, at most."""
_NAMED = 2
"""Scenarios or submissions that a line names."""
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
    is_open = f"{number(submission.open_points)} open" if submission.open_points else ""
    return "; ".join(filter(None, (_some(failed), is_open)))


def _totals(report: Report) -> Iterator[str]:
    counts = Counter(submission.verdict for submission in report.submissions)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _WORST_LAST if counts[verdict])
    yield ""
    yield f"{len(report.submissions)} submissions: {said}"
    yield from _grouped(one for one in report.submissions if _is_explained(one))
    failed = [
        scenario.listed.id
        for submission in report.submissions
        for scenario in submission.scenarios
        if scenario.outcome.verdict is Verdict.FAILED and submission.outcome is not submission.own
    ]
    if failed:
        yield "failed most often:"
    for name, count in Counter(failed).most_common(_OFTEN):
        yield f"  {count:>3} x {harmless(name)}"
    open_points = sum(one.open_points > 0 and not _is_explained(one) for one in report.submissions)
    if open_points:
        yield f"points are open in {open_points}: their texts say why"


def _grouped(submissions: Iterable[SubmissionResult]) -> Iterator[str]:
    """Yield why nothing more is known of submissions: each reason once, and whose it is."""
    groups = defaultdict(list)
    for submission in submissions:
        groups[submission.verdict, _alike(submission)].append(printable(submission.name))
    for (verdict, reason), names in sorted(groups.items(), key=lambda group: -len(group[1])):
        yield f"  {len(names):>3} {verdict}: {harmless(reason)} ({_some(names)})"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _is_explained(submission: SubmissionResult) -> bool:
    """Whether a reason says it all: it was not played, or could not be told."""
    return submission.outcome is submission.own or submission.verdict is Verdict.UNCLEAR


def _alike(submission: SubmissionResult) -> str:
    """Return the reason of a verdict in words that others of its kind share."""
    outcome = submission.outcome
    return next((finding.alike for finding in outcome.findings if finding.alike), outcome.reason)

"""Tables for spreadsheets: that of a class, a line for each submission."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from twidder_cli.model.report import SubmissionResult
from twidder_cli.model.words import number

Row = Mapping[str, str]

COLUMNS = (
    "submission",
    "verdict",
    "points",
    "max_points",
    "open_points",
    "blame",
    "reason",
    "notes",
    "seconds",
)
"""What the table of a class says of each; the verdicts of its scenarios follow."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(submission: SubmissionResult) -> Row:
    """Return what became of one submission."""
    return {
        "submission": submission.name,
        "verdict": submission.verdict,
        "points": number(submission.points),
        "max_points": number(submission.max_points),
        "open_points": number(submission.open_points),
        "blame": submission.outcome.blame,
        "reason": submission.outcome.reason,
        "notes": "; ".join(submission.notes),
        "seconds": f"{submission.seconds:.1f}",
        **{scenario.listed.id: scenario.outcome.verdict for scenario in submission.scenarios},
    }


def render(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the lines of a table, its head first; no spreadsheet takes a cell for a formula."""
    for one in itertools.chain([{name: name for name in columns}], rows):
        text = io.StringIO(newline="")
        csv.writer(text).writerow(_cell(one.get(name, "")) for name in columns)
        yield text.getvalue().encode("utf-8", "replace")


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value

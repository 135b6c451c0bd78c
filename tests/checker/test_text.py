"""The sheet of one submission: what its verdict rests on, and what a failure costs."""

import io

import pytest
from rich.console import Console

from tests.checker.reports import FAILED, PASSED, SKIPPED, UNCLEAR, became, report, started
from twidder_cli.model.scenario import Rule
from twidder_cli.model.verdicts import Outcome
from twidder_cli.reporters.text import Sheet

HOW = "gunicorn server:app"
POINTS = Rule(required=False, points=4)
BOTH = Rule(required=True, points=7)


def lines(rule: Rule, **outcomes: Outcome) -> list[str]:
    """Return the sheet of a submission on 80 columns."""
    whole = report(started("s", rule=rule), became("s", **outcomes))
    out = io.StringIO()
    console = Console(file=out, width=80)
    Sheet(console, whole.started).show(whole.submissions[0])
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("rule", "verdicts", "head"),
    [
        (Rule(), [PASSED, PASSED, PASSED, PASSED], ["s: passed, 7.5 of 7.5 points (Lab 3)", HOW]),
        (
            Rule(),
            [PASSED, PASSED, PASSED, FAILED],
            [
                "s: passed, 6.5 of 7.5 points (Lab 3)",
                "all that is required passed; what is missing is advanced",
            ],
        ),
        (
            BOTH,
            [PASSED, PASSED, PASSED, FAILED],
            [
                "s: failed, 6.5 of 7.5 points (Lab 3)",
                "7 points pass, 6.5 are certain",
            ],
        ),
        (
            BOTH,
            [FAILED, SKIPPED, FAILED, FAILED],
            ["s: failed, 0 of 7.5 points (Lab 3)", "required and failed: a, c"],
        ),
        (
            Rule(),
            [PASSED, UNCLEAR, PASSED, FAILED],
            ["s: unclear, 4.5 of 7.5 points, 2 open (Lab 3)", "required and unclear: b"],
        ),
        (
            POINTS,
            [PASSED, FAILED, PASSED, FAILED],
            ["s: passed, 4.5 of 7.5 points (Lab 3)", "4 points are enough"],
        ),
    ],
)
def test_the_head_says_what_the_verdict_rests_on(
    rule: Rule, verdicts: list[Outcome], head: list[str]
) -> None:
    assert lines(rule, **dict(zip("abcd", verdicts, strict=True)))[:2] == head


def test_a_finding_says_what_it_costs_and_whether_it_is_required() -> None:
    sheet = lines(Rule(), a=FAILED, b=UNCLEAR, c=PASSED, d=FAILED)
    assert [line.split(maxsplit=1)[1] for line in sheet if line.startswith("  points")] == [
        "0 of 3, required",
        "open of 2, required",
        "0 of 1, advanced",
    ]

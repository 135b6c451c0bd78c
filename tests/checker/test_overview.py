"""A class at a glance: lines that fit, and what was alike."""

import io

import msgspec
import pytest
from rich.console import Console

from tests.checker.reports import FAILED, PASSED, UNCLEAR, became, not_started, report, started
from twidder_cli.model.events import SubmissionFinished, SubmissionStarted
from twidder_cli.model.report import INTERRUPTED
from twidder_cli.model.verdicts import Finding, Outcome, Verdict
from twidder_cli.reporters import table
from twidder_cli.reporters.overview import line, totals
from twidder_cli.reporters.terminal import Terminal

NAMES = ("anna", "a" * 60)


def package(name: str) -> Outcome:
    """Return that a package is missing, as each submission is told of its own."""
    return Outcome.of(
        [
            Finding(
                title=f"The package {name} is not installed here",
                expected="a start",
                actual="none",
                alike="a package is missing here: twidder check --install",
                verdict=Verdict.UNCLEAR,
            )
        ]
    )


def test_a_line_says_what_failed_and_what_is_open() -> None:
    whole = report(started(*NAMES), became("anna", a=FAILED, b=FAILED, c=UNCLEAR, d=FAILED))
    written = line(whole.submissions[0], 1, NAMES, None).plain
    assert written.split() == [
        "1/2",
        "anna",
        "failed",
        "0/7.5",
        "a,",
        "b",
        "and",
        "1",
        "more;",
        "1.5",
        "open",
    ]


def test_what_was_interrupted_says_so_whatever_it_had_failed() -> None:
    *played, _ = became("anna", a=FAILED, b=PASSED, c=UNCLEAR, d=UNCLEAR)
    cut_off = SubmissionFinished(submission="anna", outcome=INTERRUPTED)
    whole = report(started("anna"), [*played, cut_off])
    anna = whole.submissions[0]
    assert line(anna, 1, ("anna",), None).plain.split()[-4:] == ["2/7.5", "a;", "2.5", "open"]
    assert anna.notes == ("the run was interrupted",)
    assert table.row(anna)["notes"] == "the run was interrupted"


@pytest.mark.parametrize("width", [30, 80])
def test_a_line_is_cut_where_a_terminal_ends(width: int) -> None:
    whole = report(started(*NAMES), not_started(NAMES[1], package("p" * 60)))
    written = line(whole.submissions[1], 12, NAMES, width).plain
    assert len(written) == width
    assert written.endswith("…")


def test_what_was_alike_is_counted_under_one_name() -> None:
    dead = Outcome.of([Finding(title="The server died", expected="life", actual="none")])
    whole = report(
        started("anna", "bob", "carl", "dora", "eve"),
        became("anna", a=PASSED, b=PASSED, c=PASSED, d=UNCLEAR),
        became("bob", a=FAILED, b=FAILED, c=PASSED, d=PASSED),
        not_started("carl", package("x")),
        not_started("dora", package("y")),
        not_started("eve", dead),
    )
    assert totals(whole).plain.splitlines() == [
        "",
        "5 submissions: 1 passed, 2 failed, 2 unclear",
        "    2 unclear: a package is missing here: twidder check --install (carl, dora)",
        "    1 failed: The server died (eve)",
        "failed most often:",
        "    1 x a",
        "    1 x b",
        "points are open in 1: their texts say why",
    ]


def shown(**kept: tuple[str, ...]) -> tuple[str, str]:
    """Return what a class of two is told in, by an output that is no terminal."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(Console(file=out), Console(file=err))
    terminal.handle(msgspec.structs.replace(started("anna", "bob"), **kept))
    for name in ("anna", "bob"):
        notes = (f"{name} has a note",)
        terminal.handle(SubmissionStarted(submission=name, origin="folder", notes=notes))
        for event in became(name, a=PASSED, b=PASSED, c=PASSED, d=PASSED):
            terminal.handle(event)
    return out.getvalue(), err.getvalue()


def test_a_class_has_a_line_for_each_and_their_notes_are_elsewhere() -> None:
    out, err = shown()
    assert [one.split()[:3] for one in out.splitlines()] == [
        ["1/2", "anna", "passed"],
        ["2/2", "bob", "passed"],
    ]
    assert err == ""


def test_who_is_kept_is_counted_and_has_no_line() -> None:
    out, err = shown(kept=("anna",))
    assert [one.split()[:2] for one in out.splitlines()] == [["2/2", "bob"]]
    assert err == "1 of 2 are kept from an earlier run\n"

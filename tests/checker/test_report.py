"""Verdicts fold, points add up, and exit codes follow from them."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.reports import (
    FAILED,
    PASSED,
    SKIPPED,
    UNCLEAR,
    became,
    not_started,
    report,
    started,
)
from twidder_cli.model.events import Event, ScenarioStarted, StepFinished, SubmissionStarted
from twidder_cli.model.report import Fold, exit_code
from twidder_cli.model.scenario import Rule
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict

# Verdicts and outcomes


def test_verdicts_are_ranked() -> None:
    assert sorted(Verdict, key=lambda verdict: verdict.rank) == [
        Verdict.PASSED,
        Verdict.SKIPPED,
        Verdict.UNCLEAR,
        Verdict.FAILED,
    ]


def test_the_worst_of_nothing_is_passed() -> None:
    assert Verdict.worst([]) is Verdict.PASSED


@given(st.lists(st.sampled_from(Verdict), min_size=1), st.randoms())
def test_the_worst_wins_in_any_order(verdicts: list[Verdict], random: Random) -> None:
    worst = Verdict.worst(verdicts)
    assert worst in verdicts
    assert all(verdict.rank <= worst.rank for verdict in verdicts)
    random.shuffle(verdicts)
    assert Verdict.worst(verdicts) is worst


def finding(title: str, verdict: Verdict) -> Finding:
    return Finding(title=title, expected="x", actual="y", verdict=verdict)


def test_no_findings_are_a_pass() -> None:
    assert Outcome.of([]) == Outcome(verdict=Verdict.PASSED)


def test_the_worst_finding_gives_verdict_blame_and_reason() -> None:
    found = (
        finding("a", Verdict.UNCLEAR),
        finding("b", Verdict.FAILED),
        finding("c", Verdict.FAILED),
    )
    assert Outcome.of(found) == Outcome(
        verdict=Verdict.FAILED, blame=Blame.SUBMISSION, reason="b", findings=found
    )


def test_an_unclear_finding_is_ours_to_settle() -> None:
    found = (finding("a", Verdict.UNCLEAR),)
    assert Outcome.of(found) == Outcome(
        verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason="a", findings=found
    )


# Points


def test_points_add_up() -> None:
    whole = report(started("s"), became("s", a=PASSED, b=FAILED, c=UNCLEAR, d=SKIPPED))
    (result,) = whole.submissions
    assert [scenario.points for scenario in result.scenarios] == [3, 0, None, 0]
    assert (result.points, result.max_points, result.open_points) == (3, 7.5, 1.5)


def test_all_passed_is_all_points() -> None:
    whole = report(started("s"), became("s", a=PASSED, b=PASSED, c=PASSED, d=PASSED))
    (result,) = whole.submissions
    assert (result.points, result.open_points, result.outcome) == (7.5, 0, PASSED)
    assert (result.verdict, whole.verdict) == (Verdict.PASSED, Verdict.PASSED)


def test_what_is_skipped_earns_nothing_and_leaves_nothing_open() -> None:
    whole = report(started("s"), became("s", a=SKIPPED, b=SKIPPED, c=SKIPPED, d=SKIPPED))
    (result,) = whole.submissions
    assert (result.points, result.open_points) == (0, 0)


def test_only_what_is_required_makes_a_submission_fail() -> None:
    whole = report(started("s"), became("s", a=PASSED, b=PASSED, c=PASSED, d=FAILED))
    assert (whole.verdict, whole.submissions[0].points) == (Verdict.PASSED, 6.5)


def test_the_outcome_of_a_submission_is_that_of_its_worst_scenario() -> None:
    whole = report(started("s"), became("s", a=UNCLEAR, b=FAILED, c=PASSED, d=FAILED))
    assert whole.submissions[0].outcome == FAILED


def test_what_was_noted_at_the_start_and_on_the_way_is_told_in_order() -> None:
    *events, end = became("s", a=PASSED)
    noted = (
        SubmissionStarted(submission="s", origin="folder", notes=("before",)),
        *events,
        msgspec.structs.replace(end, notes=("at the end",)),
    )
    assert report(started("s"), noted).submissions[0].notes == ("before", "at the end")


# What never came


def test_a_submission_that_did_not_start_has_its_scenarios_skipped() -> None:
    whole = report(started("s"), not_started("s", FAILED))
    (result,) = whole.submissions
    assert (result.verdict, result.points, result.open_points) == (Verdict.FAILED, 0, 0)
    assert result.findings == FAILED.findings
    assert {scenario.outcome for scenario in result.scenarios} == {
        Outcome(verdict=Verdict.SKIPPED, blame=Blame.SUBMISSION, reason="not played: not told")
    }


def test_a_submission_that_could_not_be_told_leaves_all_points_open() -> None:
    (result,) = report(started("s"), not_started("s", UNCLEAR)).submissions
    assert (result.verdict, result.points, result.open_points) == (Verdict.UNCLEAR, 0, 7.5)


def test_what_was_played_before_the_worker_ended_counts() -> None:
    crashed = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason="our worker ended")
    events = [*became("s", a=PASSED, b=FAILED)[:-1], *not_started("s", crashed)]
    (result,) = report(started("s"), events).submissions
    assert [scenario.points for scenario in result.scenarios] == [3, 0, None, None]
    assert result.verdict is Verdict.FAILED


def test_an_interrupted_run_leaves_open_what_was_not_played() -> None:
    whole = report(started("s", "t"), became("s", a=PASSED)[:-1], interrupted=2)
    first, second = whole.submissions
    assert (first.points, first.open_points, second.open_points) == (3, 4.5, 7.5)
    assert (whole.interrupted, whole.verdict) == (2, Verdict.UNCLEAR)
    assert second.scenarios[0].outcome.reason == "the run was interrupted"


def test_a_report_needs_a_beginning() -> None:
    with pytest.raises(ValueError, match="RunStarted"):
        _ = Fold().report


def test_progress_does_not_change_a_report() -> None:
    progress: list[Event] = [
        SubmissionStarted(submission="s", origin="/s"),
        ScenarioStarted(submission="s", scenario="a"),
        StepFinished(submission="s", scenario="a", step="1", kind="sign_up"),
    ]
    events = became("s", a=PASSED)
    assert report(started("s"), progress, events) == report(started("s"), events)


# Exit codes


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([PASSED, PASSED], 0),
        ([PASSED, FAILED], 1),
        ([PASSED, SKIPPED], 1),
        ([PASSED, UNCLEAR], 3),
        ([SKIPPED, UNCLEAR], 3),
        ([FAILED, UNCLEAR], 1),
    ],
)
def test_the_exit_code_follows_the_worst_verdict(outcomes: list[Outcome], code: int) -> None:
    one, two = outcomes
    rest = {"c": PASSED, "d": PASSED}
    assert exit_code(report(started("s"), became("s", a=one, b=two, **rest))) == code
    assert exit_code(report(started("s"), became("s", a=two, b=one, **rest))) == code


def test_one_failed_submission_fails_the_run() -> None:
    right = became("r", a=PASSED, b=PASSED, c=PASSED, d=PASSED)
    assert exit_code(report(started("r", "s"), right, not_started("s", FAILED))) == 1


# What passes

PASSES_WITH_5 = Rule(required=False, points=5)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((PASSED, PASSED, FAILED, FAILED), Verdict.PASSED),
        ((PASSED, FAILED, FAILED, PASSED), Verdict.FAILED),
        ((PASSED, UNCLEAR, FAILED, FAILED), Verdict.UNCLEAR),
        ((PASSED, FAILED, FAILED, UNCLEAR), Verdict.FAILED),
        ((PASSED, PASSED, UNCLEAR, UNCLEAR), Verdict.PASSED),
    ],
    ids=["enough", "too few", "open ones could reach it", "open ones could not", "certain"],
)
def test_points_alone_may_pass(outcomes: tuple[Outcome, ...], verdict: Verdict) -> None:
    events = became("s", **dict(zip("abcd", outcomes, strict=True)))
    (result,) = report(started("s", rule=PASSES_WITH_5), events).submissions
    assert result.verdict is verdict


def test_points_and_what_is_required_may_both_be_asked() -> None:
    rule = Rule(required=True, points=5)
    events = became("s", a=PASSED, b=PASSED, c=FAILED, d=PASSED)
    (result,) = report(started("s", rule=rule), events).submissions
    assert (result.points, result.verdict) == (6, Verdict.FAILED)


@pytest.mark.parametrize("last", [PASSED, FAILED])
def test_of_a_part_of_the_plan_all_points_are_enough(last: Outcome) -> None:
    events = became("s", a=PASSED, b=PASSED, c=PASSED, d=last)
    rule = Rule(required=False, points=20)
    assert report(started("s", rule=rule), events).submissions[0].verdict is last.verdict


def test_missing_points_are_told() -> None:
    events = became("s", a=PASSED, b=FAILED, c=FAILED, d=FAILED)
    (result,) = report(started("s", rule=PASSES_WITH_5), events).submissions
    assert (result.outcome.blame, result.outcome.reason) == (
        Blame.SUBMISSION,
        "5 points pass, 3 are certain",
    )


def test_open_points_that_could_reach_it_are_ours_to_settle() -> None:
    events = became("s", a=PASSED, b=UNCLEAR, c=FAILED, d=FAILED)
    (result,) = report(started("s", rule=PASSES_WITH_5), events).submissions
    assert result.outcome.blame is Blame.HARNESS

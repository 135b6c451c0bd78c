"""The judgement of a whole scenario: causes, blame, stalls, and what must not matter."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.timelines import (
    ANNA,
    BOB,
    CAROL,
    EVERYBODY,
    PHONE,
    TRIGGER,
    asked,
    closed,
    flood,
    lacks,
    message,
    opened,
    played,
    pong,
    quiet,
    refused_socket,
    stood_still,
    timeline,
    trigger,
)
from twidder_cli.engine.judge import judge
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Step
from twidder_cli.model.timeline import AnyEntry, Died, Timeline
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict
from twidder_cli.steps.connect import Connect
from twidder_cli.steps.expect_push import ExpectPush
from twidder_cli.steps.expect_refused import ExpectRefused
from twidder_cli.steps.expect_silence import ExpectSilence
from twidder_cli.steps.operation import Operation
from twidder_cli.steps.sign_up import SignUp
from twidder_cli.steps.trigger import Trigger

PUSH = ExpectPush(kind="expect_push", line=11, to=(ANNA,))
SILENCE = ExpectSilence(kind="expect_silence", line=12, of=(BOB,))


def scenario(*last: Step) -> Scenario:
    sign_in = Operation(kind="sign_in", line=9, by=(ANNA,))
    return Scenario(
        id="told",
        path="told.yaml",
        title="The first client is told",
        requirement="auto-logout",
        actors=(ANNA, BOB),
        steps=(
            SignUp(kind="sign_up", line=5, by=("anna",)),
            Operation(kind="sign_in", line=6, by=(ANNA,)),
            Connect(kind="connect", line=7, by=(ANNA, BOB)),
            Trigger(kind="trigger", line=8, steps=(sign_in,)),
            *last,
        ),
    )


BEFORE = [
    played("control", 1, step="0"),
    played("sign_up", 1.5, step="1", line=5),
    played("sign_in", 1.8, step="2", line=6),
    played("connect", 3.5, step="3", line=7),
]
RIGHT: list[AnyEntry] = [
    message(ANNA, 5.5),
    played("expect_push", 6.2),
    pong(BOB, 7, step="6"),
    pong(CAROL, 7.1, step="6"),
    quiet(7.2, step="6"),
    played("expect_silence", 7.3, step="6", line=12),
]


def test_a_story_that_went_right_is_passed() -> None:
    whole = timeline(BEFORE, EVERYBODY, TRIGGER, RIGHT)
    assert judge(scenario(PUSH, SILENCE), whole) == Outcome(verdict=Verdict.PASSED)


def test_every_steps_findings_count() -> None:
    wrong = message(ANNA, 5.5), message(BOB, 5.5)
    refused = ExpectRefused(kind="expect_refused", line=13, by=(ANNA,))
    accepted = asked(ANNA, "get_user_data_by_token", 12.5, step="7")
    steps = (
        played("expect_push", 11),
        played("expect_silence", 12, step="6"),
        played("expect_refused", 13, step="7"),
    )
    outcome = judge(
        scenario(PUSH, SILENCE, refused),
        timeline(BEFORE, EVERYBODY, TRIGGER, wrong, accepted, steps),
    )
    assert outcome.verdict is Verdict.FAILED
    assert [finding.title for finding in outcome.findings] == [
        "bob@desk heard what was not meant for them",
        "get_user_data_by_token should have been refused",
    ]


def test_a_push_that_went_to_another_is_told_once() -> None:
    stray = message(BOB, 5.5), played("expect_push", 11), played("expect_silence", 12, step="6")
    (finding,) = judge(
        scenario(PUSH, SILENCE), timeline(BEFORE, EVERYBODY, TRIGGER, stray)
    ).findings
    assert finding.title == "anna@laptop was not told"
    assert "but bob@desk heard" in finding.actual
    assert finding.hint.startswith("It went to another socket, which has taken the place")


def test_what_others_hear_at_another_trigger_is_a_finding_of_its_own() -> None:
    again = Trigger(kind="trigger", line=13, steps=(Operation(kind="sign_in", by=(ANNA,)),))
    first = message(BOB, 5.5), played("expect_push", 11)
    second = (
        *trigger(12, 13, step="6"),
        message(BOB, 12.5),
        played("expect_silence", 15, step="7"),
    )
    outcome = judge(
        scenario(PUSH, again, SILENCE), timeline(BEFORE, EVERYBODY, TRIGGER, first, second)
    )
    assert [finding.title for finding in outcome.findings] == [
        "anna@laptop was not told",
        "bob@desk heard what was not meant for them",
    ]


@pytest.mark.parametrize(
    ("second", "hint"),
    [("{anna@laptop.token.1}", "Two sign-ins were given the same token"), ("x", "Look it up")],
)
def test_where_two_sign_ins_get_the_same_token_that_is_the_cause(second: str, hint: str) -> None:
    refused = ExpectRefused(kind="expect_refused", line=11, by=(ANNA,))
    token = "{anna@laptop.token.1}"
    played_through = (
        asked(ANNA, "sign_in", 1, body={"data": token}, step="2"),
        asked(PHONE, "sign_in", 5, body={"data": second}, step="4.1"),
        asked(ANNA, "get_user_data_by_token", 6, token=token),
        played("expect_refused", 7),
    )
    story = msgspec.structs.replace(scenario(refused), hint="Look it up.")
    (finding,) = judge(story, timeline(BEFORE, EVERYBODY, played_through)).findings
    assert finding.title == "get_user_data_by_token should have been refused"
    assert finding.hint.startswith(hint)


def stopped(**facts: bool) -> Timeline:
    return timeline(
        BEFORE[:2],
        asked(ANNA, "sign_in", 1.7, status=500, step="2"),
        played(
            "sign_in", 1.8, step="2", line=6, cause="anna@laptop: POST /sign_in -> 500", **facts
        ),
    )


def test_the_first_step_that_could_not_be_played_is_the_cause() -> None:
    outcome = judge(scenario(PUSH, SILENCE), stopped(understood=True))
    assert outcome == Outcome(
        verdict=Verdict.FAILED,
        blame=Blame.SUBMISSION,
        reason="sign_in does not work, and all that follows needs it",
        findings=(
            Finding(
                title="sign_in does not work, and all that follows needs it",
                expected="the step sign_in works",
                actual="anna@laptop: POST /sign_in -> 500",
                hint="Look for the request in the server's log.",
                line=6,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("sockets", "names_sockets"),
    [((), False), ((refused_socket(ANNA, 1.6),), False), ((opened(ANNA, 1.6),), True)],
    ids=["none", "one that did not open", "one that did"],
)
def test_a_dead_socket_is_blamed_only_where_there_was_one(
    sockets: tuple[AnyEntry, ...], *, names_sockets: bool
) -> None:
    cause = played("sign_in", 1.8, step="2", line=6, cause="anna@laptop: POST /sign_in -> 500")
    cause = msgspec.structs.replace(cause, function="sign_in")
    (finding,) = judge(scenario(PUSH), timeline(BEFORE[:2], *sockets, cause)).findings
    assert finding.hint.startswith("Look for the request in the server's log.")
    assert ("a socket whose client has gone" in finding.hint) is names_sockets


def test_a_submission_that_was_never_understood_is_unclear() -> None:
    outcome = judge(scenario(PUSH), stopped(understood=False))
    assert (outcome.verdict, outcome.blame, outcome.reason) == (
        Verdict.UNCLEAR,
        Blame.HARNESS,
        "The submission does not answer as the contract names things",
    )
    assert "--contract" in outcome.findings[0].hint


def test_a_socket_that_opens_and_is_closed_may_be_greeted_otherwise_or_left_too_soon() -> None:
    cause = played("trigger", 4, step="4", line=8, cause="did not stay open", understood=False)
    whole = timeline(BEFORE, msgspec.structs.replace(cause, concerns="3"))
    (finding,) = judge(scenario(PUSH), whole).findings
    assert (finding.verdict, finding.line) == (Verdict.UNCLEAR, 7)
    assert "go on receiving" in finding.hint
    assert "--contract" in finding.hint


def test_what_was_our_own_doing_is_unclear() -> None:
    outcome = judge(scenario(PUSH), stopped(ours=True))
    assert (outcome.verdict, outcome.blame, outcome.reason) == (
        Verdict.UNCLEAR,
        Blame.HARNESS,
        "This could not be checked: POST /sign_in -> 500",
    )


def test_a_cause_in_the_control_phase_says_who_carol_is() -> None:
    entries = timeline(played("control", 1, step="0", line=0, cause="carol@control: lost"))
    (finding,) = judge(scenario(PUSH), entries).findings
    assert finding.expected.startswith("carol, whom nothing here concerns, ")


def test_steps_that_were_not_played_are_not_judged() -> None:
    whole = timeline(BEFORE, EVERYBODY, TRIGGER, played("expect_push", 7, cause="x", ours=True))
    titles = [one.title for one in judge(scenario(PUSH, SILENCE), whole).findings]
    assert titles == ["This could not be checked: x"]


def test_findings_before_the_cause_are_kept() -> None:
    whole = timeline(
        BEFORE, EVERYBODY, TRIGGER, played("expect_push", 11), played("x", 12, step="6", cause="no")
    )
    titles = [one.title for one in judge(scenario(PUSH, SILENCE), whole).findings]
    assert titles == [
        "x does not work, and all that follows needs it",
        "anna@laptop was not told",
    ]


def test_steps_inside_a_trigger_are_judged() -> None:
    inner = scenario(PUSH).steps[3].inner[0]
    whole = timeline(BEFORE, EVERYBODY, TRIGGER, played("sign_in", 5.9, step="4.1"), RIGHT[:2])
    assert inner.kind == "sign_in"
    assert judge(scenario(PUSH), whole) == Outcome(verdict=Verdict.PASSED)


def test_while_the_machine_stood_still_nothing_is_held_against_the_submission() -> None:
    whole = timeline(BEFORE, EVERYBODY, trigger(5, 6), stood_still(6, 9), played("expect_push", 11))
    outcome = judge(scenario(PUSH), whole)
    assert (outcome.verdict, outcome.blame) == (Verdict.UNCLEAR, Blame.HARNESS)
    assert outcome.findings[0].hint.startswith("This machine was too busy meanwhile, so")


def test_of_an_overloaded_machine_the_load_is_told() -> None:
    busy = msgspec.structs.replace(stood_still(6, 9), load=6.53)
    whole = timeline(BEFORE, EVERYBODY, trigger(5, 6), busy, played("expect_push", 11))
    (finding,) = judge(scenario(PUSH), whole).findings
    assert "too busy meanwhile (a load of 6.5 for each core), so" in finding.hint


def test_a_page_that_lacks_a_library_is_unclear_where_something_does_not_work() -> None:
    whole = timeline(lacks(1), BEFORE, EVERYBODY, trigger(5, 6), played("expect_push", 11))
    outcome = judge(scenario(PUSH), whole)
    assert (outcome.verdict, outcome.blame) == (Verdict.UNCLEAR, Blame.HARNESS)
    assert outcome.findings[0].hint.startswith("The page needs https://cdn.example.com/a.js, which")


@pytest.mark.parametrize("entry", [stood_still(5.6, 6.1), lacks(1)])
def test_a_pass_stays_a_pass_whatever_could_have_gone_wrong(entry: AnyEntry) -> None:
    whole = timeline(BEFORE, EVERYBODY, TRIGGER, entry, RIGHT)
    assert judge(scenario(PUSH, SILENCE), whole).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("excess", "title", "actual"),
    [
        ("", "The server died", "its process ended while this was played"),
        (
            "it made more than 9 files and was ended",
            "The server used more than it may",
            "it made more than 9 files and was ended while this was played",
        ),
    ],
)
def test_a_server_that_ended_is_told_with_the_reason(excess: str, title: str, actual: str) -> None:
    died = Died(step="", actor="", sent=9, received=9, excess=excess)
    (finding,) = judge(scenario(PUSH), timeline(*BEFORE, died)).findings[:1]
    assert (finding.title, finding.actual, finding.verdict) == (title, actual, Verdict.FAILED)


def test_a_flood_is_told_once_and_in_place_of_the_cause() -> None:
    whole = timeline(
        BEFORE[:3],
        EVERYBODY,
        flood(BOB, 3.2),
        flood(CAROL, 3.3),
        played("connect", 3.5, step="3", cause="the socket of bob@desk did not stay open"),
    )
    outcome = judge(scenario(PUSH), whole)
    assert [finding.title for finding in outcome.findings] == ["The server sends without end"]
    assert (outcome.verdict, outcome.findings[0].who) == (Verdict.FAILED, (BOB,))


# What must not matter

OTHERS: list[AnyEntry] = [
    message(BOB, 3.5, "online: 1"),
    message(BOB, 5.6, "online: 2"),
    message(CAROL, 3.6, "online: 1"),
    message(CAROL, 5.7, "online: 3"),
    asked(BOB, "get_user_data_by_token", 5.2, step="4"),
    closed(BOB, 9.5),
]
ANNAS: list[list[AnyEntry]] = [[message(ANNA, 5.5)], [], [message(ANNA, 5.5, "online: 9")]]


@pytest.mark.parametrize("annas", ANNAS, ids=["told", "not told", "noise only"])
@given(data=st.data())
def test_the_order_in_which_others_were_recorded_does_not_change_a_verdict(
    annas: list[AnyEntry], data: st.DataObject
) -> None:
    steps = [*BEFORE, *EVERYBODY, *TRIGGER, *annas, played("expect_push", 11)]
    expected = judge(scenario(PUSH), timeline(steps, OTHERS))
    entries = list(timeline(steps).entries)
    for other in OTHERS:
        entries.insert(data.draw(st.integers(0, len(entries))), other)
    found = judge(scenario(PUSH), Timeline(entries=tuple(entries)))
    assert (found.verdict, found.reason) == (expected.verdict, expected.reason)

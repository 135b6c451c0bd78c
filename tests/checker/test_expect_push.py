"""`expect_push`: what counts as being told, and what is said when nobody was."""

import msgspec
import pytest

from tests.checker.timelines import (
    ANNA,
    BOB,
    CAROL,
    EVERYBODY,
    PHONE,
    TRIGGER,
    asked,
    binary,
    closed,
    judged,
    left,
    lost,
    message,
    opened,
    played,
    quiet,
    timeline,
    trigger,
)
from twidder_cli.model.actors import Actor
from twidder_cli.model.timeline import Exchange, Frame
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps.expect_push import ExpectPush

STEP = ExpectPush(kind="expect_push", line=11, to=(ANNA,))

NOT_TOLD = "anna@laptop was not told"
GONE = "anna@laptop had lost its socket before anything was triggered"


@pytest.mark.parametrize(
    "push",
    [
        message(ANNA, 5.5),
        message(ANNA, 5.5, ""),
        message(ANNA, 9.5, "you have been signed out"),
        binary(ANNA, 5.5),
        closed(ANNA, 5.5),
        closed(ANNA, 5.5, 4001, "signed in elsewhere"),
        lost(ANNA, 5.5),
    ],
    ids=[
        "a message",
        "an empty message",
        "a late message",
        "a binary message",
        "a close",
        "a close with words",
        "a lost connection",
    ],
)
def test_a_push_is(push: Frame) -> None:
    assert judged(STEP, EVERYBODY, TRIGGER, push) == []


def test_a_push_may_come_before_the_sign_ins_reply() -> None:
    assert judged(STEP, EVERYBODY, TRIGGER, message(ANNA, 5.001)) == []


def test_nothing_is_no_push() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER)
    assert (finding.title, finding.expected, finding.actual, finding.who, finding.line) == (
        NOT_TOLD,
        "a message or a close on the socket of anna@laptop within 5 s",
        "nothing came",
        (ANNA,),
        11,
    )
    assert (finding.verdict, finding.evidence) == (Verdict.FAILED, (1,))


def test_nothing_is_left_open_where_the_server_may_wait_for_another_greeting() -> None:
    unsure = [
        msgspec.structs.replace(one, understood=False) if one.actor == ANNA else one
        for one in EVERYBODY
    ]
    (finding,) = judged(STEP, unsure, TRIGGER)
    assert (finding.title, finding.verdict) == (NOT_TOLD, Verdict.UNCLEAR)
    assert "--contract FILE" in finding.hint
    assert judged(STEP, unsure, TRIGGER, message(ANNA, 5.5)) == []


def test_noise_that_also_flowed_before_is_no_push() -> None:
    before = message(ANNA, 2.5, "online: 1"), message(ANNA, 3, "online: 2")
    after = message(ANNA, 5.5, "online: 3")
    (finding,) = judged(STEP, EVERYBODY, before, TRIGGER, after)
    assert finding.title == NOT_TOLD
    assert 'the message "online: 3"' in finding.actual


def test_noise_that_flowed_elsewhere_before_is_no_push() -> None:
    before = message(BOB, 3.2, "online: 1"), message(BOB, 3.3, "online: 2")
    noise = *before, message(ANNA, 5.5, "online: 3")
    (finding,) = judged(STEP, EVERYBODY, noise, TRIGGER)
    assert finding.title == NOT_TOLD


def test_a_logout_that_is_left_to_each_client_to_find_is_told_as_such() -> None:
    before = message(BOB, 3, '{"in": "{bob.email}"}')
    after = [message(who, 5.5, '{"in": "{anna.email}"}') for who in (ANNA, CAROL)]
    (finding,) = judged(STEP, EVERYBODY, before, TRIGGER, after)
    assert finding.hint.startswith("What everybody hears is no logout")


def test_a_rhythm_that_the_control_shows_is_no_push() -> None:
    rhythm = [message(who, at, "tick") for at in (5.5, 9.5) for who in (ANNA, CAROL)]
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, rhythm, quiet(7))
    assert finding.title == NOT_TOLD


def test_a_push_among_noise_is_a_push() -> None:
    before = message(ANNA, 2.5, "online: 1"), message(ANNA, 3, "online: 2")
    noise = *before, message(ANNA, 5.4, "online: 3")
    assert judged(STEP, EVERYBODY, noise, TRIGGER, message(ANNA, 5.5)) == []


def test_a_broadcast_is_a_push_too() -> None:
    everybody = [message(who, 5.5) for who in (ANNA, BOB, CAROL)]
    assert judged(STEP, EVERYBODY, TRIGGER, everybody) == []


@pytest.mark.parametrize("end", [closed(ANNA, 4), lost(ANNA, 4)], ids=["closed", "lost"])
def test_a_socket_that_ended_before_the_trigger_is_its_own_finding(end: Frame) -> None:
    (finding,) = judged(STEP, EVERYBODY, end, TRIGGER)
    assert finding.title == GONE
    assert finding.actual.endswith(", 1.00 s before the trigger")


def test_a_push_after_the_next_trigger_is_late() -> None:
    late = played("expect_push", 8), trigger(9, 10, step="7"), message(ANNA, 9.5)
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, late[0], late[1], late[2])
    assert finding.title == NOT_TOLD


def test_a_push_to_somebody_else_is_none() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, message(BOB, 5.5))
    assert finding.title == NOT_TOLD


def test_a_push_to_the_old_socket_is_none() -> None:
    sockets = opened(ANNA, 2), left(ANNA, 3), opened(ANNA, 4, socket=2)
    (finding,) = judged(STEP, sockets, TRIGGER, message(ANNA, 5.5))
    assert finding.title == NOT_TOLD


def test_each_actor_is_judged_alone() -> None:
    both = ExpectPush(kind="expect_push", line=11, to=(ANNA, BOB))
    findings = judged(both, EVERYBODY, TRIGGER, message(ANNA, 5.5))
    assert [finding.who for finding in findings] == [(BOB,)]


def test_what_arrived_is_shown_whole_and_escaped() -> None:
    hostile = message(ANNA, 3, "a\x1b[31m\n")
    (finding,) = judged(STEP, EVERYBODY, hostile, TRIGGER)
    assert r"a\x1b[31m\n" in finding.actual
    assert "\x1b" not in finding.actual


def test_evidence_points_to_the_socket_and_what_it_heard() -> None:
    parts = (EVERYBODY, message(ANNA, 3.5, "online: 2"), TRIGGER)
    entries = timeline(*parts).entries
    (finding,) = judged(STEP, *parts)
    assert [entries[index] for index in finding.evidence] == [
        EVERYBODY[1],
        message(ANNA, 3.5, "online: 2"),
    ]


def test_without_a_socket_nobody_can_be_told() -> None:
    (finding,) = judged(STEP, EVERYBODY[0], TRIGGER)
    assert (finding.title, finding.actual) == ("anna@laptop could not be told", "it had no socket")


def test_everybodys_end_is_no_push() -> None:
    ends = closed(ANNA, 5.5), closed(CAROL, 5.6)
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, ends)
    assert finding.title == "anna@laptop was not told: everybody's socket ended"


def test_a_message_before_everybodys_end_is_a_push() -> None:
    assert judged(STEP, EVERYBODY, TRIGGER, message(ANNA, 5.2), lost(ANNA, 5.5)) == []


def test_who_was_told_instead_is_named() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, message(BOB, 5.5))
    assert finding.actual.startswith("nothing came; but bob@desk heard the message ")


# Whoever is signed in

WINNER = ExpectPush(kind="expect_push", line=11, to=(ANNA, PHONE, BOB), only="signed-in")
MINE = {"data": "{anna.email}"}
SOCKETS = (*EVERYBODY, opened(PHONE, 3))


def looked(who: Actor, *, status: int = 200, at: float = 4) -> Exchange:
    return asked(
        who, "get_user_data_by_token", at, status=status, body=MINE if status == 200 else ""
    )


@pytest.mark.parametrize("push", [message(PHONE, 5.5), closed(PHONE, 5.5)])
def test_of_those_who_raced_the_one_that_is_signed_in_is_told(push: Frame) -> None:
    looks = [looked(ANNA, status=401), looked(PHONE), looked(BOB, status=401)]
    assert judged(WINNER, SOCKETS, looks, TRIGGER, push) == []
    (finding,) = judged(WINNER, SOCKETS, looks, TRIGGER, message(ANNA, 5.5))
    assert (finding.title, finding.who) == ("anna@phone was not told", (PHONE,))


def test_where_tokens_are_equal_one_socket_of_the_session_is_enough() -> None:
    looks = [looked(ANNA), looked(PHONE), looked(BOB)]
    assert judged(WINNER, SOCKETS, looks, TRIGGER, message(PHONE, 5.5)) == []
    assert len(judged(WINNER, SOCKETS, looks, TRIGGER)) == 1


@pytest.mark.parametrize(
    "looks",
    [
        [],
        [looked(PHONE, status=401)],
        [looked(PHONE), looked(PHONE, status=401, at=4.5)],
        [looked(PHONE, at=5.5)],
    ],
    ids=["nobody looked", "refused", "over when last tried", "looked too late"],
)
def test_who_was_not_seen_to_be_signed_in_need_not_be_told(looks: list[Exchange]) -> None:
    assert judged(WINNER, SOCKETS, looks, TRIGGER) == []

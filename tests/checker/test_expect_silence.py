"""`expect_silence`: who else was told, and whether silence could be shown."""

import pytest

from tests.checker.timelines import (
    ANNA,
    BOB,
    CAROL,
    EVE,
    EVERYBODY,
    LOGOUT,
    PHONE,
    TRIGGER,
    binary,
    closed,
    judged,
    left,
    lost,
    message,
    no_pong,
    opened,
    pong,
    quiet,
    refused_socket,
)
from twidder_cli.model.shapes import shape
from twidder_cli.model.timeline import Frame
from twidder_cli.model.verdicts import Blame, Verdict
from twidder_cli.steps.expect_silence import ExpectSilence

STEP = ExpectSilence(kind="expect_silence", line=11, of=(BOB,))

PROOF = (pong(BOB, 7), pong(CAROL, 7.1), quiet(7.2))
TOLD = (message(ANNA, 5.5),)


def test_silence_with_its_proof_is_right() -> None:
    assert judged(STEP, EVERYBODY, TRIGGER, TOLD, PROOF) == []


def test_a_socket_that_is_opened_later_has_nothing_to_prove() -> None:
    assert judged(STEP, EVERYBODY, TRIGGER, TOLD, PROOF, opened(BOB, 9, socket=2)) == []


@pytest.mark.parametrize(
    "frame",
    [message(BOB, 5.5), closed(BOB, 5.5), lost(BOB, 5.5), message(BOB, 20.0)],
    ids=["a message", "a close", "a lost connection", "a late message"],
)
def test_what_arrives_breaks_the_silence(frame: Frame) -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, frame, PROOF)
    assert (finding.title, finding.who, finding.verdict) == (
        "bob@desk heard what was not meant for them",
        (BOB,),
        Verdict.FAILED,
    )


def test_one_wrong_receiver_is_told_whole() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, message(BOB, 5.6), PROOF)
    assert (finding.expected, finding.actual, finding.line, finding.blame) == (
        "nothing for bob@desk",
        f'bob@desk got the message "{LOGOUT}"',
        11,
        Blame.SUBMISSION,
    )


def test_what_the_control_hears_is_a_broadcast() -> None:
    everybody = [message(who, 5.5) for who in (ANNA, BOB, CAROL)]
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, everybody, PROOF)
    assert (finding.title, finding.who) == ("The logout was broadcast", (BOB, CAROL))


def test_a_broadcast_is_seen_even_when_nobody_listed_hears_it() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, message(CAROL, 5.5), PROOF)
    assert (finding.title, finding.who) == ("The logout was broadcast", (CAROL,))


def test_noise_is_silence() -> None:
    before = message(BOB, 3.2, "online: 1"), message(BOB, 3.3, "online: 2")
    noise = *before, message(BOB, 5.5, "online: 3")
    assert judged(STEP, EVERYBODY, noise, TRIGGER, TOLD, PROOF) == []


def test_a_rhythm_is_silence() -> None:
    rhythm = [message(who, at, "tick") for at in (5.5, 8.5) for who in (BOB, CAROL)]
    assert judged(STEP, EVERYBODY, TRIGGER, TOLD, rhythm, PROOF) == []


def test_no_pong_is_no_proof() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, no_pong(BOB, 12), pong(CAROL, 7))
    assert (finding.title, finding.actual, finding.who, finding.verdict, finding.blame) == (
        "Whether nobody else was told could not be shown",
        "no Pong on the socket of bob@desk",
        (BOB,),
        Verdict.UNCLEAR,
        Blame.HARNESS,
    )


def test_a_pong_of_an_earlier_step_is_no_proof() -> None:
    (finding,) = judged(
        STEP, EVERYBODY, TRIGGER, TOLD, pong(BOB, 3.5, step="3"), pong(CAROL, 7), quiet(7.2)
    )
    assert (finding.who, finding.verdict) == ((BOB,), Verdict.UNCLEAR)


def test_the_control_needs_its_proof_too() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, pong(BOB, 7), no_pong(CAROL, 12))
    assert (finding.who, finding.verdict) == ((CAROL,), Verdict.UNCLEAR)


def test_what_was_heard_counts_without_any_proof() -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, message(BOB, 5.5), no_pong(BOB, 12))
    assert finding.verdict is Verdict.FAILED


@pytest.mark.parametrize("end", [closed(BOB, 4), lost(BOB, 4)], ids=["closed", "lost"])
def test_a_socket_that_ended_before_the_trigger_needs_no_proof(end: Frame) -> None:
    assert judged(STEP, EVERYBODY, end, TRIGGER, TOLD, pong(CAROL, 7), quiet(7.2)) == []


def test_a_socket_that_was_left_before_the_trigger_needs_no_proof() -> None:
    parts = EVERYBODY, (left(BOB, 4),), TRIGGER, TOLD, (pong(CAROL, 7), quiet(7.2))
    assert judged(STEP, *parts) == []


def test_a_socket_opened_by_the_trigger_is_judged() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(PHONE,))
    parts = EVERYBODY, TRIGGER, TOLD, (opened(PHONE, 5.8), message(PHONE, 5.9), pong(CAROL, 7))
    (finding,) = judged(step, *parts)
    assert finding.who == (PHONE,)


def test_a_refused_socket_is_silent() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(EVE,))
    assert judged(step, EVERYBODY, refused_socket(EVE, 4), TRIGGER, TOLD, PROOF) == []


def test_what_an_intruder_was_answered_before_does_not_excuse_the_push() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(EVE,))
    intruder = opened(EVE, 3, own=False), message(EVE, 3.5), message(EVE, 5.5)
    (finding,) = judged(step, EVERYBODY, intruder, TRIGGER, TOLD, PROOF)
    assert finding.who == (EVE,)


def test_every_socket_of_an_actor_has_to_be_silent() -> None:
    second = opened(BOB, 3.5, socket=2), pong(BOB, 7, socket=2), message(BOB, 5.5, socket=2)
    (finding,) = judged(STEP, EVERYBODY, second, TRIGGER, TOLD, PROOF)
    assert finding.who == (BOB,)


@pytest.mark.parametrize("frame", [binary(BOB, 5.5), message(BOB, 5.5, "welcome")])
def test_what_the_told_one_did_not_hear_is_unclear(frame: Frame) -> None:
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, frame, PROOF)
    assert (finding.title, finding.verdict) == (
        "bob@desk heard something new: is it the logout?",
        Verdict.UNCLEAR,
    )


def test_what_everybody_heard_beside_the_logout_is_unclear() -> None:
    everybody = [message(who, 5.6, "online") for who in (ANNA, BOB, CAROL)]
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, TOLD, everybody, PROOF)
    assert (finding.who, finding.verdict) == ((BOB, CAROL), Verdict.UNCLEAR)


@pytest.mark.parametrize(
    ("said", "verdict"), [(LOGOUT, Verdict.FAILED), ("online", Verdict.UNCLEAR)]
)
def test_what_everybody_heard_is_compared_with_an_earlier_logout(
    said: str, verdict: Verdict
) -> None:
    everybody = [message(who, 5.6, said) for who in (ANNA, BOB, CAROL)]
    known = quiet(7.2, notices=(shape(message(ANNA, 1, LOGOUT)),))
    (finding,) = judged(STEP, EVERYBODY, TRIGGER, everybody, PROOF[:2], known)
    assert (finding.who, finding.verdict) == ((BOB, CAROL), verdict)


def test_acknowledgements_on_a_socket_opened_inside_the_trigger_are_silence() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(PHONE,))
    opening = opened(PHONE, 5.8), message(PHONE, 5.9, "hello"), pong(PHONE, 7), pong(CAROL, 7)
    assert judged(step, EVERYBODY, TRIGGER, TOLD, opening) == []


def test_a_close_of_a_socket_opened_inside_the_trigger_is_none() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(PHONE,))
    opening = opened(PHONE, 5.8), closed(PHONE, 5.9), pong(CAROL, 7)
    (finding,) = judged(step, EVERYBODY, TRIGGER, TOLD, opening)
    assert (finding.who, finding.verdict) == ((PHONE,), Verdict.FAILED)


def test_a_late_close_of_a_socket_with_a_foreign_token_is_unclear() -> None:
    step = ExpectSilence(kind="expect_silence", line=11, of=(EVE,))
    late = opened(EVE, 3, own=False), closed(EVE, 5.5)
    (finding,) = judged(step, EVERYBODY, late, TRIGGER, TOLD, PROOF)
    assert (finding.who, finding.verdict) == ((EVE,), Verdict.UNCLEAR)

"""`expect_next`, `expect_message`, `eventually`, `expect_one_valid`, `expect_no_error`, order."""

from typing import Any

import msgspec
import pytest

from tests.checker.timelines import (
    ANNA,
    BOB,
    PHONE,
    asked,
    judged,
    left,
    message,
    opened,
    played,
    unanswered,
    view,
)
from twidder_cli.model.step import Call
from twidder_cli.model.timeline import Taken
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps.eventually import Eventually
from twidder_cli.steps.expect_accepted import ExpectAccepted
from twidder_cli.steps.expect_message import ExpectMessage, ExpectNext
from twidder_cli.steps.expect_no_error import ExpectNoError
from twidder_cli.steps.expect_one_valid import ExpectOneValid
from twidder_cli.steps.expect_refused import ExpectRefused

READ = "get_user_data_by_token"

# The next message, and any message

NEXT = ExpectNext(kind="expect_next", line=11, on=ANNA, says="pong")
ANY = ExpectMessage(kind="expect_message", line=11, on=ANNA, says="pong")


def taken(at: float, text: str | None, *, step: str = "5") -> Taken:
    return Taken(
        step=step,
        actor=ANNA,
        sent=at,
        received=at,
        socket=1,
        text=text or "",
        is_message=text is not None,
    )


def test_the_next_message_says_it() -> None:
    assert judged(NEXT, opened(ANNA, 2), taken(4, "a pong!")) == []


def test_another_next_message_is_wrong_although_the_right_one_follows() -> None:
    heard = message(ANNA, 3, "ping"), message(ANNA, 3.1, "pong")
    (finding,) = judged(NEXT, opened(ANNA, 2), heard, taken(4, "ping"))
    assert (finding.title, finding.actual, finding.who) == (
        "anna@laptop did not hear what it should next",
        'the message "ping"',
        (ANNA,),
    )


def test_no_next_message_is_wrong() -> None:
    (finding,) = judged(NEXT, opened(ANNA, 2), taken(4, None))
    assert finding.actual == "nothing arrived"


def test_what_another_step_took_is_not_judged() -> None:
    assert judged(NEXT, opened(ANNA, 2), taken(3, "ping", step="4"), taken(4, "pong")) == []


def test_a_message_is_taken_once() -> None:
    heard = message(ANNA, 3, "one"), message(ANNA, 3.1, "two")
    seen = view(opened(ANNA, 2), heard, taken(4, "one", step="4"))
    assert seen.next_message(ANNA) == heard[1]


def test_asking_in_vain_takes_nothing() -> None:
    heard = message(ANNA, 5, "one")
    seen = view(opened(ANNA, 2), taken(4, None, step="4"), heard)
    assert seen.next_message(ANNA) == heard


def test_the_next_message_is_one_of_the_newest_socket() -> None:
    sockets = opened(ANNA, 2), opened(ANNA, 3, socket=2)
    assert view(sockets, message(ANNA, 4, "old")).next_message(ANNA) is None


def test_a_message_in_whatever_place_is_heard() -> None:
    heard = message(ANNA, 3, "ping"), message(ANNA, 3.1, "pong"), message(ANNA, 3.2, "ping")
    assert judged(ANY, opened(ANNA, 2), heard) == []


def test_a_message_that_never_came_is_missed() -> None:
    (finding,) = judged(ANY, opened(ANNA, 2), message(ANNA, 3, "ping"))
    assert (finding.title, finding.actual) == (
        "anna@laptop did not hear what it should",
        'the message "ping"',
    )


def test_a_message_on_an_older_socket_is_not_heard() -> None:
    sockets = opened(ANNA, 2), left(ANNA, 3), opened(ANNA, 4, socket=2)
    (finding,) = judged(ANY, sockets, message(ANNA, 2.5, "pong"))
    assert finding.actual == "nothing arrived"


# Eventually

EVENTUALLY = Eventually(
    kind="eventually",
    line=10,
    steps=(
        ExpectRefused(kind="expect_refused", line=11, by=(ANNA,), calls=(Call(function=READ),)),
    ),
)


def attempt(number: int, at: float, status: int) -> list[Any]:
    step = f"5.{number}.1"
    return [
        asked(ANNA, READ, at, status=status, step=step),
        played("expect_refused", at + 0.1, step=step),
    ]


def test_only_the_last_attempt_is_judged() -> None:
    assert judged(EVENTUALLY, attempt(1, 3, 200), attempt(2, 4, 401)) == []


def test_a_last_attempt_that_is_wrong_is_told_once() -> None:
    findings = judged(EVENTUALLY, attempt(1, 3, 200), attempt(2, 4, 200))
    assert [finding.line for finding in findings] == [11]


def test_the_tenth_attempt_comes_after_the_ninth() -> None:
    attempts = [attempt(number, number, 200 if number < 10 else 401) for number in range(1, 11)]
    assert judged(EVENTUALLY, *attempts) == []


# Exactly one session

ONE = ExpectOneValid(kind="expect_one_valid", line=11, of=(ANNA, PHONE))
DATA = {"success": True, "data": {"email": "{anna.email}"}}


def test_one_valid_session_is_right() -> None:
    assert judged(ONE, asked(ANNA, READ, 7, status=401), asked(PHONE, READ, 8, body=DATA)) == []


def test_two_valid_sessions_are_too_many() -> None:
    first = asked(ANNA, READ, 7, body=DATA, token="{anna@laptop.token.1}")
    second = asked(PHONE, READ, 8, body=DATA, token="{anna@phone.token.1}")
    (finding,) = judged(ONE, first, second)
    assert (finding.title, finding.who) == (
        "Several sessions of one user are valid",
        (ANNA, PHONE),
    )


def test_equal_tokens_are_one_session() -> None:
    first = asked(ANNA, READ, 7, body=DATA, token="{anna@laptop.token.1}")
    second = asked(PHONE, READ, 8, body=DATA, token="{anna@laptop.token.1}")
    assert judged(ONE, first, second) == []


def test_no_valid_session_is_too_few() -> None:
    calls = asked(ANNA, READ, 7, status=401), asked(PHONE, READ, 8, status=401)
    (finding,) = judged(ONE, calls)
    assert (finding.title, finding.actual.splitlines()[0]) == ("Nobody is signed in", "0 are")


def test_nobody_s_token_is_told_where_it_is_not_known_how_to_ask() -> None:
    calls = [
        msgspec.structs.replace(asked(who, READ, 7, status=401), understood=False)
        for who in (ANNA, PHONE)
    ]
    (finding,) = judged(ONE, *calls)
    assert finding.verdict is Verdict.UNCLEAR
    assert "--contract" in finding.hint


def test_a_token_that_hands_over_nothing_is_not_valid() -> None:
    calls = asked(ANNA, READ, 7, body={"success": True}), asked(PHONE, READ, 8, body=DATA)
    assert judged(ONE, calls) == []


# No error

NO_ERROR = ExpectNoError(kind="expect_no_error", line=11, by=(ANNA,))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 499])
def test_an_answer_below_500_is_no_error(status: int) -> None:
    assert judged(NO_ERROR, asked(ANNA, READ, 3, status=status, step="3")) == []


@pytest.mark.parametrize("status", [500, 502, 599])
def test_an_answer_of_500_or_above_is_an_error(status: int) -> None:
    (finding,) = judged(NO_ERROR, asked(ANNA, READ, 3, status=status, step="3"))
    assert (finding.title, finding.who) == (f"{READ} broke", (ANNA,))


def test_no_answer_is_an_error() -> None:
    (finding,) = judged(NO_ERROR, unanswered(ANNA, READ, 3, step="3"))
    assert "no answer within 10 s" in finding.actual


def test_errors_of_others_are_not_told() -> None:
    assert judged(NO_ERROR, asked(BOB, READ, 3, status=500, step="3")) == []


# Order

ORDERED = ExpectAccepted(
    kind="expect_accepted",
    line=11,
    by=(ANNA,),
    calls=(Call(function=READ),),
    in_order=("{anna.message.2}", "{anna.message.1}"),
)


def test_things_in_their_order_are_right() -> None:
    body = {"data": ["{anna.message.2}", "{bob.message.1}", "{anna.message.1}"]}
    assert judged(ORDERED, asked(ANNA, READ, 7, body=body)) == []


@pytest.mark.parametrize(
    "texts",
    [["{anna.message.1}", "{anna.message.2}"], ["{anna.message.2}"], []],
    ids=["another order", "one is missing", "none"],
)
def test_another_order_is_told(texts: list[str]) -> None:
    (finding,) = judged(ORDERED, asked(ANNA, READ, 7, body={"data": texts}))
    assert (finding.title, finding.expected) == (
        f"{READ} hands things over in another order",
        "{anna.message.2} and {anna.message.1}, in this order",
    )

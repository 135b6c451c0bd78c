"""What a judge sees in a timeline: shapes, noise, rhythms, pushes, sockets."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.timelines import (
    ANNA,
    BOB,
    CAROL,
    EVERYBODY,
    LOGOUT,
    PHONE,
    TRIGGER,
    binary,
    closed,
    left,
    lost,
    message,
    no_pong,
    opened,
    played,
    pong,
    quiet,
    refused_socket,
    timeline,
    trigger,
    view,
)
from twidder_cli.model.shapes import shape

# Shapes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("online: 3", "online: 12"),
        ("at 12:30:01.5", "at 9:05"),
        ("hello anna@liu.se", "hello bob.b+x@mail.liu.se"),
        ("id 3f2a9b8c7d6e5f40", "id 0123456789abcdef"),
        ("id 4d61f2", "id 5db448"),
        ("id 4d61f2", "id 123456"),
        ("at 1795384537.90432", "at 1795384537.904321"),
        ("at 1795384537.904321", "at 17.9"),
        ('{"at": 1795384537.90432}', '{"at": 1e-07}'),
        ("hello {anna.email}", "hello {bob.email}"),
        ('{"a": 1, "b": "x"}', '{"b": "x",   "a": 2}'),
        (" ping\n", "ping"),
        ("+4QxUb8/zT0kQw5rY2cA==", "b8zT0kQw5rY2cA4QxUb+/w=="),
    ],
)
def test_what_varies_does_not_change_a_shape(one: str, other: str) -> None:
    assert shape(message(ANNA, 1, one)) == shape(message(ANNA, 2, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ping", "logout"),
        ('{"type": "ping"}', '{"type": "logout"}'),
        ('{"a": 1}', '{"a": "1", "b": 1}'),
        ("bye", "Bye"),
        ("NaN", "nothing"),
    ],
)
def test_what_is_said_makes_the_shape(one: str, other: str) -> None:
    assert shape(message(ANNA, 1, one)) != shape(message(ANNA, 2, other))


@given(*[st.floats(allow_nan=False, allow_infinity=False)] * 2)
def test_any_number_has_the_same_shape(one: float, other: float) -> None:
    as_values = [shape(message(ANNA, 1, json.dumps({"at": n}))) for n in (one, other)]
    assert as_values[0] == as_values[1]


@given(*[st.floats(min_value=0, max_value=1e12).map(lambda n: f"{n:f}".rstrip("0"))] * 2)
def test_a_number_has_the_same_shape_however_many_digits_it_has(one: str, other: str) -> None:
    assert shape(message(ANNA, 1, f"at {one}5!")) == shape(message(ANNA, 1, f"at {other}5!"))


def test_a_message_that_is_no_text_has_its_kind_as_shape() -> None:
    assert [shape(one) for one in (binary(ANNA, 1), closed(ANNA, 1), lost(ANNA, 1))] == [
        "binary",
        "close",
        "lost",
    ]


# The trigger


def test_a_step_sees_the_last_trigger_before_it() -> None:
    seen = view(TRIGGER, played("x", 7, step="6"), trigger(9, 10, step="7"), step="6")
    assert (seen.since, seen.trigger_ended, seen.until) == (5.0, 6.0, 9.0)


def test_after_the_last_trigger_everything_is_its_own() -> None:
    seen = view(TRIGGER, trigger(9, 10, step="7"), step="8")
    assert (seen.since, seen.trigger_ended, seen.until) == (9.0, 10.0, math.inf)


def test_before_a_trigger_nothing_is_a_push() -> None:
    seen = view(EVERYBODY, played("x", 4, step="3"), TRIGGER, message(ANNA, 5.5), step="3")
    assert (seen.since, seen.pushes(EVERYBODY[1])) == (math.inf, [])


# Noise


def test_what_flowed_before_the_trigger_is_noise() -> None:
    seen = view(EVERYBODY, message(BOB, 3, "online"), TRIGGER, message(ANNA, 5.5, "online"))
    assert seen.pushes(EVERYBODY[1]) == []


def test_of_what_always_said_the_same_only_the_same_is_noise() -> None:
    after = message(ANNA, 5.5, "401")
    seen = view(EVERYBODY, message(BOB, 3, "200"), TRIGGER, after)
    assert seen.pushes(EVERYBODY[1]) == [after]


def test_what_was_seen_with_two_texts_is_noise_with_any() -> None:
    before = message(BOB, 3, "online: 1"), message(CAROL, 3.5, "online: 2")
    seen = view(EVERYBODY, before, TRIGGER, message(ANNA, 5.5, "online: 3"))
    assert seen.pushes(EVERYBODY[1]) == []


def test_an_answer_to_a_token_of_somebody_else_is_no_noise() -> None:
    eve = opened(BOB, 3, socket=2, own=False)
    seen = view(EVERYBODY, eve, message(BOB, 4, LOGOUT, socket=2), TRIGGER)
    assert not seen.is_noise(message(ANNA, 5.5))


def test_what_an_older_socket_heard_once_there_was_a_newer_one_is_no_noise() -> None:
    told = message(ANNA, 3.1), message(ANNA, 5.5, socket=2)
    seen = view(EVERYBODY, opened(ANNA, 3, socket=2), told, TRIGGER)
    assert seen.heard_by(ANNA) == [told[1]]


def test_what_the_only_socket_heard_before_is_noise() -> None:
    seen = view(EVERYBODY, message(ANNA, 3.1), TRIGGER, message(ANNA, 5.5))
    assert seen.heard_by(ANNA) == []


def test_a_close_is_never_noise() -> None:
    seen = view(EVERYBODY, closed(BOB, 3.5), TRIGGER, closed(ANNA, 5.5))
    assert seen.pushes(EVERYBODY[1]) == [closed(ANNA, 5.5)]


def test_what_the_control_hears_again_after_a_quiet_point_is_noise() -> None:
    heard = message(CAROL, 5.5, "tick 1"), message(CAROL, 8, "tick 2")
    seen = view(EVERYBODY, TRIGGER, heard, quiet(7), message(ANNA, 5.6, "tick 1"))
    assert seen.pushes(EVERYBODY[1]) == []


def test_what_the_control_hears_once_is_no_noise() -> None:
    seen = view(EVERYBODY, TRIGGER, message(CAROL, 5.5), quiet(7), message(ANNA, 5.6))
    assert seen.news() == {LOGOUT}


def test_a_broadcast_at_each_of_two_triggers_is_no_rhythm() -> None:
    again = trigger(9, 10, step="7")
    heard = message(CAROL, 5.5), message(CAROL, 9.5)
    seen = view(EVERYBODY, TRIGGER, again, heard, quiet(7), quiet(11, step="8"), step="8")
    assert not seen.is_noise(message(ANNA, 9.5))


# Pushes


def test_a_push_comes_after_the_first_request_was_sent_and_before_the_next_trigger() -> None:
    frames = [message(ANNA, at, f"news {chr(int(at * 10))}") for at in (5.1, 5.9, 8.9, 9.1)]
    now = played("expect_push", 7)
    seen = view(EVERYBODY, TRIGGER, frames, now, trigger(9, 10, step="7"))
    assert seen.pushes(EVERYBODY[1]) == frames[:3]


def test_what_comes_after_we_left_is_no_push() -> None:
    seen = view(EVERYBODY, TRIGGER, left(ANNA, 5.5), closed(ANNA, 5.6))
    assert seen.pushes(EVERYBODY[1]) == []


def test_the_control_hears_no_news_in_noise() -> None:
    before, after = message(CAROL, 3, "online"), message(CAROL, 5.5, "online")
    assert view(EVERYBODY, before, TRIGGER, after).news() == set()


# Sockets


def test_the_current_socket_is_the_newest_that_was_open_at_the_trigger() -> None:
    sockets = opened(ANNA, 2), opened(ANNA, 3, socket=2), opened(ANNA, 5.5, socket=3)
    assert view(sockets, TRIGGER).current_socket(ANNA) == sockets[1]


def test_a_socket_that_was_left_is_not_current() -> None:
    sockets = opened(ANNA, 2), opened(ANNA, 3, socket=2)
    seen = view(sockets, left(ANNA, 4, socket=2), TRIGGER)
    assert seen.current_socket(ANNA) == sockets[0]


def test_a_socket_with_a_borrowed_token_is_not_current() -> None:
    assert view(opened(ANNA, 2, own=False), TRIGGER).current_socket(ANNA) is None


def test_a_socket_that_never_opened_is_none() -> None:
    assert view(refused_socket(ANNA, 2), TRIGGER).sockets(ANNA) == []


def test_sockets_of_one_actor_are_told_apart() -> None:
    sockets = opened(ANNA, 2), opened(ANNA, 3, socket=2)
    frames = message(ANNA, 5.5), message(ANNA, 5.6, "other", socket=2)
    seen = view(sockets, TRIGGER, frames)
    assert [seen.frames(one) for one in sockets] == [[frames[0]], [frames[1]]]


def test_the_end_of_a_socket_is_its_close_or_loss() -> None:
    seen = view(EVERYBODY, TRIGGER, message(ANNA, 5.2), closed(ANNA, 5.5), lost(BOB, 5.6))
    assert [seen.end(socket) for socket in EVERYBODY] == [
        None,
        closed(ANNA, 5.5),
        lost(BOB, 5.6),
    ]


# Silence


def test_silence_is_proved_by_a_pong_of_the_step() -> None:
    seen = view(EVERYBODY, TRIGGER, pong(ANNA, 4, step="3"), pong(BOB, 7), no_pong(CAROL, 12))
    assert [seen.is_silence_proved(socket) for socket in EVERYBODY] == [False, False, True]


def test_the_quiet_point_is_that_of_the_step_itself() -> None:
    seen = view(TRIGGER, quiet(7), quiet(9, step="6"))
    assert (seen.pinged_at, view(TRIGGER).pinged_at) == (7, math.inf)


def test_evidence_is_the_places_of_entries_in_the_timeline() -> None:
    whole = timeline(EVERYBODY, TRIGGER, message(PHONE, 5.5))
    seen = view(whole.entries)
    assert seen.evidence(whole.entries[1], whole.entries[4]) == (1, 4)

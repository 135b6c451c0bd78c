"""Calls made at the same time: held back, released together, and recorded."""

import random
import threading
from collections.abc import Sequence

import pytest

from tests.checker.hostile import LONG, Visit, hostile
from tests.checker.timelines import ANNA, BOB, PHONE
from twidder_cli.engine import calls as engine_calls
from twidder_cli.engine.calls import Calls
from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import People, Scene
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.engine.stage import WireStage
from twidder_cli.load.library import find_contract
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import Call, CannotPlay, Step
from twidder_cli.model.timeline import Connection, Exchange, Timeline, Together
from twidder_cli.wire import http

SIGN_IN = Call(function="sign_in")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"


def answer(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


def calling(url: str) -> tuple[Calls, Recorder, Server]:
    recorder = Recorder()
    server = Server(find_contract(None), Pace())
    server.url = url
    return Calls(server, recorder, Cast(["anna", "bob"], recorder.symbols, "1")), recorder, server


def together(url: str, *actors: Actor) -> Timeline:
    calls, recorder, _ = calling(url)
    calls.together([(actor, SIGN_IN) for actor in actors], random.Random(1))  # noqa: S311
    return recorder.timeline()


def of_kind(timeline: Timeline) -> tuple[list[Exchange], list[Together]]:
    entries = timeline.entries
    return (
        [entry for entry in entries if isinstance(entry, Exchange)],
        [entry for entry in entries if isinstance(entry, Together)],
    )


# The last byte


def test_all_but_the_last_byte_is_sent_before_the_release() -> None:
    seen: list[bytes] = []
    is_held = threading.Event()

    def handler(visit: Visit) -> None:
        seen.append(visit.receive(1))
        while not seen[0].endswith(b"\r\n\r\nbod"):
            seen[0] += visit.receive(1)
        is_held.set()
        seen.append(visit.receive(1))
        visit.send(OK)

    def release() -> None:
        assert is_held.wait(LONG)
        assert len(seen) == 1

    with hostile(handler) as server:
        reply = http.call("POST", server.url, {}, b"body", timeout=LONG, release=release)
    assert (reply.status, seen[1]) == (200, b"y")


def test_a_request_without_a_body_is_sent_after_the_release() -> None:
    visits: list[int] = []

    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(OK)

    with hostile(handler) as server:
        http.call(
            "GET",
            server.url,
            {},
            None,
            timeout=LONG,
            release=lambda: visits.append(server.visits),
        )
    assert visits == [0]


# All of them


def test_all_calls_are_under_way_at_once() -> None:
    meeting = threading.Barrier(3)

    def handler(visit: Visit) -> None:
        visit.request()
        meeting.wait(LONG)
        visit.send(OK)

    with hostile(handler) as server:
        exchanges, _ = of_kind(together(server.url, ANNA, PHONE, BOB))
    assert sorted(exchange.actor for exchange in exchanges) == sorted([ANNA, PHONE, BOB])
    assert all(exchange.reply is not None for exchange in exchanges)


def test_the_spread_of_the_releases_is_recorded() -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(OK)

    with hostile(handler) as server:
        exchanges, (entry,) = of_kind(together(server.url, ANNA, PHONE, BOB))
    released = [exchange.sent for exchange in exchanges]
    assert (entry.calls, entry.sent, entry.received) == (3, min(released), max(released))


def test_one_that_can_not_connect_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = http.call
    unlucky = iter([True])

    def call(*args: object, **options: object) -> object:
        if next(unlucky, False):
            raise http.Lost("nobody listens there")
        return whole(*args, **options)  # type: ignore[arg-type]

    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(OK)

    monkeypatch.setattr(engine_calls, "BARRIER", 0.2)
    monkeypatch.setattr(http, "call", call)
    with hostile(handler) as server:
        exchanges, (entry,) = of_kind(together(server.url, ANNA, PHONE, BOB))
    assert sorted(exchange.loss for exchange in exchanges) == ["", "", "nobody listens there"]
    assert entry.calls == 3


# Tokens and captures


def signed_in(*answers: str) -> tuple[Calls, Recorder, Server, list[Exchange]]:
    """Return what is known after sign-ins of anna at her laptop that were answered so."""
    waiting = list(answers)

    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(answer(waiting.pop(0)))

    with hostile(handler) as server:
        calls, recorder, known = calling(server.url)
        exchanges = [calls.call(ANNA, SIGN_IN) for _ in answers]
    return calls, recorder, known, exchanges


@pytest.mark.parametrize(
    "token",
    [
        "12345",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3",
        "a+b/c==",
        "x",
        "a b",
        '{"a":1}',
    ],
)
def test_an_odd_token_is_a_token(token: str) -> None:
    calls, _, _, _ = signed_in('{"data": "%s"}' % token.replace('"', '\\"'))  # noqa: UP031
    assert calls.token(ANNA) == token


def test_a_whole_number_is_a_token() -> None:
    assert signed_in('{"data": 4711}')[0].token(ANNA) == "4711"


@pytest.mark.parametrize("written", ["true", "1.5", "null", '""', '"a\\nb"', '"ö"', "[]"])
def test_what_can_not_be_sent_is_no_token(written: str) -> None:
    assert signed_in(f'{{"data": {written}}}')[0].token(ANNA) is None


def test_the_same_token_twice_asks_for_a_pause_between_sign_ins() -> None:
    _, _, server, _ = signed_in('{"data": "secret-1"}', '{"data": "secret-1"}')
    assert server.pace.token_pause > 1


def test_different_tokens_need_no_pause() -> None:
    _, _, server, _ = signed_in('{"data": "secret-1"}', '{"data": "secret-2"}')
    assert server.pace.token_pause == 0


def test_a_numeric_token_leaves_the_answer_json() -> None:
    _, recorder, _, _ = signed_in('{"data": 4711}')
    (entry,) = of_kind(recorder.timeline())[0]
    assert entry.reply is not None
    assert entry.reply.body == '{"data": "{anna@laptop.token.1}"}'


def test_a_name_of_ours_that_a_server_sends_is_no_value() -> None:
    _, recorder, _, _ = signed_in('{"data": "secret-1", "email": "{anna.email}"}')
    (entry,) = of_kind(recorder.timeline())[0]
    assert entry.reply is not None
    assert "{anna.email}" not in entry.reply.body


def test_a_captured_value_stands_for_its_name() -> None:
    calls, _, _, (exchange,) = signed_in('{"data": {"city": "Gotham"}}')
    calls.capture("city", exchange, "json:data.city")
    assert calls.expanded("in {captured.city}!") == "in Gotham!"


def test_nothing_can_be_captured_where_nothing_is() -> None:
    calls, _, _, (exchange,) = signed_in('{"data": {}}')
    with pytest.raises(CannotPlay, match="there is nothing at"):
        calls.capture("city", exchange, "json:data.city")


def test_a_name_that_was_not_captured_is_our_own_fault() -> None:
    calls, *_ = signed_in("{}")
    with pytest.raises(CannotPlay) as raised:
        calls.expanded("{captured.nothing}")
    assert raised.value.ours


def test_a_foreign_token_is_made_up_empty_or_a_text() -> None:
    calls, *_ = signed_in('{"data": "abc-123"}')
    made_up = calls.token(ANNA, "made-up")
    assert made_up is not None
    assert (len(made_up), made_up[3], made_up != "abc-123") == (7, "-", True)
    assert (calls.token(ANNA, "empty"), calls.token(ANNA, "%")) == ("", "%")
    assert calls.token(ANNA, "{anna@laptop.token.1}") == "abc-123"


def test_a_request_may_have_no_token_at_all() -> None:
    calls, recorder, *_ = signed_in('{"data": "abc-123"}')
    for token in (None, "empty", "none"):
        calls.call(ANNA, Call(function="sign_out"), token=token)
    requests = [entry.request for entry in of_kind(recorder.timeline())[0]]
    assert [one.headers.get("Authorization") for one in requests[-3:]] == [
        "{anna@laptop.token.1}",
        "",
        None,
    ]


# Sockets of those who lost


def nothing(steps: Sequence[Step], attempt: int = 0) -> None:
    raise AssertionError((steps, attempt))


def test_who_may_have_lost_a_race_may_be_refused_a_socket() -> None:
    def handler(visit: Visit) -> None:
        is_signing_in = b"sign_in" in visit.request()
        visit.send(answer('{"data": "secret-1"}') if is_signing_in else REFUSED)

    with hostile(handler) as server:
        recorder, known = Recorder(), Server(find_contract(None), Pace())
        known.url = server.url
        scene = Scene(known, recorder, Cast(["anna"], recorder.symbols, "1"))
        stage = WireStage(scene, nothing, "1", People(None, (), scene))
        stage.together([(ANNA, SIGN_IN), (PHONE, SIGN_IN)])
        stage.connect([ANNA, PHONE])
        stage.call(ANNA, SIGN_IN)
        with pytest.raises(CannotPlay):
            stage.connect([ANNA])
    openings = [e for e in recorder.timeline().entries if isinstance(e, Connection)]
    assert [(opening.actor, bool(opening.refusal)) for opening in openings] == [
        (ANNA, True),
        (PHONE, True),
        (ANNA, True),
    ]

"""A contract maps names: what a server does wrong is not learned away, and never stops us."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.checker.hostile import Visit, hostile
from tests.checker.learn.running import learned
from tests.checker.learn.styles import CAMEL, CASES
from tests.checker.learn.submissions import Style, write
from tests.golden.grading import written
from twidder_cli.engine.pace import Pace
from twidder_cli.learn import probe
from twidder_cli.learn.learning import learn
from twidder_cli.load.library import find_contract
from twidder_cli.model.contract import FUNCTIONS, Operation, SocketPlace
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import Route, RouteTable

COMMON = find_contract(None)


@pytest.mark.parametrize(
    ("name", "unproved"),
    [
        ("wrong/never-tells", {"connect"}),
        ("wrong/stays-signed-in", {"sign_out"}),
        ("wrong/keeps-the-old-password", {"change_password"}),
        ("wrong/takes-any-password", {"change_password"}),
        ("wrong/takes-any-token", {"sign_in", "get_user_data_by_token", "sign_out"}),
        ("wrong/shows-the-own-data", {"get_user_data_by_email"}),
        (
            "wrong/posts-on-the-own-wall",
            {"post_message", "get_user_messages_by_token", "get_user_messages_by_email"},
        ),
        ("wrong/lets-anybody-listen", set()),
        ("wrong/lets-addresses-listen", set()),
        ("wrong/takes-addresses-for-tokens", set()),
        ("wrong/wants-a-socket", set()),
        ("wrong/empties-tokens-at-sign-out", set()),
        ("wrong/crashes-on-unknown-tokens", set()),
        ("right/only-closes", set()),
        ("right/signs-tokens", set()),
        ("right/refuses-with-status200", set()),
        ("right/says-goodbye-to-strangers", set()),
        ("right/greets-with-words", set()),
    ],
)
def test_a_server_of_the_gallery_goes_by_the_common_names(
    name: str, unproved: set[str], tmp_path: Path
) -> None:
    result = learned(written(name, tmp_path / "s"), tmp_path / "w", patience=1.0)
    assert result.contract == COMMON, result.found
    assert result.proved == {*FUNCTIONS, "connect"} - unproved, result.found
    # It is the submission's fault that nobody hears, where the greeting itself is taken.
    assert result.accepted == unproved & {"connect"}
    assert (result.absent, result.not_understood, result.problem) == (frozenset(), frozenset(), "")


@pytest.mark.parametrize("body", ["raise RuntimeError", "return no(400)", "return no(404)"])
@pytest.mark.parametrize("function", ["sign_out", "get_user_data_by_email", "post_message"])
def test_a_function_that_does_not_work_keeps_its_name(
    function: str, body: str, tmp_path: Path
) -> None:
    style = Style(routes=CAMEL, bodies={function: body})
    result = learned(write(style, tmp_path / "s"), tmp_path / "w")
    assert result.contract is not None
    expected = CASES["camel case"].contract.operations[function]
    assert result.contract.operations[function] == expected
    assert function not in result.proved
    assert result.found[function].startswith("its route table, by its name; not proved: ")
    assert (result.absent, result.not_understood) == (frozenset(), frozenset())


@pytest.mark.parametrize("function", ["sign_up", "sign_in"])
def test_where_nobody_gets_in_names_are_all_there_is(function: str, tmp_path: Path) -> None:
    style = Style(routes=CAMEL, bodies={function: "raise RuntimeError"})
    result = learned(write(style, tmp_path / "s"), tmp_path / "w")
    assert result.problem.startswith("nobody gets in: ")
    assert result.proved == frozenset()
    assert result.contract is not None
    assert result.contract.operations.keys() == set(FUNCTIONS)
    assert result.contract.operations["sign_out"] == Operation(request="POST /signOut")


def test_a_server_that_does_not_hand_over_what_is_asked_for_is_no_proof(tmp_path: Path) -> None:
    style = Style(bodies={"get_user_data_by_token": "return yes(data=[])"})
    result = learned(write(style, tmp_path / "s"), tmp_path / "w")
    assert result.contract == COMMON
    unproved = {"get_user_data_by_token", "sign_out"}
    assert result.proved == {*FUNCTIONS, "connect"} - unproved, result.found


@pytest.mark.parametrize("greeting", ["ends_later", "complains_later"])
def test_what_a_wrong_greeting_brings_is_not_taken_for_a_notice(
    greeting: str, tmp_path: Path
) -> None:
    style = Style(greeting=f'getattr(core, "".join(["{greeting}"]))(socket)')
    result = learned(write(style, tmp_path / "s"), tmp_path / "w", patience=1.0)
    assert result.contract is not None
    assert result.contract.socket == SocketPlace(path="/ws", greeting={"token": "{token}"})


@pytest.mark.parametrize(
    ("greeting", "look_up"),
    [
        ("json.loads(socket.receive())", 'greeting["payload"]["key"]'),
        ("socket.receive()", 'greeting.split("login:")[1]'),
    ],
    ids=["a key inside another", "a word before the token"],
)
def test_nothing_shows_that_a_greeting_nobody_guesses_is_taken(
    greeting: str, look_up: str, tmp_path: Path
) -> None:
    style = Style(greeting=greeting, look_up=look_up)
    result = learned(write(style, tmp_path / "s"), tmp_path / "w", patience=1.0)
    assert result.proved == set(FUNCTIONS), result.found
    assert result.accepted == set()


# Servers that are none


def answering(body: bytes, kind: bytes = b"application/json") -> Callable[[Visit], None]:
    def answer(visit: Visit) -> None:
        visit.request()
        visit.send(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + kind + b"\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        visit.reset()

    return answer


def tried(url: str, table: RouteTable | None = None) -> Learned:
    return learn(url, COMMON, table, sources={}, pace=Pace(0.05), seed="test")


PAGE = answering(b"<!DOCTYPE html><title>Not here</title>", b"text/html")
YES = answering(json.dumps({"success": True, "data": "c0ffee42c0ffee42"}).encode())


@pytest.mark.parametrize("handler", [Visit.reset, Visit.stay, PAGE, answering(b"\xff\x00")])
def test_what_is_no_server_is_not_learned(handler: Callable[[Visit], None]) -> None:
    with hostile(handler) as server:
        result = tried(server.url)
    assert result.contract is None
    assert result.proved == result.absent == frozenset()
    assert result.not_understood == set(FUNCTIONS)
    assert result.problem


def test_who_says_yes_to_everything_proves_nothing() -> None:
    with hostile(YES) as server:
        result = tried(server.url)
    assert result.proved == frozenset()
    assert result.requests <= probe.MOST_REQUESTS + 1


def test_learning_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "MOST_REQUESTS", 7)
    with hostile(YES) as server:
        result = tried(server.url)
    assert result.problem == "7 requests were not enough to learn it"
    assert result.requests == 8


def test_a_table_that_was_not_told_is_none() -> None:
    with hostile(Visit.reset) as server:
        result = tried(server.url, RouteTable(problem="SystemExit: 3"))
    assert result.absent == frozenset()


def test_a_table_without_routes_shows_that_nothing_is_there() -> None:
    page = Route(rule="/", methods=("GET",), endpoint="root")
    with hostile(Visit.reset) as server:
        result = tried(server.url, RouteTable(routes=(page,)))
    assert result.absent == {*FUNCTIONS, "connect"}
    assert result.contract is None


def test_a_socket_that_keeps_everybody_else_out_is_not_tried_in_all_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "HTTP", 2.0)
    submission = write(CASES["common"].style, tmp_path / "s")
    server = tmp_path / "s/server.py"
    alone = "\nalone = core.threading.Lock()\napp.before_request(lambda: alone.acquire() and None)"
    alone += "\napp.teardown_request(lambda _: alone.release())\n"
    server.write_text(server.read_text() + alone)
    result = learned(submission, tmp_path / "w", patience=1.0)
    assert result.contract == COMMON
    assert result.proved == set(FUNCTIONS)
    assert result.found["socket"].endswith("not proved: while it is open, nobody else is answered")
    assert result.problem == ""

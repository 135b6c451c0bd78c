"""WebSocket connections to servers that misbehave: all is handed on, and all of it ends."""

import threading

import pytest

from tests.checker.hostile import (
    BINARY,
    CLOSE,
    CONTINUATION,
    LONG,
    PING,
    PONG,
    TEXT,
    Handler,
    Visit,
    frame,
    free_port,
    hostile,
)
from twidder_cli.wire.websocket import FLOOD, MESSAGE_LIMIT, SHOWN, Kind, Refused, Socket

Heard = tuple[Kind, str, int, int]

TOO_BIG: Heard = ("flood", f"a message of more than {MESSAGE_LIMIT} bytes", 0, 0)
LOST: Heard = ("lost", "", 0, 0)


class Listener:
    """Keeps what arrives on a socket, and knows when it is over."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._over = threading.Event()

    def __call__(self, kind: Kind, text: str, size: int, code: int) -> None:
        self.heard.append((kind, text, size, code))
        if kind in {"close", "lost", "flood"}:
            self._over.set()

    def all(self) -> list[Heard]:
        """Return everything that arrived, once the connection has ended."""
        assert self._over.wait(LONG), f"it never ended, after {self.heard}"
        return self.heard


def heard_from(*said: bytes) -> list[Heard]:
    """Return what arrives from a server that says something and ends the connection."""

    def handler(visit: Visit) -> None:
        visit.shake_hands()
        for one in said:
            visit.send(one)

    return heard_by(handler)


def heard_by(handler: Handler) -> list[Heard]:
    listener = Listener()
    with hostile(handler) as server:
        socket = Socket(server.socket_url, listener)
        socket.open(LONG)
        heard = listener.all()
        socket.finish(LONG)
    return heard


# Messages


def test_messages_are_handed_on_in_order() -> None:
    assert heard_from(frame(TEXT, b"one"), frame(TEXT), frame(BINARY, b"\x00\x01")) == [
        ("text", "one", 3, 0),
        ("text", "", 0, 0),
        ("binary", "", 2, 0),
        LOST,
    ]


def test_a_message_in_fragments_is_one_message() -> None:
    said = frame(TEXT, b"one ", final=False), frame(PING, b"!"), frame(CONTINUATION, b"two")
    assert heard_from(*said) == [("text", "one two", 7, 0), LOST]


def test_a_long_message_is_shown_by_its_beginning() -> None:
    assert heard_from(frame(TEXT, b"x" * 10_000)) == [("text", "x" * SHOWN, 10_000, 0), LOST]


def test_a_message_that_is_no_text_breaks_the_protocol() -> None:
    heard = heard_from(frame(TEXT, b"\xff\xfe"))
    assert [kind for kind, *_ in heard] == ["lost"]
    assert heard[0][1].startswith("the server broke the WebSocket protocol: ")


@pytest.mark.parametrize(
    "said",
    [
        bytes([0xC1, 1]) + b"x",
        bytes([0x83, 0]),
        frame(CONTINUATION, b"x"),
        bytes([0x89, 126, 0, 200]),
    ],
    ids=["compressed", "an unknown opcode", "a continuation of nothing", "a long Ping"],
)
def test_a_frame_that_must_not_be_breaks_the_protocol(said: bytes) -> None:
    (only,) = heard_from(said, b"\x00" * 200)
    assert only[0] == "lost"


# Without end


def test_a_header_that_promises_a_tebibyte_ends_the_connection() -> None:
    def handler(visit: Visit) -> None:
        visit.shake_hands()
        visit.send(bytes([0x81, 127]) + (1 << 40).to_bytes(8))
        visit.send_for_ever(b"x" * 65536)

    assert heard_by(handler) == [TOO_BIG]


def test_a_message_of_endless_fragments_ends_the_connection() -> None:
    def handler(visit: Visit) -> None:
        visit.shake_hands()
        visit.send(frame(TEXT, b"x" * 100, final=False))
        visit.send_for_ever(frame(CONTINUATION, b"x" * 60_000, final=False))

    assert heard_by(handler) == [TOO_BIG]


def test_endless_messages_end_the_connection() -> None:
    def handler(visit: Visit) -> None:
        visit.shake_hands()
        visit.send_for_ever(frame(TEXT, b"tick") * 100)

    heard = heard_by(handler)
    assert len(heard) == FLOOD + 1
    assert heard[-2:] == [("text", "tick", 4, 0), ("flood", f"more than {FLOOD} messages", 0, 0)]


def test_many_large_messages_are_no_flood() -> None:
    said = [frame(BINARY, b"x" * (MESSAGE_LIMIT // 2)) for _ in range(5)]
    assert heard_from(*said) == [*[("binary", "", MESSAGE_LIMIT // 2, 0)] * 5, LOST]


# Ends


def test_a_close_has_its_code_and_reason() -> None:
    close = frame(CLOSE, (4001).to_bytes(2) + "signed in elsewhere, ö".encode())
    assert heard_from(close) == [("close", "signed in elsewhere, ö", 0, 4001)]


def test_a_close_without_a_code_is_1005() -> None:
    assert heard_from(frame(CLOSE)) == [("close", "", 0, 1005)]


def test_an_end_without_a_close_is_a_loss() -> None:
    assert heard_from() == [LOST]


def test_a_reset_is_a_loss() -> None:
    def handler(visit: Visit) -> None:
        visit.shake_hands()
        visit.reset()

    assert heard_by(handler) == [LOST]


def test_what_comes_after_a_close_is_not_heard() -> None:
    assert heard_from(frame(CLOSE), frame(TEXT, b"more")) == [("close", "", 0, 1005)]


# Pings


def test_a_ping_of_the_server_is_answered() -> None:
    answers: list[tuple[int, bytes]] = []

    def handler(visit: Visit) -> None:
        visit.shake_hands()
        visit.send(frame(PING, b"there?"))
        answers.append(visit.frame())

    assert heard_by(handler) == [LOST]
    assert answers == [(PONG, b"there?")]


def test_a_pong_shows_that_everything_before_it_has_arrived() -> None:
    def handler(visit: Visit) -> None:
        visit.shake_hands()
        _, payload = visit.frame()
        visit.send(frame(TEXT, b"before") + frame(PONG, payload))
        visit.stay()

    listener = Listener()
    with hostile(handler) as server:
        socket = Socket(server.socket_url, listener)
        socket.open(LONG)
        assert socket.ping(LONG)
        assert listener.heard == [("text", "before", 6, 0)]
    listener.all()
    socket.finish(LONG)


def stays(visit: Visit) -> None:
    visit.shake_hands()
    visit.stay()


def pongs_something_else(visit: Visit) -> None:
    visit.shake_hands()
    visit.frame()
    visit.send(frame(PONG, b"something else") + frame(PONG))
    visit.stay()


@pytest.mark.parametrize("handler", [stays, pongs_something_else])
def test_without_its_pong_a_ping_was_not_answered(handler: Handler) -> None:
    listener = Listener()
    with hostile(handler) as server:
        socket = Socket(server.socket_url, listener)
        socket.open(LONG)
        assert not socket.ping(0.3)
    assert listener.all() == [LOST]
    socket.finish(LONG)


def test_a_connection_that_ended_answers_no_ping_and_takes_no_message() -> None:
    listener = Listener()

    def handler(visit: Visit) -> None:
        visit.shake_hands()

    with hostile(handler) as server:
        socket = Socket(server.socket_url, listener)
        socket.open(LONG)
        listener.all()
        socket.finish(LONG)
        assert not socket.ping(LONG)
        assert not socket.send("more")


# Our side


def test_what_we_send_arrives_and_leaving_is_a_close_with_1001() -> None:
    frames: list[tuple[int, bytes]] = []

    def handler(visit: Visit) -> None:
        visit.shake_hands()
        frames.append(visit.frame())
        frames.append(visit.frame())

    listener = Listener()
    with hostile(handler) as server:
        socket = Socket(server.socket_url, listener)
        socket.open(LONG)
        assert socket.send("token ö")
        socket.leave()
        socket.finish(LONG)
    assert frames == [(TEXT, "token ö".encode()), (CLOSE, (1001).to_bytes(2))]


def test_no_compression_is_offered() -> None:
    requests: list[bytes] = []

    def handler(visit: Visit) -> None:
        requests.append(visit.shake_hands())

    heard_by(handler)
    assert b"sec-websocket-extensions" not in requests[0].lower()


# Handshakes


def refusal(url: str, timeout: float = LONG) -> str:
    with pytest.raises(Refused) as raised:
        Socket(url, Listener()).open(timeout)
    return str(raised.value)


def refusal_by(handler: Handler, timeout: float = LONG) -> str:
    with hostile(handler) as server:
        return refusal(server.socket_url, timeout)


def test_nobody_listens() -> None:
    assert refusal(f"ws://127.0.0.1:{free_port()}/ws") == "nobody listens there"


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
def test_a_handshake_that_is_refused_says_its_status(status: int) -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())

    assert refusal_by(handler) == f"the handshake was answered with status {status}"


def test_a_redirect_of_the_handshake_is_not_followed() -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")

    with hostile(handler) as server:
        assert refusal(server.socket_url).startswith("the handshake ")
        assert server.visits == 1


def test_a_handshake_byte_by_byte_is_given_up() -> None:
    words = refusal_by(lambda visit: visit.drip(b"HTTP/1.1 101 Switching\r\nX-A: ", 0.02), 0.5)
    assert words == "no answer to the handshake within 0.5 s"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
    ],
    ids=["nothing", "bytes", "no upgrade", "a wrong key"],
)
def test_a_handshake_that_is_none_fails_in_words(said: bytes) -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(said)

    assert refusal_by(handler).startswith("the handshake failed (")

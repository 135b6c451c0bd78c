"""What a client's WebSocket may do, and the code that each of its mistakes is closed with."""

import os
import struct

import pytest
import websocket

from tests.server.support import LOGOUT, Close, Person, Server

MASK = b"\x00\x00\x00\x00"


def frame(first: int, payload: bytes, *, length: int | None = None, mask: bool = True) -> bytes:
    """Return a frame, which may be wrong: `first` is its first byte."""
    size = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    return head + (MASK if mask else b"") + payload


TOO_BIG = [
    frame(0x81, b"a" * 4097),
    frame(0x81, b"a" * 70_000),
    frame(0x82, b"\x00" * 4097),
    frame(0x01, b"a" * 4000) + frame(0x80, b"a" * 97),
    frame(0x01, b"a") + frame(0x00, b"a" * 50) * 100,
    frame(0x81, b"a" * 5000, length=2**62),
]

PROTOCOL_ERRORS = {
    "not masked": frame(0x81, b"hello", mask=False),
    "an unknown kind of frame": frame(0x83, b"hello"),
    "an unknown kind of control frame": frame(0x8B, b""),
    "a reserved bit": frame(0xC1, b"hello"),
    "a ping in two frames": frame(0x09, b""),
    "a ping that is too long": frame(0x89, b"a" * 126),
    "a continuation of nothing": frame(0x80, b"hello"),
    "a message within a message": frame(0x01, b"a") + frame(0x81, b"b"),
    "a close with half a code": frame(0x88, b"\x03"),
    "a close with a code that means nothing": frame(0x88, struct.pack("!H", 999)),
    "a length that is negative": frame(0x81, b"a", length=2**63),
}

NO_UTF8 = [
    frame(0x81, b"\xff\xfe"),
    frame(0x81, b"\xed\xa0\x80"),
    frame(0x01, b"\xc3") + frame(0x80, b"\x28"),
    frame(0x81, b"\xc3"),
]


def send(person: Person, data: bytes) -> Close:
    """Send bytes over a socket that has greeted; what it is closed with."""
    opened = person.open_socket()
    assert opened.connection.sock
    opened.connection.sock.sendall(data)
    heard = opened.next()
    assert isinstance(heard, Close)
    return heard


def assert_goes_on(person: Person) -> None:
    opened = person.open_socket()
    person.sign_in()
    assert opened.next() == LOGOUT


@pytest.mark.parametrize("data", TOO_BIG)
def test_a_message_that_is_too_big_is_1009(anna: Person, data: bytes) -> None:
    assert send(anna, data).code == 1009
    assert_goes_on(anna)


@pytest.mark.parametrize("data", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS.keys())
def test_a_mistake_in_the_protocol_is_1002(anna: Person, data: bytes) -> None:
    assert send(anna, data).code == 1002
    assert_goes_on(anna)


@pytest.mark.parametrize("data", NO_UTF8)
def test_text_that_is_no_text_is_1007(anna: Person, data: bytes) -> None:
    assert send(anna, data).code == 1007
    assert_goes_on(anna)


def test_bytes_without_sense_end_at_most_their_own_socket(anna: Person) -> None:
    opened = anna.open_socket()
    assert opened.connection.sock
    opened.connection.sock.sendall(os.urandom(10_000))
    assert_goes_on(anna)


def test_a_message_of_the_greatest_size_is_let_pass(anna: Person) -> None:
    opened = anna.open_socket()
    opened.connection.send("a" * 4096)
    assert opened.all_so_far() == []


def test_a_token_may_come_in_pieces(server: Server, anna: Person) -> None:
    opened = server.open_socket()
    assert opened.connection.sock
    first, last = anna.token[:9].encode(), anna.token[9:].encode()
    opened.connection.sock.sendall(frame(0x01, first) + frame(0x89, b"") + frame(0x80, last))
    assert opened.next() is None  # the pong
    again = anna.open_socket()  # the token of the first one is checked by now, or will be
    anna.sign_in()
    assert again.next() == LOGOUT
    assert opened.next() in (LOGOUT, Close(4001, "not the token of a valid session"))


def test_no_compression_is_agreed_to(server: Server) -> None:
    connection = websocket.create_connection(
        server.url.replace("http", "ws", 1) + "/ws",
        header={"Sec-WebSocket-Extensions": "permessage-deflate"},
    )
    assert "sec-websocket-extensions" not in (connection.getheaders() or {})
    connection.close()


@pytest.mark.parametrize(
    "origin",
    [
        "http://example.com",
        "http://127.0.0.1",
        "https://127.0.0.1:1",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "null",
        "file://",
        "nonsense",
    ],
)
def test_a_page_of_another_server_is_not_let_in(server: Server, origin: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(server.url.replace("http", "ws", 1) + "/ws", origin=origin)
    assert refused.value.status_code == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_page_is_let_in_also_behind_tls(server: Server, scheme: str) -> None:
    url = server.url.replace("http", "ws", 1) + "/ws"
    origin = server.url.replace("http", scheme, 1)
    websocket.create_connection(url, origin=origin).close()


def test_what_is_no_browser_names_no_origin(server: Server) -> None:
    url = server.url.replace("http", "ws", 1) + "/ws"
    websocket.create_connection(url, suppress_origin=True).close()

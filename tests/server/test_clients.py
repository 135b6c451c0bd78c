"""Clients that are slow, deaf, half-open or dead take nothing from the others for long."""

import contextlib
import socket
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPResponse
from pathlib import Path

import pytest
import websocket

from tests.server.support import Close, Server, lab_server, read_all, wait_for
from tests.server.test_one_session import peer_has_closed

THREADS = 4
HEAD = b"POST /sign_in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CLOSE = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """Return a server with few threads, which soon loses patience."""
    options = ("--threads", str(THREADS))
    settings = {"TWIDDER_THREADS": str(THREADS)}
    with lab_server(folder, *options, module="tests.server.impatient:app", **settings) as started:
        yield started


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Keep connections open until the test ends."""
    with ExitStack() as stack:
        yield stack


def test_who_says_nothing_takes_no_thread(server: Server, crowd: ExitStack) -> None:
    for _ in range(200):
        crowd.enter_context(server.connect())
    assert server.call("GET", "/healthz").status_code == 200


@pytest.mark.parametrize(
    "beginning",
    [
        b"G",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        HEAD + b"Content-Length: 9\r\n\r\n",
        HEAD + b"Content-Length: 9\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_who_does_not_finish_is_cut_off(server: Server, crowd: ExitStack, beginning: bytes) -> None:
    slow = [crowd.enter_context(server.connect(beginning)) for _ in range(2 * THREADS)]
    assert server.call("GET", "/healthz").status_code == 200
    for one in slow:
        assert b"200 OK" not in read_all(one)


def test_who_dribbles_is_cut_off(server: Server) -> None:
    with server.connect(b"GET / HTTP/1.1\r\nA: ") as slow:

        def is_cut_off() -> bool:
            with contextlib.suppress(ConnectionError):
                slow.sendall(b"a")
            return peer_has_closed(slow)

        wait_for(is_cut_off, "the server loses patience")


def test_who_does_not_take_the_reply_is_cut_off(
    server: Server, crowd: ExitStack, folder: Path
) -> None:
    anna = server.new_person().sign_in()
    with closing(sqlite3.connect(folder / "twidder.db")) as connection, connection:
        connection.executemany(
            "INSERT INTO message (wall, writer, content) VALUES (?, ?, ?)",
            [(anna.email, anna.email, "🐦" * 2000)] * 1000,
        )
    request = (
        "GET /get_user_messages_by_token HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: {anna.token}\r\n\r\n"
    )
    for _ in range(2 * THREADS):
        crowd.enter_context(server.connect(request.encode()))
    assert server.call("GET", "/healthz").status_code == 200


def test_who_does_not_close_holds_up_nobody(server: Server, crowd: ExitStack) -> None:
    # Gunicorn would wait two seconds for each of them, and accept nobody else meanwhile.
    crowded = [crowd.enter_context(server.connect(CLOSE)) for _ in range(100)]
    assert server.call("GET", "/healthz").status_code == 200
    assert all(b"200 OK" in read_all(one) for one in crowded)


def test_who_closes_one_half_still_gets_the_reply(server: Server) -> None:
    with server.connect(CLOSE) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert b"200 OK" in read_all(connection)


def test_a_quiet_connection_is_kept_for_more_than_one_request(server: Server) -> None:
    request = CLOSE.replace(b"Connection: close\r\n", b"")
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(request)
            reply = HTTPResponse(connection)
            reply.begin()
            assert (reply.status, reply.read()[:1]) == (200, b"{")


def test_a_socket_that_does_not_greet_is_closed(server: Server) -> None:
    assert server.open_socket().next() == Close(4002, "no token in time")


def test_a_socket_that_begins_to_greet_and_stops_is_closed(server: Server) -> None:
    opened = server.open_socket()
    assert opened.connection.sock
    opened.connection.sock.sendall(b"\x81\xab1234")
    # A Pong of ours would be taken for what is missing of the greeting.
    unanswered = iter(opened.connection.recv_frame, None)
    end = next(frame for frame in unanswered if frame.opcode == websocket.ABNF.OPCODE_CLOSE)
    assert end.data[:2] == (4002).to_bytes(2)


def test_a_socket_may_be_quiet_for_longer_than_a_request(server: Server) -> None:
    anna = server.new_person().sign_in()
    opened = anna.open_socket()
    # Each heartbeat is later than the patience with a request.
    for _ in range(3):
        opcode, _ = opened.connection.recv_data(control_frame=True)
        assert opcode == 0x9
    assert opened.all_so_far() == []


def test_a_client_that_is_dead_without_a_word_is_found(server: Server) -> None:
    anna = server.new_person().sign_in()
    opened = anna.open_socket().connection.sock
    assert opened
    wait_for(lambda: peer_has_closed(opened), "the server notices")
    heard = read_all(opened)
    assert heard.endswith(b"\x88\x13" + struct.pack("!H", 1008) + b"Ping/Pong timeout")


def test_the_place_of_a_client_that_died_is_free_again(server: Server) -> None:
    for _ in range(3 * THREADS):
        wait_for(lambda: opened_and_died(server), "a place for a socket")


def opened_and_died(server: Server) -> bool:
    """Open a socket, and let it end as if its machine had crashed; False if it is not let in."""
    try:
        connection = server.open_socket().connection.sock
    except websocket.WebSocketBadStatusException:
        return False
    assert connection
    no_farewell = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_farewell)
    connection.close()
    return True

"""The line below a WebSocket: whole writes that never wait."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from twidder.hosting import patience
from twidder.push import Line


@pytest.fixture(params=[socket.socket, patience.Connection])
def pair(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return the two ends; ours as it comes from gunicorn, or with patience that has run out."""
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    ours, theirs = socket.socketpair()
    with request.param(fileno=ours.detach()) as ours, theirs:
        ours.setblocking(True)
        yield ours, theirs


def fill(line: Line) -> None:
    while True:
        line.send(b"x" * 1000)


def test_a_write_arrives(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    Line(ours).send(b"hello")
    assert theirs.recv(9) == b"hello"


def test_a_write_to_someone_who_stopped_reading_cuts_the_line(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    line = Line(pair[0])
    with pytest.raises(ConnectionAbortedError):
        fill(line)
    assert line.recv(1) == b""


def test_a_client_may_be_silent_for_as_long_as_it_likes(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    Line(pair[0])
    assert pair[0].gettimeout() is None


def test_closing_is_left_to_the_server(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    line = Line(ours)
    line.close()
    line.send(b"still here")
    assert theirs.recv(99) == b"still here"


def test_draining_lets_the_other_side_speak_until_it_closes(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(Line(ours).drain, 10)
        assert theirs.recv(1) == b""
        theirs.send(b"last words")
        assert not draining.done()
        theirs.close()
        assert draining.result() is None


def test_draining_does_not_wait_for_ever(pair: tuple[socket.socket, socket.socket]) -> None:
    Line(pair[0]).drain(0.01)
    assert pair[1].recv(1) == b""


def test_cutting_a_closed_line_is_no_error(pair: tuple[socket.socket, socket.socket]) -> None:
    line = Line(pair[0])
    pair[0].close()
    line.cut()

"""Clients that begin and never finish: gunicorn would give each of them a thread for good."""

import contextlib
import errno
import socket
import time
from collections.abc import Iterator
from typing import Any

from gunicorn.workers.base import Worker

PATIENCE = 10.0
"""Seconds a client has to send a whole request, and to take what is written at a time."""

FIRST_BYTES = 5
"""Seconds for which the kernel keeps a connection to itself while nothing comes: browsers open
some in advance, and gunicorn would let a thread wait at each."""


def limit_patience(worker: Worker) -> None:
    """Give the connections of the worker, from now on, so much time and no more."""
    for listener in worker.sockets:
        with contextlib.suppress(AttributeError, OSError):  # not of Linux, not of TCP
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, FIRST_BYTES)
        listener.sock = Listener(fileno=listener.sock.detach())


class Listener(socket.socket):
    def accept(self) -> "tuple[Connection, Any]":
        accepted, address = super().accept()
        return Connection(fileno=accepted.detach()), address


class Connection(socket.socket):
    """One client's connection.

    Gunicorn makes it blocking when it gives it to a thread, to read a request and
    answer it, and when it closes it. Who sets a timeout is on their own.
    """

    _deadline: float | None = None
    _closing = False

    def setblocking(self, flag: bool) -> None:
        super().setblocking(flag)
        if flag:
            super().settimeout(PATIENCE)
            self._deadline = time.monotonic() + PATIENCE

    def settimeout(self, value: float | None) -> None:
        self._deadline = None
        super().settimeout(0 if self._closing else value)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        if self._deadline is not None:
            super().settimeout(max(0.001, self._deadline - time.monotonic()))
        with _as_if_gone():
            return super().recv(bufsize, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self._deadline is not None:
            super().settimeout(PATIENCE)
        with _as_if_gone():
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        with _as_if_gone():
            return super().sendfile(file, offset, count)

    def shutdown(self, how: int) -> None:
        # Gunicorn is about to close it, and would wait two seconds for the client to do so
        # as well, in the one thread that accepts connections.
        self._closing = how == socket.SHUT_WR and self._deadline is not None
        super().shutdown(how)


@contextlib.contextmanager
def _as_if_gone() -> Iterator[None]:
    # Gunicorn passes over a client that reset its connection, and takes a timeout for a fault.
    try:
        yield
    except TimeoutError as error:
        raise ConnectionResetError(errno.ECONNRESET, "the client takes too long") from error

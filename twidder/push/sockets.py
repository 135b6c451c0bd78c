"""This process's open sockets, and whose session each of them belongs to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from twidder.push.farewells import EXPIRED, Farewell


class Endable(Protocol):
    """What a socket has to be able to do to be kept here."""

    def end(self, farewell: Farewell) -> None:
        """Say the farewell and close; returns at once and never fails."""


class Sockets:
    """Finds the sockets of a session; a session may have several, and a socket none yet."""

    def __init__(self, limit: int) -> None:
        self._places = threading.BoundedSemaphore(limit)
        self._changing = threading.Lock()
        self._session_of: dict[Endable, str | None] = {}
        self._closing: Farewell | None = None

    def take_place(self) -> bool:
        """Take one of the places for sockets; False when there is none left."""
        return self._places.acquire(blocking=False)

    def give_place_back(self) -> None:
        """Let another socket have the place."""
        self._places.release()

    @contextmanager
    def holding(self, socket: Endable) -> Iterator[None]:
        """Know the socket for as long as the block runs; ended if the server is stopping."""
        with self._changing:
            closing = self._closing
            self._session_of[socket] = None
        if closing:
            socket.end(closing)
        try:
            yield
        finally:
            with self._changing:
                del self._session_of[socket]

    def register(self, socket: Endable, session_id: str) -> None:
        """From now on the socket hears what the session is told."""
        with self._changing:
            self._session_of[socket] = session_id

    def log_out(self, expired_session_id: str) -> None:
        """Tell the sockets of this session, and nobody else, that it has expired."""
        self.end_session(expired_session_id, EXPIRED)

    def end_session(self, session_id: str, farewell: Farewell) -> None:
        """End the sockets of this session."""
        with self._changing:
            concerned = [s for s, session in self._session_of.items() if session == session_id]
        for socket in concerned:
            socket.end(farewell)

    def end_all(self, farewell: Farewell) -> None:
        """End every socket, and from now on each one that is opened."""
        with self._changing:
            self._closing = farewell
            everybody = list(self._session_of)
        for socket in everybody:
            socket.end(farewell)

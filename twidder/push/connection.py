"""One client's WebSocket, as the rest of the application sees it."""

import contextlib
import threading

from simple_websocket import ConnectionClosed, Server
from wsproto.connection import ConnectionState
from wsproto.utilities import LocalProtocolError

from twidder.push.farewells import Farewell

HANDSHAKE_PATIENCE = 1.0
"""Seconds the other side has for its half of the closing handshake."""


class Connection:
    """A WebSocket that its own thread listens on and that any thread may end, once."""

    def __init__(self, websocket: Server) -> None:
        self._websocket = websocket
        self._ending = threading.Lock()  # taken by the first farewell, for good
        self.farewell: Farewell | None = None

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next message, or None after the timeout; raises ConnectionClosed at the end."""
        message: str | bytes | None = self._websocket.receive(timeout)
        if self._ending.locked():
            raise ConnectionClosed
        return message

    def end(self, farewell: Farewell) -> None:
        """Say the farewell, if it is the first one; returns at once and never fails."""
        if not self._ending.acquire(blocking=False):
            return
        self.farewell = farewell
        # A client that has gone, or is closing the socket itself, needs no farewell.
        with contextlib.suppress(ConnectionClosed, LocalProtocolError, OSError):
            if farewell.notice is not None:
                self._websocket.send(farewell.notice)
            self._websocket.close(farewell.code, farewell.reason)
        self._wake_listener()

    def _wake_listener(self) -> None:
        # Closing from another thread leaves a waiting receive() asleep, and a message that
        # arrives just then even makes it take the socket for open: give it something to return.
        self._websocket.input_buffer.append("")
        self._websocket.event.set()

    def wait_until_closed(self) -> None:
        """Wait for the other side's half of the closing, but not for long, and cut the line.

        Gunicorn lingers up to two seconds on a socket that is still open, in the one
        thread that accepts connections: a client that doesn't close would hold up all others.
        """
        reader, line = self._websocket.thread, self._websocket.sock
        reader.join(HANDSHAKE_PATIENCE)
        if not reader.is_alive() and self._websocket.ws.state is not ConnectionState.CLOSED:
            # The library's reader leaves early when the close overtakes it.
            line.drain(HANDSHAKE_PATIENCE)
        line.cut()
        # The reader has to see that before gunicorn closes the descriptor: epoll forgets a
        # closed one, and the reader would sleep until its next ping.
        reader.join(HANDSHAKE_PATIENCE)

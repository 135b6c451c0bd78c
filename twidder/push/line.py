"""The TCP connection below a WebSocket, with a promise that the library doesn't give."""

import contextlib
import socket
import ssl
import threading
import time


class Line:
    """A TCP socket for simple-websocket whose writes are whole, one at a time, and never wait.

    The library writes from two threads: its reader sends pongs and close replies,
    everything else comes from ours. And who pushes a notice must not wait for
    the one it goes to: all we write is small, so that it fits into the kernel's
    buffer unless the other side stopped reading long ago. Then the line is cut.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(None)  # a client may be silent for as long as it likes
        self._connection = connection
        self._writing = threading.Lock()
        # A TLS socket takes no flags.
        self._flags = 0 if isinstance(connection, ssl.SSLSocket) else socket.MSG_DONTWAIT

    def send(self, data: bytes) -> int:
        """Write everything at once, or cut the line."""
        with self._writing:
            try:
                sent = self._connection.send(data, self._flags)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self.cut()
                raise ConnectionAbortedError("the other side has stopped reading")
        return sent

    def recv(self, size: int) -> bytes:
        """Wait for bytes; none of them means that the line is cut."""
        return self._connection.recv(size)

    def fileno(self) -> int:
        """The descriptor, for selectors."""
        return self._connection.fileno()

    def drain(self, patience: float) -> None:
        """Read on until the other side closes: unread bytes would cost it our last words."""
        deadline = time.monotonic() + patience
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            while (left := deadline - time.monotonic()) > 0:
                self._connection.settimeout(left)
                if not self._connection.recv(4096):
                    break

    def cut(self) -> None:
        """End the connection in both directions; a thread that waits in recv wakes up."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave it open: the socket belongs to the server below us, which closes it once."""

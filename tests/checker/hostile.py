"""Servers on real sockets that do what no server should."""

import base64
import contextlib
import hashlib
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Handler = Callable[["Visit"], None]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0

LONG = 20.0
"""Seconds after which a test that waits for something gives up."""


class Visit:
    """One connection that a server has accepted. `over` is set when the test is."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self._connection = connection
        self._received = b""
        self.over = over

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def send_for_ever(self, data: bytes) -> None:
        while not self.over.is_set():
            self.send(data)

    def drip(self, data: bytes, pause: float) -> None:
        """Send a byte at a time, for as long as the test goes on."""
        for byte in itertools.cycle(data):
            if self.over.wait(pause):
                return
            self.send(bytes([byte]))

    def receive(self, count: int) -> bytes:
        """Return so many bytes; raises ConnectionError where the other side has ended."""
        while len(self._received) < count:
            self._more()
        data, self._received = self._received[:count], self._received[count:]
        return data

    def request(self) -> bytes:
        """Return a whole HTTP request: head, empty line, body."""
        while b"\r\n\r\n" not in self._received:
            self._more()
        end = self._received.index(b"\r\n\r\n") + 4
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self._received[:end])
        return self.receive(end + int(length[1]) if length else end)

    def _more(self) -> None:
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionError("the other side has ended")
        self._received += data

    def stay(self) -> None:
        """Say nothing more until the test is over."""
        self.over.wait(LONG)

    def reset(self) -> None:
        """End the connection as a crash does."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    # WebSocket

    def shake_hands(self) -> bytes:
        """Answer the opening handshake; returns the request."""
        request = self.request()
        found = re.search(rb"(?i)sec-websocket-key: *(\S+)", request)
        assert found is not None
        digest = hashlib.sha1(found[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")  # noqa: S324
        self.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest.digest()) + b"\r\n\r\n"
        )
        return request

    def frame(self) -> tuple[int, bytes]:
        """Return the next frame of the client: opcode and payload, at most 125 bytes long."""
        first, second = self.receive(2)
        mask, payload = self.receive(4), self.receive(second & 0x7F)
        return first & 0x0F, bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a frame as a server writes it."""
    first = (0x80 if final else 0) | opcode
    if len(payload) < 126:
        return bytes([first, len(payload)]) + payload
    return bytes([first, 127]) + struct.pack(">Q", len(payload)) + payload


class Hostile:
    """A running server, and what its handlers want to tell the test."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.socket_url = f"ws://127.0.0.1:{port}/ws"
        self.visits = 0


@contextmanager
def hostile(handler: Handler) -> Iterator[Hostile]:
    """Run a server that treats every connection with `handler`, in a thread each."""
    over = threading.Event()
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def treat(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            handler(Visit(connection, over))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.visits += 1
                connections.append(connection)
                threads.append(threading.Thread(target=treat, args=[connection]))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        server = Hostile(listener.getsockname()[1])
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

"""A network between a browser and a server that can fail and come back."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Relay:
    """A TCP port that leads to another one; while it is down, nobody gets through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._changing = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._is_up = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def go_down(self) -> None:
        """Cut every connection, and from now on each one that is made."""
        with self._changing:
            self._is_up = False
            for line in self._lines:
                _cut(line)

    def come_back(self) -> None:
        with self._changing:
            self._is_up = True

    def close(self) -> None:
        self.go_down()
        _cut(self._listener)
        for thread in self._threads:
            thread.join()
        self._listener.close()
        for line in self._lines:
            line.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lead_on(line)

    def _lead_on(self, client: socket.socket) -> None:
        with self._changing:
            self._lines.add(client)
            if not self._is_up:
                _cut(client)
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._lines.add(server)
        for pair in ((client, server), (server, client)):
            thread = threading.Thread(target=_copy, args=pair)
            self._threads.append(thread)
            thread.start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _cut(source)
    _cut(target)


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay(url: str) -> Iterator[Relay]:
    """Lead to the server at this address."""
    opened = Relay(int(url.rpartition(":")[2]))
    try:
        yield opened
    finally:
        opened.close()

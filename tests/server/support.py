"""A real server in a process of its own, and people who use it over real sockets."""

import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import requests
import websocket

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
PASSWORD = "correct horse"
LOGOUT = {"type": "logout"}

SERVE = [sys.executable, "-P", "-c", "from twidder_cli.cli import main; main()", "serve"]

_numbers = itertools.count()


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Look until the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        select.select([], [], [], 0.01)


def environment(**extra: str) -> dict[str, str]:
    """Our environment, in which the packages of this repository are found from every folder.

    Nobody reads what most servers print, and one whose pipe is full stands still.
    """
    ours = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TWIDDER_LOG": os.devnull}
    return {**os.environ, **ours, **extra}


@dataclass(frozen=True)
class Close:
    """The close frame that a socket received."""

    code: int
    reason: str


@dataclass
class Socket:
    """One WebSocket of a client."""

    connection: websocket.WebSocket

    def next(self) -> Any:
        """What the server says next: a decoded message, or a Close."""
        while True:
            opcode, frame = self.connection.recv_data_frame(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_TEXT:
                return json.loads(frame.data)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return Close(int.from_bytes(frame.data[:2]), frame.data[2:].decode())
            if opcode == websocket.ABNF.OPCODE_PONG:
                return None

    def all_so_far(self) -> list[Any]:
        """What the server has said up to now: a pong comes after everything before it."""
        self.connection.ping()
        return list(iter(self.next, None))


@dataclass
class Person:
    """Somebody with an account, and maybe a token."""

    server: "Server"
    email: str
    token: str = ""

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask the server for something, with the token if there is one."""
        headers = {"Authorization": self.token} if self.token else {}
        return self.server.call(method, path, headers=headers, **options)

    def sign_in(self) -> "Person":
        """Sign in from another place: the same person, with a new token."""
        reply = self.server.call("POST", "/sign_in", json=self.credentials)
        assert reply.status_code == 200, reply.text
        return Person(self.server, self.email, reply.json()["data"])

    @property
    def credentials(self) -> dict[str, str]:
        return {"username": self.email, "password": PASSWORD}

    def is_signed_in(self) -> bool:
        return self.call("GET", "/get_user_data_by_token").status_code == 200

    def open_socket(self) -> Socket:
        """Open a socket, and wait until the server has accepted its token."""
        session = sha256(self.token.encode()).hexdigest()
        before = self.server.checked_sessions().count(session)
        opened = self.server.open_socket(self.token)
        wait_for(
            lambda: self.server.checked_sessions().count(session) > before, "the token is checked"
        )
        return opened


@dataclass
class Server:
    """A running server; `process` is the first of its processes, in a group of their own."""

    url: str
    process: "subprocess.Popen[str]"
    sockets: list[websocket.WebSocket] = field(default_factory=list)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, self.url + path, timeout=PATIENCE, **options)

    def connect(self, data: bytes = b"") -> socket.socket:
        """Open a TCP connection and send bytes, whatever they are."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(data)
        return connection

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def new_person(self) -> Person:
        """Sign somebody up under an address that nobody else has."""
        email = f"person{next(_numbers)}-{os.getpid()}@example.org"
        reply = self.call("POST", "/sign_up", json=sign_up_fields(email))
        assert reply.status_code == 201, reply.text
        return Person(self, email)

    def open_socket(self, greeting: str | None = None) -> Socket:
        """Open a socket and send the greeting, without waiting for what comes of it."""
        connection = websocket.create_connection(
            self.url.replace("http", "ws", 1) + "/ws", timeout=PATIENCE
        )
        self.sockets.append(connection)
        if greeting is not None:
            connection.send(greeting)
        return Socket(connection)

    def checked_sessions(self) -> list[str]:
        """The sessions of the sockets whose token was checked (only where probed.py runs)."""
        checked: list[str] = self.call("GET", "/probe/checked").json()
        return checked

    def is_gone(self) -> bool:
        """Whether no process of it is left."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def end(self) -> None:
        """Make sure that nothing of it is left."""
        for connection in self.sockets:
            if connection.sock:
                connection.sock.close()
        if not self.is_gone():
            os.killpg(self.process.pid, signal.SIGKILL)


def sign_up_fields(email: str, **changed: Any) -> dict[str, Any]:
    """What sign_up wants."""
    return {
        "email": email,
        "password": PASSWORD,
        "firstname": "Anna",
        "familyname": "Berg",
        "gender": "female",
        "city": "Linköping",
        "country": "Sweden",
    } | changed


@contextmanager
def running(
    argv: list[str],
    folder: Path,
    env: Mapping[str, str],
    *,
    port: int,
    inherit: tuple[int, ...] = (),
) -> Iterator[Server]:
    """Start a server, wait until it answers, and leave nothing of it behind."""
    with subprocess.Popen(  # noqa: S603  our own command
        argv,
        cwd=folder,
        env=env,
        pass_fds=inherit,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            wait_for(lambda: _answers(server), f"an answer of {argv}")
            yield server
        finally:
            server.end()


def _answers(server: Server) -> bool:
    assert server.process.poll() is None, server.process.communicate()[0]
    try:
        return server.call("GET", "/").status_code == 200
    except requests.ConnectionError:
        return False


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def lab_server(
    folder: Path, *options: str, module: str = "twidder.server:app", **env: str
) -> Iterator[Server]:
    """Start the application with the command that the lab recommends."""
    port = free_port()
    argv = [sys.executable, "-m", "gunicorn", "-b", f"0.0.0.0:{port}"]
    argv += ["--workers", "1", "--threads", "100", *options, module]
    home = {"HOME": str(folder)}  # gunicorn makes a control socket in it
    with running(argv, folder, environment(**home, **env), port=port) as server:
        yield server


@contextmanager
def serve(folder: Path, *options: str) -> Iterator[Server]:
    """Start `twidder serve`."""
    port = free_port()
    argv = [*SERVE, "--port", str(port), *options]
    with running(argv, folder, environment(HOME=str(folder)), port=port) as server:
        yield server

"""Starts servers and knows when they answer, why they do not, and that they are gone."""

import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec
import psutil

from twidder_cli import processes
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.submission import Inspection, Setup
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.copy import copied
from twidder_cli.submissions.failures import is_restless
from twidder_cli.submissions.launch import PACKAGES
from twidder_cli.submissions.table import TABLE_LIMIT, read_table, table_argv
from twidder_cli.wire import http

_WARNINGS = {
    processes.Sandbox.FULL: "",
    processes.Sandbox.SUBMISSION: "its server shares this machine's ports and disk",
    processes.Sandbox.PROCESSES: "it can read your files and use the network as you can",
    processes.Sandbox.NONE: "it runs as you do, and may do all that you may",
}
_LAUNCH = Path(__file__).with_name("launch.py")
_ROUTES = Path(__file__).with_name("routes.py")
_REFERENCE = Path(__file__).parents[2] / "twidder"
_REFERENCE_TARGET = "twidder.server:app"
_GUNICORN = (
    *("--workers", "1", "--threads", "100"),
    *("--no-control-socket", "--log-level", "info"),
)
_NAP = 0.05


_ODD_HEADERS = ("--header-map", "dangerous")
"""Current gunicorn drops headers with underscores; the one of the time handed them on."""


class NotStarted(Exception):  # noqa: N818  the submission's doing, told as a finding
    """A server does not answer; `attempt` is all that is known of it."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.command)
        self.attempt = attempt


class Running:
    """A server that answers at `url`."""

    def __init__(self, url: str, process: processes.Process | None = None) -> None:
        self.url = url
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it may still answer; always so for a URL, which is not ours to know."""
        return self._process is None or (self._process.exit_code is None and not self.excess)

    @property
    def excess(self) -> str:
        """Why it was ended, such as "it used more than 1 GiB of memory and was ended"."""
        return self._process.excess if self._process else ""

    @property
    def exit_code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.exit_code if self._process else None

    def log(self) -> str:
        """Return the last of what it printed."""
        return self._process.log() if self._process else ""


Start = Callable[[Path, float], AbstractContextManager[Running]]
"""Starts a server in a workspace and has it answer within so many seconds; raises NotStarted."""


@contextmanager
def at_url(url: str, _workspace: Path, _timeout: float) -> Iterator[Running]:
    """Yield a server that was started by somebody else."""
    yield Running(url)


@contextmanager
def reference(sandbox: processes.Sandbox, workspace: Path, timeout: float) -> Iterator[Running]:
    """Start the reference application with throw-away data."""
    home = _home(workspace)
    with _listening() as listener:
        process = processes.start(
            [sys.executable, "-m", "gunicorn", *_bound_to(listener), _REFERENCE_TARGET],
            folder=home,
            writable=workspace,
            env={**_environment(home), "TWIDDER_DATABASE": str(home / "twidder.db")},
            sandbox=sandbox,
            keep=[listener.fileno()],
            readable=[_REFERENCE],
        )
        url = _url(listener)
    attempt = Attempt(command=f"gunicorn {_REFERENCE_TARGET}")
    with _answering(process, url, workspace, timeout, attempt) as running:
        yield running


class Place:
    """Where a submission is, below a folder of its own, and how its servers are confined."""

    def __init__(self, source: Path, sandbox: processes.Sandbox, inspection: Inspection) -> None:
        self.inspection = inspection
        self._source = source
        self._sandbox = sandbox

    @contextmanager
    def started(self, setup: Setup, workspace: Path, timeout: float) -> Iterator[Running]:
        """Start a server in a copy of the submission that nobody else uses."""
        if setup.form == "script":
            file = workspace / "copy" / setup.application.file
            process = self._start(setup, workspace, [f"script:{file}"])
            url = ""
        else:
            with _listening() as listener:
                arguments = [
                    *_bound_to(listener),
                    *(_ODD_HEADERS if self._is_noted("header") else ()),
                    f"{setup.application.module}:{setup.application.target}",
                ]
                process = self._start(setup, workspace, arguments, listener.fileno())
                url = _url(listener)
        attempt = Attempt(
            command=setup.command, inspection=self.inspection, database=setup.database
        )
        with _answering(process, url, workspace, timeout, attempt) as running:
            yield running

    def _start(
        self, setup: Setup, workspace: Path, arguments: Sequence[str], *keep: int
    ) -> processes.Process:
        home = _home(workspace)
        copy = workspace / "copy"
        copied(self._source, copy)
        return processes.start(
            [sys.executable, str(_LAUNCH), self._data(setup, copy), *arguments],
            folder=copy / setup.application.folder,
            writable=workspace,
            env=_environment(home, setup.packages),
            sandbox=self._sandbox,
            keep=keep,
            readable=[_LAUNCH, *_packages(setup)],
        )

    def table(self, setup: Setup, workspace: Path, timeout: float) -> RouteTable:
        """Return the routes that the application tells of itself, in a process of its own."""
        home = _home(workspace)
        copy = workspace / "copy"
        copied(self._source, copy)
        target = f"{setup.application.module}:{setup.application.target}"
        read, write = os.pipe()
        with open(read, "rb") as told:  # noqa: PTH123  a descriptor, no path
            try:
                process = processes.start(
                    table_argv(self._data(setup, copy), target, write),
                    folder=copy / setup.application.folder,
                    writable=workspace,
                    env=_environment(home, setup.packages),
                    sandbox=self._sandbox,
                    keep=[write],
                    readable=[_LAUNCH, _ROUTES, *_packages(setup)],
                )
            finally:
                os.close(write)
            try:
                return read_table(_read_within(told.fileno(), timeout))
            finally:
                process.kill()
                processes.remove(workspace)

    def _data(self, setup: Setup, copy: Path) -> str:
        """Return what `launch.py` has to know of the data and of this place."""
        database = setup.database
        is_file = database.kind == "schema"
        return json.dumps(
            {
                "kind": database.kind,
                "file": str(copy / database.file) if database.file else "",
                "source": str(copy / database.source) if is_file else database.source,
                "application": f"{setup.application.module}:{setup.application.target}",
                "without_dns": self._is_noted("dns"),
            }
        )

    def _is_noted(self, kind: str) -> bool:
        return any(note.kind == kind for note in self.inspection.notes)


def warnings(sandbox: processes.Sandbox) -> tuple[str, ...]:
    """Return what people should know of how a submission is confined."""
    warning = _WARNINGS[sandbox]
    lead = "WARNING: this submission is not fully confined"
    return (f"{lead}: {warning}. twidder doctor says how it would be.",) if warning else ()


def _home(workspace: Path) -> Path:
    home = workspace / "home"
    home.mkdir(parents=True)
    return home


def _listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _bound_to(listener: socket.socket) -> list[str]:
    return ["--bind", f"fd://{listener.fileno()}", *_GUNICORN]


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _packages(setup: Setup) -> list[Path]:
    return [Path(setup.packages)] if setup.packages else []


def _environment(home: Path, packages: str = "") -> dict[str, str]:
    """Return the little a server needs: nothing of the operator's environment is handed on."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **({PACKAGES: packages} if packages else {}),
    }


def _read_within(descriptor: int, seconds: float) -> bytes:
    """Return what is written to a pipe until its end; nothing where that takes too long."""
    deadline = time.monotonic() + seconds
    told = b""
    while len(told) <= TABLE_LIMIT:
        left = max(0.0, deadline - time.monotonic())
        if not select.select([descriptor], [], [], left)[0]:
            return b""
        piece = os.read(descriptor, TABLE_LIMIT)
        if not piece:
            break
        told += piece
    return told


@contextmanager
def _answering(
    process: processes.Process, url: str, workspace: Path, timeout: float, attempt: Attempt
) -> Iterator[Running]:
    """Yield a started process once it answers; it is gone afterwards, and so are its files."""
    try:
        yield _answered(process, url, timeout, attempt)
    finally:
        process.kill()
        processes.remove(workspace)


def _answered(process: processes.Process, url: str, timeout: float, attempt: Attempt) -> Running:
    """Wait for the first answer; the listening socket holds the request until there is one.

    Without a URL, it is wherever the process begins to listen.
    """
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        try:
            url = url or _found_listening()
            http.call("GET", f"{url}/", {}, None, timeout=max(left, 0.1))
        except http.Lost as lost:
            log = process.log()
            is_over = process.exit_code is not None or is_restless(log)
            if is_over or time.monotonic() >= deadline:
                raise NotStarted(
                    msgspec.structs.replace(
                        attempt,
                        exit_code=process.exit_code,
                        log=log,
                        excess=process.excess,
                        lost=str(lost),
                        waited=timeout,
                    )
                ) from None
            # A process that is ending, or a connection that it dropped: ask again.
            time.sleep(_NAP)
        else:
            return Running(url, process)


def _found_listening() -> str:
    """Return the URL where anybody listens on this network; raises Lost where nobody does."""
    listening = (c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN)
    ports = {c.laddr.port for c in listening if c.laddr}
    if not ports:
        raise http.Lost("nothing listens")
    return f"http://127.0.0.1:{min(ports)}"

"""Starts a generated submission as its truth says, with nothing of the checker's."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import requests

from twidder_cli.model.submission import Database

PATIENCE = 60.0
"""Seconds after which a test gives up; nothing is expected to take that long."""

_ASK_NOBODY = """\
try:
    import email_validator
except ImportError:
    pass
else:
    email_validator.CHECK_DELIVERABILITY = False
"""

_ENDS_WITH_US = """\
import ctypes, runpy, sys
if sys.platform == "linux":  # PR_SET_PDEATHSIG: tests that are killed leave nothing behind
    ctypes.CDLL(None).prctl(1, 9)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

_GUNICORN = str(Path(sys.executable).with_name("gunicorn"))

_CALL = "import importlib, sys; getattr(importlib.import_module(sys.argv[1]), sys.argv[2])()"


def set_up(root: Path, folder: str, database: Database) -> None:
    """Give a server the data that it may find before its first start."""
    file = root / database.file
    if database.kind in {"schema", "nothing"}:
        file.unlink(missing_ok=True)
    if database.kind == "schema":
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript((root / database.source).read_text())
    if database.kind == "initialise":
        argv = [sys.executable, "-c", _CALL, *database.source.split(":")]
        subprocess.run(argv, cwd=root / folder, env=_environment(root), check=True)  # noqa: S603


class Started:
    """A server that runs. `log` is all that it has printed so far."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = ""
        self._has_ended = False
        self._process = process
        self._printed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._printed:
                self.log += line
                self._printed.notify_all()
        with self._printed:
            self._has_ended = True
            self._printed.notify_all()

    def has_printed(self, text: str) -> bool:
        """Wait until the log holds a text; False where it never does."""
        with self._printed:
            self._printed.wait_for(lambda: text in self.log or self._has_ended, PATIENCE)
            return text in self.log

    def answers(self) -> bool:
        """Whether it serves; False as soon as it has ended."""
        try:
            # The listening socket holds the request until there is an answer to it.
            requests.get(f"{self.url}/", timeout=PATIENCE)
        except requests.ConnectionError:
            return False
        return True

    def end(self) -> None:
        """Leave nothing of it behind."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._reader.join()


@contextmanager
def started(
    root: Path, folder: str, application: str, *options: str, prefix: Sequence[str] = ()
) -> Iterator[Started]:
    """Start what is in an unpacked submission, with the command that the lab recommends.

    `prefix` is a command to run it under.
    """

    def words(listener: int) -> list[str]:
        return [
            *(_GUNICORN, "--bind", f"fd://{listener}", "--no-control-socket"),
            *("--workers", "1", "--threads", "100"),
            *(*options, application),
        ]

    with serving(words, root / folder, _environment(root), prefix) as server:
        yield server


@contextmanager
def serving(
    words: Callable[[int], list[str]],
    folder: Path,
    environment: dict[str, str],
    prefix: Sequence[str] = (),
) -> Iterator[Started]:
    """Run a Python program in a folder, which is told the number of a socket to serve."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port = listener.getsockname()[1]
        program = words(listener.fileno())
        argv = [*prefix, sys.executable, "-c", _ENDS_WITH_US, *program]
        process = subprocess.Popen(  # noqa: S603
            argv,
            cwd=folder,
            env=environment,
            pass_fds=[listener.fileno()],
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    with process:
        running = Started(process, port)
        try:
            yield running
        finally:
            running.end()


def _environment(root: Path) -> dict[str, str]:
    """Return an environment in which a validator of addresses asks nobody for their domain."""
    quiet = root.parent / "quiet"
    quiet.mkdir(exist_ok=True)
    (quiet / "sitecustomize.py").write_text(_ASK_NOBODY)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(root.parent),
        "PYTHONPATH": str(quiet),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

"""Starts a submission and knows when it answers, why it did not, and that it is gone."""

import os
import shutil
import socket
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from twidder_cli import processes
from twidder_cli.model.job import Submission
from twidder_cli.model.verdicts import Finding
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.failures import explained, is_restless
from twidder_cli.submissions.reading import inspect
from twidder_cli.wire import http

_LEFT_OUT = {".git", ".hg", "__pycache__", "node_modules", ".venv", "venv", ".idea", ".vscode"}
_UNCONFINED = (
    "WARNING: this machine gives no process namespaces (install bubblewrap), so the submission "
    "runs as you do, and may do all that you may"
)
_COMMAND = "gunicorn --workers 1 --threads 100 server:app"


class NotStarted(Exception):  # noqa: N818  the submission's doing, told as a finding
    """The submission does not answer; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


class Running:
    """A submission that answers at `url`. `how` says for people what was started."""

    def __init__(self, url: str, how: str, process: processes.Process | None = None) -> None:
        self.url = url
        self.how = how
        self.notes = () if process is None or processes.namespace() else (_UNCONFINED,)
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it may still answer; always so for a URL, which is not ours to know."""
        return self._process is None or self._process.exit_code is None


@contextmanager
def started(submission: Submission, workspace: Path, timeout: float) -> Iterator[Running]:
    """Start a submission in a fresh copy and yield it once it answers; it is gone afterwards.

    Raises NotStarted when there is no answer within `timeout` seconds.
    """
    if submission.kind == "url":
        yield Running(submission.location, "a server that was already running")
        return
    home = workspace / "home"
    home.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = _start(submission, workspace, home, listener.fileno())
    try:
        _await_answer(process, url, submission, timeout)
        how = f"{_COMMAND}, in a copy of the folder"
        if submission.kind == "reference":
            how = "gunicorn --workers 1 --threads 100 twidder.server:app, with throw-away data"
        yield Running(url, how, process)
    finally:
        process.kill()
        shutil.rmtree(workspace, ignore_errors=True)


def _start(submission: Submission, workspace: Path, home: Path, listener: int) -> processes.Process:
    gunicorn = [
        "--bind", f"fd://{listener}",
        "--workers", "1",
        "--threads", "100",
        "--no-control-socket",
        "--log-level", "info",
    ]  # fmt: skip
    if submission.kind == "reference":
        argv = [sys.executable, "-m", "gunicorn", *gunicorn, submission.location]
        env = {"TWIDDER_DATABASE": str(home / "twidder.db")}
        return processes.start(
            argv, folder=home, writable=workspace, env=_environment(home, env), keep=[listener]
        )
    copy = workspace / "copy"
    _copy(Path(submission.location), copy)
    launcher = str(Path(__file__).with_name("launch.py"))
    argv = [sys.executable, launcher, *gunicorn, "server:app"]
    return processes.start(
        argv, folder=copy, writable=workspace, env=_environment(home), keep=[listener]
    )


def _environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the little a server needs: nothing of the operator's environment is handed on."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **(extra or {}),
    }


def _copy(source: Path, target: Path) -> None:
    """Copy what can be read of files and folders; no pipes, no devices, no links out of it."""
    root = source.resolve()

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if not _belongs(Path(folder, name), root)]

    shutil.copytree(source, target, ignore=left_out)
    for folder, folders, files in os.walk(target):
        for name in (*folders, *files):
            path = Path(folder, name)
            path.chmod(path.stat().st_mode | stat.S_IRUSR | stat.S_IWUSR)


def _belongs(path: Path, root: Path) -> bool:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            return False
        mode = path.stat().st_mode
    except OSError:
        return False  # a link to nowhere, or in a circle
    if stat.S_ISDIR(mode):
        is_below_itself = path.is_symlink() and path.parent.resolve().is_relative_to(path.resolve())
        is_environment = path.name in _LEFT_OUT or (path / "pyvenv.cfg").exists()
        return os.access(path, os.R_OK | os.X_OK) and not is_environment and not is_below_itself
    return stat.S_ISREG(mode) and os.access(path, os.R_OK)


def _await_answer(
    process: processes.Process, url: str, submission: Submission, timeout: float
) -> None:
    """Wait for the first answer; the listening socket holds the request until there is one."""
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        try:
            http.call("GET", f"{url}/", {}, None, timeout=max(left, 0.1))
        except http.Lost as lost:
            attempt = Attempt(
                command=_COMMAND,
                exit_code=process.exit_code,
                log=process.log(),
                lost=str(lost),
                waited=timeout,
            )
            has_ended = attempt.exit_code is not None or is_restless(attempt.log)
            if has_ended or time.monotonic() >= deadline:
                raise NotStarted(_explained(attempt, submission)) from None
            # A process that is ending, or a connection that it dropped: ask again.
            time.sleep(0.05)
        else:
            return


def _explained(attempt: Attempt, submission: Submission) -> Finding:
    if submission.kind == "folder":
        inspection = inspect(Path(submission.location))
        attempt = msgspec.structs.replace(attempt, inspection=inspection)
    return explained(attempt)

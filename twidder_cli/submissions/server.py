"""Starts a submission and knows when it answers, why it did not, and that it is gone."""

import os
import re
import shutil
import socket
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from twidder_cli import processes
from twidder_cli.model.job import Submission
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import printable
from twidder_cli.wire import http

_LEFT_OUT = {".git", ".hg", "__pycache__", "node_modules", ".venv", "venv", ".idea", ".vscode"}
_MISSING = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_LOG_LINES = 12
_CHATTER = re.compile(
    r"^[\s~^]+$|\[INFO\]|Shutting down: Master|Worker \(pid:\d+\) exited|"
    r"Reason: Worker failed to boot|Exception in worker process"
)
_FOREIGN_FRAME = re.compile(r"<frozen |/gunicorn/|/importlib/")
_ELSEWHERE = re.compile(r'"/[^"]*/(?:start-\d+/(?:copy|home)|site-packages)/')
_WARNINGS = {
    processes.Sandbox.FULL: "",
    processes.Sandbox.SUBMISSION: "its server shares this machine's ports and disk",
    processes.Sandbox.PROCESSES: "it can read your files and use the network as you can",
    processes.Sandbox.NONE: "it runs as you do, and may do all that you may",
}
_LAUNCHER = Path(__file__).with_name("launch.py")
_REFERENCE = Path(__file__).parents[2] / "twidder"
_BOOTING = "Booting worker with pid"
_BOOTS = 3
_COMMAND = "gunicorn --workers 1 --threads 100 server:app"


class NotStarted(Exception):  # noqa: N818  the submission's doing, told as a finding
    """The submission does not answer; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


class Running:
    """A submission that answers at `url`. `how` says for people what was started."""

    def __init__(
        self,
        url: str,
        how: str,
        process: processes.Process | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.url = url
        self.how = how
        self.notes = notes
        self._process = process

    @property
    def is_alive(self) -> bool:
        """Whether it may still answer; always so for a URL, which is not ours to know."""
        return self._process is None or (self._process.exit_code is None and not self.excess)

    @property
    def excess(self) -> str:
        """Why it was ended, such as "it used more than 1 GiB of memory and was ended"."""
        return self._process.excess if self._process else ""

    def log(self) -> str:
        """Return the last of what it printed, as it came."""
        return self._process.log() if self._process else ""


@contextmanager
def started(
    submission: Submission,
    workspace: Path,
    timeout: float,
    sandbox: processes.Sandbox,
) -> Iterator[Running]:
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
        process = _start(submission, workspace, home, listener.fileno(), sandbox)
    try:
        _await_answer(process, url, submission, timeout)
        how = f"{_COMMAND}, in a copy of the folder"
        if submission.kind == "reference":
            how = "gunicorn --workers 1 --threads 100 twidder.server:app, with throw-away data"
        yield Running(url, how, process, _warnings(sandbox))
    finally:
        process.kill()
        processes.remove(workspace)


def _warnings(sandbox: processes.Sandbox) -> tuple[str, ...]:
    warning = _WARNINGS[sandbox]
    lead = "WARNING: this submission is not fully confined"
    return (f"{lead}: {warning}. twidder doctor says how it would be.",) if warning else ()


def _start(
    submission: Submission,
    workspace: Path,
    home: Path,
    listener: int,
    sandbox: processes.Sandbox,
) -> processes.Process:
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
            argv,
            folder=home,
            writable=workspace,
            env=_environment(home, env),
            sandbox=sandbox,
            keep=[listener],
            readable=[_REFERENCE],
        )
    copy = workspace / "copy"
    _copy(Path(submission.location), copy)
    argv = [sys.executable, str(_LAUNCHER), *gunicorn, "server:app"]
    return processes.start(
        argv,
        folder=copy,
        writable=workspace,
        env=_environment(home),
        sandbox=sandbox,
        keep=[listener],
        readable=[_LAUNCHER],
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
            log = process.log()
            if process.excess:
                raise NotStarted(_ended(process.excess, log)) from None
            if process.exit_code is not None:
                raise NotStarted(_died(process.exit_code, log, submission)) from None
            if log.count(_BOOTING) > _BOOTS:
                raise NotStarted(_restless(log)) from None
            if time.monotonic() >= deadline:
                raise NotStarted(_silent(timeout, str(lost), log)) from None
            # A process that is ending, or a connection that it dropped: ask again.
            time.sleep(0.05)
        else:
            return


def _died(exit_code: int, log: str, submission: Submission) -> Finding:
    missing = _MISSING.findall(log)
    if missing and not _is_own(missing[-1], Path(submission.location)):
        package = missing[-1].partition(".")[0]
        return Finding(
            title=f"The package {package} is not installed here",
            expected="what the submission imports is installed",
            actual=_last_words(log),
            hint=f"Install it where twidder runs, for example: pip install {package}",
            verdict=Verdict.UNCLEAR,
        )
    return Finding(
        title="The server did not start",
        expected=f"{_COMMAND} starts and answers",
        actual=f"it ended with exit code {exit_code}; its last words:\n{_last_words(log)}",
        hint="Start it with that command in your folder, and mend what the last lines say.",
    )


def _ended(excess: str, log: str) -> Finding:
    return Finding(
        title="The server was ended before it answered",
        expected=f"{_COMMAND} starts and answers within the limits of docs/sandbox.md",
        actual=f"{excess}; its last words:\n{_last_words(log) or '(none)'}",
        hint="What runs when the module is imported has to come to an end, and with little.",
    )


def _restless(log: str) -> Finding:
    return Finding(
        title="The server ends again and again",
        expected=f"{_COMMAND} starts and answers",
        actual=f"gunicorn had to start it more than {_BOOTS} times; its last words:\n"
        f"{_last_words(log) or '(none)'}",
        hint="Does the module call exit(), or start a server of its own, when it is imported? "
        "What belongs to running it by hand goes under if __name__ == '__main__'.",
    )


def _silent(timeout: float, lost: str, log: str) -> Finding:
    words = _last_words(log)
    return Finding(
        title="The server never answered",
        expected=f"an answer to GET / within {timeout:g} s",
        actual=f"{lost}; its last words:\n{words}" if words else f"{lost}; it printed nothing",
        hint="Does something run for ever while the module is imported? A server must not be "
        "started at import: put app.run() under if __name__ == '__main__'.",
    )


def _is_own(module: str, folder: Path) -> bool:
    """Whether a module that was not found is one that the submission should have brought."""
    name = module.partition(".")[0]
    return (
        name in {"twidder", "twidder_cli"}
        or "." in module
        or any(folder.rglob(f"{name}.py"))
        or any(path.is_dir() for path in folder.rglob(name))
    )


def _last_words(log: str) -> str:
    """Return the end of a log without what says nothing about the submission."""
    lines = [line for line in _without_frames(log) if line.strip() and not _CHATTER.search(line)]
    short = [_ELSEWHERE.sub('"', line) for line in lines[-_LOG_LINES:]]
    return "\n".join(printable(line, 300) for line in short)


def _without_frames(log: str) -> Iterator[str]:
    """Leave the frames of gunicorn and importlib, and the code they show, out of tracebacks."""
    leaving_out = False
    for line in log.splitlines():
        if line.startswith("  File "):
            leaving_out = _FOREIGN_FRAME.search(line) is not None
        elif not line.startswith("    "):
            leaving_out = False
        if not leaving_out:
            yield line

"""The one place that starts processes, and ends them with all their descendants."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, ClassVar, NamedTuple, NoReturn

import psutil

LOG_LIMIT = 64 * 1024
"""Bytes kept of what a process printed: the last ones."""

_CHUNK = 8192
_GONE_WITHIN = 5.0
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


class Done(NamedTuple):
    """A program that was run to its end. The exit code is None where it had no time to end."""

    exit_code: int | None
    output: bytes
    errors: str


def run(argv: Sequence[str], *, folder: Path, timeout: float) -> Done:
    """Run a program of ours in `folder`, with no input, for at most `timeout` seconds."""
    try:
        done = subprocess.run(  # noqa: S603
            argv,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Done(None, b"", f"it took longer than {timeout:.3g} s")
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace"))


def become(argv: Sequence[str], env: Mapping[str, str], keep: Sequence[int] = ()) -> NoReturn:
    """Replace this process by another program, which inherits the descriptors in `keep`."""
    for descriptor in keep:
        os.set_inheritable(descriptor, True)
    os.execve(argv[0], list(argv), dict(env))  # noqa: S606  no shell is wanted


def close_to_others() -> None:
    """Let no process of the same user look into this one or open its descriptors."""
    _prctl(_PR_SET_DUMPABLE, 0)


def end_with_parent() -> None:
    """Have this process killed when its parent dies; nothing where the system can't do that."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none of them escapes."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


@cache
def namespace() -> tuple[str, ...]:
    """Return the command that gives a process a process namespace of its own.

    What runs there can't outlive it, and sees no process of ours. With
    bubblewrap the file system is read-only besides, and root has no
    privileges; util-linux's unshare is the second best. Empty where neither
    works.
    """
    bubblewrap = (
        *("bwrap", "--unshare-pid", "--die-with-parent", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    )
    unshare = (
        *("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"),
        "--mount-proc",
    )
    return next((prefix for prefix in (bubblewrap, unshare) if _works(prefix)), ())


def _works(prefix: Sequence[str]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603


def _confined(argv: Sequence[str], writable: Path) -> list[str]:
    prefix = list(namespace())
    if prefix[:1] == ["bwrap"]:
        prefix += ["--bind", str(writable), str(writable)]
    return [*prefix, *argv]


def start(
    argv: Sequence[str],
    *,
    folder: Path,
    writable: Path,
    env: Mapping[str, str],
    keep: Sequence[int] = (),
) -> "Process":
    """Start a process that is not trusted, in `folder`, with only the descriptors in `keep`.

    It may write below `writable`. It is killed when the thread ends that
    called this.
    """
    return Process(
        subprocess.Popen(  # noqa: S603
            _confined(argv, writable),
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=keep,
            start_new_session=True,
        )
    )


class Process:
    """A started process that is not trusted: its output is capped, its descendants die with it."""

    _running: ClassVar[set[int]] = set()

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        Process._running.add(popen.pid)
        self._tail = bytearray()
        self._reader = threading.Thread(target=self._drain, daemon=True, name="log reader")
        self._reader.start()

    def _drain(self) -> None:
        """Read all that is printed, so that printing never blocks, and keep the end of it."""
        assert self._popen.stdout is not None  # noqa: S101  started with a pipe
        descriptor = self._popen.stdout.fileno()
        with self._popen.stdout:
            while chunk := os.read(descriptor, _CHUNK):
                self._tail += chunk
                if len(self._tail) > 2 * LOG_LIMIT:
                    del self._tail[:-LOG_LIMIT]

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._popen.poll()

    def log(self) -> str:
        """Return the last of what it printed; whole once it has ended."""
        if self.exit_code is not None:
            self._reader.join(1.0)
        return bytes(self._tail[-LOG_LIMIT:]).decode("utf-8", "backslashreplace")

    def kill(self) -> None:
        """End it and what it started, at once, and wait until they are gone.

        Outside a process namespace what it started may have got away from it;
        then all that this process has adopted is ended, but for what belongs
        to another Process.
        """
        Process._running.discard(self._popen.pid)
        kill_descendants(but=Process._running)
        self._popen.wait(_GONE_WITHIN)


def kill_descendants(but: Collection[int] = ()) -> None:
    """End all that this process has started or adopted, and wait until it is gone.

    `but` are processes to leave alone, with what is below them.
    """
    deadline = time.monotonic() + _GONE_WITHIN
    while time.monotonic() < deadline:
        spared = {process.pid for pid in tuple(but) for process in _below(pid)} | {*but}
        left = [process for process in _below(os.getpid()) if process.pid not in spared]
        if not left:
            return
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=0.2)


def _below(pid: int) -> list[psutil.Process]:
    """Return the descendants of a process that are alive."""
    with contextlib.suppress(psutil.Error):
        return [p for p in psutil.Process(pid).children(recursive=True) if _is_alive(p)]
    return []


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


class Worker:
    """A process of ours that reads a job and writes events, a line each, to a pipe of its own."""

    def __init__(self, argv: Sequence[str], job: bytes) -> None:
        read, write = os.pipe()
        try:
            self._popen = subprocess.Popen(  # noqa: S603
                [*argv, str(write)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[write],
                start_new_session=True,  # Ctrl-C is for the parent to handle
            )
        except BaseException:
            os.close(read)
            raise
        finally:
            os.close(write)
        self._events: IO[bytes] = os.fdopen(read, "rb")
        self._errors = bytearray()
        self._collector = threading.Thread(target=self._collect, daemon=True, name="errors")
        self._collector.start()
        assert self._popen.stdin is not None  # noqa: S101  started with a pipe
        with contextlib.suppress(BrokenPipeError):
            self._popen.stdin.write(job)
            self._popen.stdin.close()

    def _collect(self) -> None:
        assert self._popen.stderr is not None  # noqa: S101  started with a pipe
        with self._popen.stderr:
            self._errors += self._popen.stderr.read()[-LOG_LIMIT:]

    def lines(self) -> Iterator[bytes]:
        """Yield what the worker writes until it ends."""
        return iter(self._events)

    def terminate(self) -> None:
        """Ask it to clean up and end."""
        self._popen.terminate()

    def kill(self) -> None:
        """End it at once; what it started is killed with it."""
        self._popen.kill()

    def stop(self, patience: float) -> None:
        """Wait for its end, at most `patience` seconds, and kill it then."""
        self.terminate()
        try:
            self._popen.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()
        self._events.close()

    def errors(self) -> str:
        """Return what it wrote to its standard error; empty when all went well."""
        self._popen.wait()
        self._collector.join(1.0)
        return bytes(self._errors).decode("utf-8", "backslashreplace")

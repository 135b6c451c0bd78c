"""Starts what is not trusted, watches what it uses, and ends it with all that it has started."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import psutil

from twidder_cli.processes.ending import GONE_WITHIN, kill_descendants, kill_sandbox
from twidder_cli.processes.files import hand_over
from twidder_cli.processes.limits import Limits
from twidder_cli.processes.sandbox import Place, Sandbox, around_submission
from twidder_cli.processes.usage import Meter

LOG_LIMIT = 64 * 1024
"""Bytes kept of what a process printed: the last ones."""

_CHUNK = 64 * 1024
_LOOK_EVERY = 0.25
_LOOK_SELDOM = 1.0
"""Outside a full sandbox, where a look goes through all processes of the machine."""


def start(
    argv: Sequence[str],
    *,
    folder: Path,
    writable: Path,
    env: Mapping[str, str],
    sandbox: Sandbox,
    keep: Sequence[int] = (),
    readable: Sequence[Path] = (),
    limits: Limits | None = None,
) -> "Process":
    """Start a process that is not trusted, in `folder`, with only the descriptors in `keep`.

    It may write below `writable`, which is its own from now on, and read `readable` and this
    Python besides. It is killed when the thread ends that called this.
    """
    limits = limits or Limits()
    place = Place(folder, writable, readable, env.get("HOME", "/"))
    if sandbox.has_own_system and os.geteuid() == 0:
        hand_over(writable, place.user)
    with around_submission(sandbox, place, limits) as (command, descriptors), Process.changing:
        popen = subprocess.Popen(  # noqa: S603
            [*command, *argv],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[*keep, *descriptors],
            start_new_session=True,
        )
        return Process(popen, sandbox, writable, limits)


class Process:
    """A started process that is not trusted: its output is capped, its descendants die with it."""

    changing: ClassVar[threading.Lock] = threading.Lock()
    """Held while one is started or ended: what nobody knows yet must not be taken for left over."""
    sparing: ClassVar[threading.Lock] = threading.Lock()
    """Held while something else is started, and while what is left over is ended."""
    _running: ClassVar[set[int]] = set()

    def __init__(
        self, popen: subprocess.Popen[bytes], sandbox: Sandbox, writable: Path, limits: Limits
    ) -> None:
        self.excess = ""
        """Why it was ended, such as "it used more than 1 GiB of memory and was ended"."""
        self._popen = popen
        self._sandbox = sandbox
        Process._running.add(popen.pid)
        self._tail = bytearray()
        self._printed = 0
        self._reader = threading.Thread(target=self._drain, daemon=True, name="log reader")
        self._reader.start()
        self._over = threading.Event()
        self._watcher = threading.Thread(
            target=self._watch, args=[writable, limits], daemon=True, name="watch"
        )
        self._watcher.start()

    @classmethod
    @contextmanager
    def spared(cls) -> Iterator[None]:
        """Leave alone for good what is started in this block: it is ours."""
        with cls.sparing:
            before = {process.pid for process in psutil.Process().children()}
            yield
            cls._running |= {process.pid for process in psutil.Process().children()} - before

    def _drain(self) -> None:
        """Read all that is printed, so that printing never blocks, and keep the end of it."""
        assert self._popen.stdout is not None  # noqa: S101  started with a pipe
        descriptor = self._popen.stdout.fileno()
        with self._popen.stdout:
            while chunk := os.read(descriptor, _CHUNK):
                self._printed += len(chunk)
                self._tail += chunk
                if len(self._tail) > 2 * LOG_LIMIT:
                    del self._tail[:-LOG_LIMIT]

    def _watch(self, writable: Path, limits: Limits) -> None:
        """End it when it uses too much."""
        is_alone = self._sandbox is Sandbox.FULL
        meter = Meter(self._popen.pid, writable, shares=not is_alone)
        pause = _LOOK_EVERY if is_alone else _LOOK_SELDOM
        while not self._over.wait(pause) and self.exit_code is None:
            excess = meter.excess(limits, self._printed)
            if excess:
                self.excess = f"{excess} and was ended"
                self.kill()

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
        self._over.set()
        if threading.current_thread() is not self._watcher:
            self._watcher.join()
        Process._running.discard(self._popen.pid)
        if self._sandbox is Sandbox.NONE:
            with Process.changing, Process.sparing:
                kill_descendants(but=Process._running)
        else:
            kill_sandbox(self._popen)
        self._popen.wait(GONE_WITHIN)

"""Starts a worker of ours, in a sandbox of its own where it gets one."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from twidder_cli.processes.ending import kill_sandbox
from twidder_cli.processes.sandbox import Sandbox, around_worker

_ERRORS_KEPT = 64 * 1024


class Worker:
    """A process of ours that reads a job and writes events, a line each, to a pipe of its own.

    Its temporary files are in `workspace`, which in a full sandbox only it can see.
    """

    def __init__(
        self, argv: Sequence[str], job: bytes, *, sandbox: Sandbox, workspace: Path
    ) -> None:
        self._is_confined = sandbox is Sandbox.FULL
        prefix = around_worker(workspace) if self._is_confined else []
        read, write = os.pipe()
        try:
            self._popen = subprocess.Popen(  # noqa: S603
                [*prefix, *argv, str(write)],
                env={**os.environ, "TMPDIR": str(workspace)},
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
            self._errors += self._popen.stderr.read()[-_ERRORS_KEPT:]

    def lines(self) -> Iterator[bytes]:
        """Yield what the worker writes until it ends."""
        return iter(self._events)

    def terminate(self) -> None:
        """Ask it to clean up and end; in a sandbox there is nothing to clean up."""
        if self._is_confined:
            self.kill()
        else:
            self._popen.terminate()

    def kill(self) -> None:
        """End it at once; what it started is killed with it."""
        if self._is_confined:
            kill_sandbox(self._popen)
        else:
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

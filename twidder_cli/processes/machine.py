"""What this machine can do to confine submissions: found out by trying."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from twidder_cli.processes.limits import Limits
from twidder_cli.processes.sandbox import Place, Sandbox, around_submission, around_worker

_PATIENCE = 20.0


@cache
def best_sandbox() -> Sandbox:
    """Return the best way to confine a submission that works here."""
    return next((sandbox for sandbox in Sandbox if not _why_not(sandbox)), Sandbox.NONE)


@cache
def _why_not(sandbox: Sandbox) -> str:
    """Return what keeps Python from starting in a sandbox; empty if nothing does."""
    with tempfile.TemporaryDirectory(prefix="twidder-") as name:
        folder = Path(name)
        around = around_worker(folder) if sandbox is Sandbox.FULL else []
        with around_submission(sandbox, Place(folder, folder), Limits()) as (command, read):
            return _failure([*around, *command, sys.executable, "-I", "-c", ""], read)


def _failure(argv: Sequence[str], keep: Sequence[int] = ()) -> str:
    """Return the last words of a command that fails; empty if it succeeds."""
    try:
        done = subprocess.run(  # noqa: S603
            argv, capture_output=True, pass_fds=keep, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    words = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
    return (words or [f"exit code {done.returncode}"])[-1] if done.returncode else ""

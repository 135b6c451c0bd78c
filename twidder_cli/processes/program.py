"""Runs a program of ours to its end."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


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

"""Ends processes with all that they have started, and waits until it is gone."""

import contextlib
import os
import subprocess
import time
from collections.abc import Collection

import psutil

GONE_WITHIN = 20.0
"""Seconds that what was killed may take to be gone: gigabytes have to be given back."""


def kill_descendants(but: Collection[int] = ()) -> None:
    """End all that this process has started or adopted, and wait until it is gone.

    `but` are processes to leave alone, with what is below them.
    """
    deadline = time.monotonic() + GONE_WITHIN
    while time.monotonic() < deadline:
        ours = below(os.getpid())  # first: what is spared goes on to start processes
        spared = {process.pid for pid in tuple(but) for process in below(pid)} | {*but}
        left = [process for process in ours if process.pid not in spared]
        if not left:
            return
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=0.2)


def kill_sandbox(outside: subprocess.Popen[bytes]) -> None:
    """End all that is in a process namespace; what waits outside for its end then ends too.

    The kernel does not let the namespace's first process be gone before the others are.
    """
    inside = _children(outside.pid)
    for process in inside:
        with contextlib.suppress(psutil.Error):
            process.kill()
    if not inside:  # it is being set up, or gone
        outside.kill()


def _children(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).children()
    return []


def below(pid: int) -> list[psutil.Process]:
    """Return the descendants of a process that are alive."""
    with contextlib.suppress(psutil.Error):
        return [p for p in psutil.Process(pid).children(recursive=True) if _is_alive(p)]
    return []


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False

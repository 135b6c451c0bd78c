"""Ends processes with all that they have started, and waits until it is gone."""

import contextlib
import os
import time
from collections.abc import Callable, Collection

import psutil

GONE_WITHIN = 20.0
"""Seconds that what was killed may take to be gone: gigabytes have to be given back."""


def kill_descendants(but: Collection[int] = ()) -> None:
    """End all that this process has started or adopted, and wait until it is gone.

    `but` are processes to leave alone, with what is below them.
    """

    def left() -> list[psutil.Process]:
        ours = below(os.getpid())  # first: what is spared goes on to start processes
        spared = {process.pid for pid in tuple(but) for process in below(pid)} | {*but}
        return [process for process in ours if process.pid not in spared]

    _kill(left)


def kill_below(pid: int) -> None:
    """End all that a process has started, and wait until it is gone; the process itself stays."""
    _kill(lambda: below(pid))


def _kill(left: Callable[[], list[psutil.Process]]) -> None:
    deadline = time.monotonic() + GONE_WITHIN
    while (processes := left()) and time.monotonic() < deadline:
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(processes, timeout=0.2)


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

"""Looks at what a process and all that it has started use."""

import contextlib
import os
import time
from pathlib import Path

import psutil

from twidder_cli.processes.ending import below
from twidder_cli.processes.limits import Limits, Usage, excess


class Meter:
    """Measures a process from its start on.

    What it does to the disk is seen where it does not share the file system of
    `writable` with others.
    """

    def __init__(self, pid: int, writable: Path, *, shares: bool) -> None:
        self._pid = pid
        self._writable = writable
        self._shares = shares
        self._began = time.monotonic()
        self._files = _files(os.statvfs(writable))

    def excess(self, limits: Limits, printed: int) -> str:
        """Return what it has used too much of until now, having printed so much; else nothing."""
        processes = below(self._pid)
        seen = [one for process in processes if (one := _seen(process)) is not None]
        memory = sum(rss for rss, _, _ in seen)
        tasks = sum(threads for _, threads, _ in seen)
        if memory > limits.memory and tasks <= limits.tasks:
            # What processes share was counted for each of them.
            memory = sum(_part(process) for process in processes)
        disk = os.statvfs(self._writable)
        return excess(
            Usage(
                seconds=time.monotonic() - self._began,
                memory=memory,
                tasks=tasks,
                cpu_seconds=sum(seconds for _, _, seconds in seen),
                log=printed,
                files=0 if self._shares else _files(disk) - self._files,
                room=None if self._shares else disk.f_bavail * disk.f_frsize,
            ),
            limits,
        )


def _files(disk: os.statvfs_result) -> int:
    return disk.f_files - disk.f_ffree


def _seen(process: psutil.Process) -> tuple[int, int, float] | None:
    """Return bytes of memory, threads and CPU seconds, with those of children that have ended."""
    with contextlib.suppress(psutil.Error), process.oneshot():
        return process.memory_info().rss, process.num_threads(), sum(process.cpu_times()[:4])
    return None


def _part(process: psutil.Process) -> int:
    """Return bytes of memory; of what is shared, this process's part only."""
    with contextlib.suppress(psutil.Error):
        memory = process.memory_full_info()
        return int(memory.pss + memory.swap)
    return 0

"""What is too much, and who used it."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.checker.waiting import wait_for
from twidder_cli import processes
from twidder_cli.processes import Limits
from twidder_cli.processes.limits import GIB, MIB, Usage, excess

needs_sandbox = pytest.mark.skipif(
    not processes.best_sandbox().has_own_system, reason="bubblewrap can't be used here"
)

LIMITS = Limits(memory=GIB, tasks=500, cpu_seconds=60, processors=1.5, log=64 * MIB, files=1000)

ENOUGH = [
    Usage(),
    Usage(memory=GIB, tasks=500, log=64 * MIB, files=1000, room=MIB),
    Usage(seconds=0, cpu_seconds=60),
    Usage(seconds=100, cpu_seconds=60 + 150),
    Usage(seconds=1000, cpu_seconds=1000),  # one thread that never rests
    Usage(room=None),  # not its own
]
TOO_MUCH = {
    "it used more than 1 GiB of memory": Usage(memory=GIB + 1),
    "it had more than 500 processes and threads at a time": Usage(tasks=501, memory=9 * GIB),
    "it used 211 s of processor time in 100 s": Usage(seconds=100, cpu_seconds=211),
    "it printed more than 64 MiB": Usage(log=64 * MIB + 1),
    "it made more than 1000 files": Usage(files=1001),
    "it filled all the space that it may write to": Usage(room=0),
}


@pytest.mark.parametrize("usage", ENOUGH)
def test_what_is_allowed_is_not_too_much(usage: Usage) -> None:
    assert excess(usage, LIMITS) == ""


@pytest.mark.parametrize("said", TOO_MUCH)
def test_what_is_more_is_said(said: str) -> None:
    assert excess(TOO_MUCH[said], LIMITS) == said


def test_sizes_are_said_as_people_say_them() -> None:
    assert excess(Usage(memory=GIB), Limits(memory=300 * MIB)).endswith("300 MiB of memory")
    assert excess(Usage(memory=4 * GIB), Limits(memory=3 * GIB // 2)).endswith("1.5 GiB of memory")


# Looked at for real


def ended_for(program: str, folder: Path, limits: Limits) -> str:
    """Return what a program was ended for."""
    process = processes.start(
        [sys.executable, "-c", program],
        folder=folder,
        writable=folder,
        env={"PATH": os.environ["PATH"]},
        sandbox=processes.best_sandbox(),
        limits=limits,
    )
    try:
        wait_for(lambda: process.excess != "" or process.exit_code is not None, "the end")
        return process.excess
    finally:
        process.kill()


@needs_sandbox
def test_who_computes_without_end_is_ended(tmp_path: Path) -> None:
    busy = "import os\nfor _ in range(2): os.fork()\nwhile True: pass"
    excess = ended_for(busy, tmp_path, Limits(cpu_seconds=0.2, processors=0.1))
    assert re.fullmatch(r"it used \d+ s of processor time in \d+ s and was ended", excess)


@needs_sandbox
def test_what_children_computed_that_are_gone_counts(tmp_path: Path) -> None:
    calls = "import subprocess\nwhile True: subprocess.run(['sh', '-c', ':'])"
    assert "processor time" in ended_for(calls, tmp_path, Limits(cpu_seconds=0.5, processors=0))


@needs_sandbox
def test_who_ends_by_itself_was_not_ended(tmp_path: Path) -> None:
    assert ended_for("x = bytearray(2**20)", tmp_path, Limits()) == ""

"""Processes are ended with all their descendants, whatever these do to stay."""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import pytest

from tests.checker.waiting import LONG, wait_for
from twidder_cli import processes
from twidder_cli.processes.files import hand_over

ROOT = Path(__file__).parents[2]

DRIVER = """
import os, sys
from pathlib import Path
from twidder_cli import processes

sandbox, program, folder, mark = sys.argv[1:]
processes.adopt_orphans()
process = processes.start(
    [sys.executable, "-c", program],
    folder=Path(folder),
    writable=Path(folder),
    env={"PATH": os.environ["PATH"], "MARK": mark},
    sandbox=processes.Sandbox(sandbox),
)
print("started", flush=True)
sys.stdin.readline()
process.kill()
print("killed", process.exit_code is not None, flush=True)
sys.stdin.readline()
"""
"""Starts and kills a program in a process of its own: killing takes all children along."""

STUBBORN = """
import os, pathlib, signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
"""
STAY = """
pathlib.Path(str(os.getpid()) + ".ready").touch()
while True:
    time.sleep(1)
"""
PROGRAMS = {
    "one that ignores signals": (STUBBORN + STAY, 1),
    "a child": (STUBBORN + "os.fork()" + STAY, 2),
    "a child whose parent ends": (STUBBORN + "if os.fork(): os._exit(0)" + STAY, 1),
    "a session of its own": (STUBBORN + "if not os.fork(): os.setsid()" + STAY, 2),
    "a daemon": (
        STUBBORN + "if os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)" + STAY,
        1,
    ),
    "a daemon beside its parent": (
        STUBBORN + "if not os.fork():\n os.setsid()\n if os.fork(): os._exit(0)" + STAY,
        2,
    ),
    "a crowd": (STUBBORN + "for _ in range(4): os.fork()" + STAY, 16),
}
ENDING = ("a child whose parent ends", "a daemon")
"""Those whose first process ends, which in a namespace of its own ends all of them."""

needs_bubblewrap = pytest.mark.skipif(
    not processes.best_sandbox().has_own_system, reason="bubblewrap can't be used here"
)
CASES = [
    *(pytest.param("none", name) for name in PROGRAMS),
    *(
        pytest.param(sandbox, name, marks=needs_bubblewrap)
        for sandbox in ("full", "submission", "processes")
        for name in PROGRAMS
        if name not in ENDING
    ),
]


def marked(mark: str) -> list[psutil.Process]:
    """Return the living processes that have a mark in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def line_of(pipe: IO[str] | None) -> str:
    assert pipe is not None
    return pipe.readline()


def say(pipe: IO[str] | None) -> None:
    assert pipe is not None
    pipe.write("\n")
    pipe.flush()


@contextmanager
def driven(
    sandbox: str, program: str, folder: Path, mark: str
) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", DRIVER, sandbox, program, str(folder), mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as driver:
        try:
            assert line_of(driver.stdout) == "started\n"
            yield driver
        finally:
            driver.kill()
            for process in marked(mark):
                process.kill()


@pytest.mark.parametrize(("sandbox", "name"), CASES)
def test_killing_leaves_nothing(sandbox: str, name: str, tmp_path: Path) -> None:
    program, count = PROGRAMS[name]
    mark = uuid.uuid4().hex
    with driven(sandbox, program, tmp_path, mark) as driver:
        wait_for(lambda: len(list(tmp_path.glob("*.ready"))) == count, f"{count} processes")
        assert len(marked(mark)) >= count
        say(driver.stdin)
        assert line_of(driver.stdout) == "killed True\n"
        assert marked(mark) == []


@needs_bubblewrap
def test_what_is_confined_dies_with_who_started_it(tmp_path: Path) -> None:
    program, count = PROGRAMS["a daemon beside its parent"]
    mark = uuid.uuid4().hex
    with driven("submission", program, tmp_path, mark) as driver:
        wait_for(lambda: len(list(tmp_path.glob("*.ready"))) == count, "a daemon")
        assert marked(mark) != []
        driver.kill()
        wait_for(lambda: marked(mark) == [], "the end of the daemon")


def test_of_our_descriptors_only_those_named_are_handed_on(tmp_path: Path) -> None:
    secret, kept = os.memfd_create("secret", 0), os.memfd_create("kept", 0)
    program = (
        "import os\n"
        "for number in range(100):\n"
        "    if os.path.exists(f'/proc/self/fd/{number}'):\n"
        "        print(os.readlink(f'/proc/self/fd/{number}').split(':')[0])\n"
    )
    process = processes.start(
        [sys.executable, "-c", program],
        folder=tmp_path,
        writable=tmp_path,
        env={"PATH": os.environ["PATH"]},
        sandbox=processes.best_sandbox(),
        keep=[kept],
    )
    wait_for(lambda: process.exit_code is not None, "its end")
    log = process.log()
    process.kill()
    os.close(secret)
    os.close(kept)
    assert log.split() == ["/dev/null", "pipe", "pipe", "/memfd"]


def test_what_is_removed_is_gone_however_deep_it_is(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    folder = os.open(top, os.O_RDONLY)
    for _depth in range(2000):
        os.mkdir("deep", dir_fd=folder)
        below = os.open("deep", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.fchmod(folder, 0)
    os.close(folder)
    processes.remove(top)
    assert list(tmp_path.iterdir()) == []


def test_what_is_only_linked_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "top").mkdir()
    (tmp_path / "top/link").symlink_to(tmp_path / "kept")
    processes.remove(tmp_path / "top")
    assert [path.name for path in tmp_path.rglob("*")] == ["kept", "file"]


def test_only_what_nobody_holds_is_swept_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "twidder-scratch-k1lled_0/deep").mkdir(parents=True)
    others = {"twidder-lab3", "twidder-scratch-notes", "twidder-scratch-l1nked_0"}
    for name in ("twidder-lab3", "twidder-scratch-notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "twidder-scratch-l1nked_0").symlink_to(tmp_path / "twidder-lab3")
    with processes.scratch() as used:
        processes.sweep()
        assert {path.name for path in tmp_path.iterdir()} == {used.name, *others}
    assert not used.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_what_is_only_linked_is_not_handed_over(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/own").touch()
    (tmp_path / "lab/link").symlink_to(tmp_path / "kept")
    hand_over(tmp_path / "lab", 61184)
    owners = {path.name: path.lstat().st_uid for path in tmp_path.rglob("*")}
    assert owners == {"kept": 0, "lab": 61184, "own": 61184, "link": 61184}


LOUD = """
import os, sys
from pathlib import Path
from twidder_cli import processes

program = "print('first'); print('x' * 10_000_000); print('last')"
process = processes.start(
    [sys.executable, "-c", program],
    folder=Path.cwd(),
    writable=Path.cwd(),
    env={"PATH": os.environ["PATH"]},
    sandbox=processes.Sandbox.NONE,
)
while process.exit_code is None:
    process._popen.wait()
log = process.log()
print(len(log), "first" in log, log.endswith("last\\n"))
"""


SPARING = """
import os, subprocess, sys
from pathlib import Path
from twidder_cli import processes

processes.adopt_orphans()
with processes.spared():
    ours = subprocess.Popen(["sleep", "1000"])
    theirs = processes.start(
        ["sleep", "1000"],
        folder=Path(sys.argv[1]),
        writable=Path(sys.argv[1]),
        env={"PATH": os.environ["PATH"]},
        sandbox=processes.Sandbox.NONE,
    )
theirs.kill()
print(theirs.exit_code is not None, ours.poll() is None)
ours.kill()
"""


def test_what_is_ours_is_spared_and_keeps_nothing_from_starting(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", SPARING, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=LONG, check=True)  # noqa: S603
    assert done.stdout.split() == ["True", "True"]


def test_only_the_last_of_what_is_printed_is_kept(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", LOUD],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{processes.LOG_LIMIT} False True\n", "")


# Programs of ours


def test_a_program_of_ours_is_run_to_its_end_without_input(tmp_path: Path) -> None:
    script = "import os, sys; print(os.getcwd(), sys.stdin.read()); sys.exit('words')"
    done = processes.run([sys.executable, "-c", script], folder=tmp_path, timeout=LONG)
    assert done == (1, f"{tmp_path} \n".encode(), "words\n")


def test_a_program_of_ours_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    script = "import time; time.sleep(1000)"
    argv = ["env", f"MARK={mark}", sys.executable, "-c", script]
    done = processes.run(argv, folder=tmp_path, timeout=0.5)
    assert done == (None, b"", "it took longer than 0.5 s")
    assert marked(mark) == []


# Workers

WORKER = """
import sys
from pathlib import Path
from twidder_cli import processes

script, job, patience = sys.argv[1:]
worker = processes.Worker(
    (sys.executable, "-c", script),
    b"x" * int(job),
    sandbox=processes.Sandbox.NONE,
    workspace=Path("/nowhere"),
)
first = next(worker.lines(), b"")
if patience == "wait":
    print([first, *worker.lines()])
    worker.stop(60.0)
else:
    worker.stop(float(patience))
    print([first])
"""


def lines_of_worker(script: str, *, job: int = 0, patience: str = "wait") -> str:
    """Return what is read from a worker with a job of so many bytes."""
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", WORKER, script, str(job), patience],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def test_a_worker_reads_its_job_and_writes_lines_to_a_pipe_of_its_own() -> None:
    script = (
        "import os, sys\n"
        "print('this is no event')\n"
        "os.write(int(sys.argv[-1]), sys.stdin.buffer.read().upper() + b'\\nend\\n')\n"
    )
    assert lines_of_worker(script, job=3) == "[b'XXX\\n', b'end\\n']\n"


def test_a_worker_that_does_not_read_its_job_is_no_error() -> None:
    assert lines_of_worker("pass", job=10_000_000) == "[b'']\n"


def test_a_worker_that_does_not_end_is_killed() -> None:
    script = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.write(int(sys.argv[-1]), b'ready\\n')\n"
        "time.sleep(1000)\n"
    )
    assert lines_of_worker(script, patience="0.1") == "[b'ready\\n']\n"

"""Somebody's folder with a hostile submission in it, and what is left when that is over."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from tests.checker.waiting import LONG
from tests.hostile.driver import Orders, Outcome
from twidder_cli import processes
from twidder_cli.processes import view

ROOT = Path(__file__).parents[2]

SERVER = "from servers import make\n\napp = make()\n"

_ORDINARY = 54321
"""A user that owns nothing here."""

_RUN = """
import sys
from pathlib import Path

import msgspec

from tests.hostile.driver import Orders
from twidder_cli import processes

job = sys.stdin.buffer.read()
orders = msgspec.json.decode(job, type=Orders)
worker = processes.Worker(
    (sys.executable, "-P", "-m", "tests.hostile.driver"),
    job,
    sandbox=processes.Sandbox(orders.sandbox),
    workspace=Path(orders.workspace),
)
lines = list(worker.lines())
sys.stderr.write(worker.errors())
worker.stop(0.0)
sys.stdout.buffer.writelines(lines)
"""
"""Runs the driver as the runner runs a worker."""


@dataclass(frozen=True)
class Desk:
    """The folder, and the command that makes another command its owner's."""

    folder: Path
    prefix: tuple[str, ...]

    @property
    def lab(self) -> Path:
        """What was handed in."""
        return self.folder / "lab"

    @property
    def workspace(self) -> Path:
        """Where the worker works."""
        return self.folder / "workspace"

    def attack(self, *attacks: str | tuple[str, Any], **orders: Any) -> Outcome:
        """Return what came of attacks; nothing may be left of the server, and all of the lab."""
        asked = Orders(
            folder=str(self.lab),
            workspace=str(self.workspace),
            attacks=[(one, None) if isinstance(one, str) else one for one in attacks],
            **{"sandbox": "full", **orders},
        )
        handed_in = self._files()
        done = self.run(_RUN, msgspec.json.encode(asked))
        assert done.stderr.decode() == ""
        outcome = msgspec.json.decode(done.stdout, type=Outcome)
        assert (outcome.left, self._processes(), self._mounts()) == ([], [], [])
        assert self._files() == handed_in
        return outcome

    def run(self, script: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run a script as the owner."""
        return subprocess.run(  # noqa: S603  our own script
            [*self.prefix, sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            input=given,
            capture_output=True,
            timeout=3 * LONG,
            check=False,
        )

    def _files(self) -> dict[str, bytes]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    def _processes(self) -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                home = process.environ().get("HOME", "")
                if process.status() != psutil.STATUS_ZOMBIE and home.startswith(str(self.folder)):
                    found.append(str(process))
            except psutil.Error:
                continue
        return found

    def _mounts(self) -> list[str]:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if str(self.folder) in line]


@contextmanager
def opened(*, as_ordinary_user: bool) -> Iterator[Desk]:
    """Give somebody a folder with a hostile submission; skips where that can't be done."""
    if as_ordinary_user and os.geteuid() != 0:
        pytest.skip("we are an ordinary user already")
    prefix = _ordinary_user() if as_ordinary_user else ()
    # Not in /tmp, of which a sandbox has its own.
    folder = Path(tempfile.mkdtemp(prefix="twidder-test-", dir="/var/tmp"))
    try:
        folder.chmod(0o755)
        desk = Desk(folder, prefix)
        desk.workspace.mkdir()
        desk.lab.mkdir()
        shutil.copy(ROOT / "tests/hostile/servers.py", desk.lab)
        (desk.lab / "server.py").write_text(SERVER)
        if as_ordinary_user:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _ORDINARY, _ORDINARY)
        yield desk
    finally:
        processes.remove(folder)


@cache
def _ordinary_user() -> tuple[str, ...]:
    """Return the command by which root makes another an ordinary user's, who can reach Python."""
    needed = [Path(sys.base_prefix), Path(sys.prefix), ROOT]
    closed = {above for path in needed for above in path.parents if not _is_open(above)}
    kept = [path for path in needed if not closed.isdisjoint(path.parents)]
    prefix = (
        *("bwrap", "--dev-bind", "/", "/", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
        *(option for path in closed for option in ("--perms", "0755", "--tmpfs", str(path))),
        *(option for path in kept for option in view.at(path, "--ro-bind", str(path))),
        *("--", "setpriv", f"--reuid={_ORDINARY}", f"--regid={_ORDINARY}", "--clear-groups", "--"),
    )
    probe = "from twidder_cli.processes import best_sandbox; print(best_sandbox())"
    done = Desk(ROOT, prefix).run(probe)
    if done.stdout != b"full\n":
        said = (done.stdout + done.stderr).decode()
        pytest.skip(f"AN ORDINARY USER HAS NO FULL SANDBOX HERE: {said}")
    return prefix


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)

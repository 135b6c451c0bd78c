"""Somebody's folder to run `twidder` in, with submissions that take little time."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.checker.waiting import LONG, wait_for

TWIDDER = str(Path(sys.executable).with_name("twidder"))
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    output: str
    errors: str


@dataclass(frozen=True)
class Desk:
    """A folder to work in, with a folder for temporary files that should be empty again."""

    folder: Path

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    def put(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @contextmanager
    def twidder(self, *arguments: str, **env: str) -> Iterator["subprocess.Popen[str]"]:
        with subprocess.Popen(  # noqa: S603  our own command
            [TWIDDER, *arguments],
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.temporary), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def check(self, *arguments: str, **env: str) -> Outcome:
        """Run `twidder check` to its end; nothing may be left behind."""
        return self.run("check", *arguments, **env)

    def run(self, *arguments: str, **env: str) -> Outcome:
        with self.twidder(*arguments, **env) as process:
            output, errors = process.communicate(timeout=LONG)
        assert self.left_behind() == []
        return Outcome(process.returncode, output, errors)

    def wait_for_sign(self) -> None:
        """Wait until a submission has said that it is being started."""

        def has_signed(process: psutil.Process) -> bool:
            # As it sees its folder itself; in a full sandbox nobody else does.
            return Path(f"/proc/{process.pid}/cwd/sign").exists()

        wait_for(lambda: any(map(has_signed, self.at_work())), "a submission's start")

    def at_work(self) -> list[psutil.Process]:
        """Return the processes that have their home in this folder."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                home = process.environ().get("HOME", "")
                if process.status() != psutil.STATUS_ZOMBIE and home.startswith(str(self.folder)):
                    found.append(process)
        return found

    def left_behind(self) -> list[str]:
        """Return temporary files, and processes that work in this folder."""
        return [*(path.name for path in self.temporary.iterdir()), *map(str, self.at_work())]


RIGHT = """
from flask import Flask
app = Flask(__name__)
app.add_url_rule("/", view_func=lambda: app.send_static_file("client.html"))
"""
PAGE = "<!DOCTYPE html><title>Twidder</title>"

SIGNING = """
from pathlib import Path
Path("sign").touch()
"""
"""Says that it is there, in its copy."""

NEVER = f"""
{SIGNING}
import threading
app = None
threading.Event().wait()
"""

ROOT_ONLY = ("--scenario", "lab3/root")


def lab(desk: Desk, text: str, name: str = "lab") -> str:
    desk.put(f"{name}/static/client.html", PAGE)
    desk.put(f"{name}/server.py", text)
    return name

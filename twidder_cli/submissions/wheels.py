"""pip, asked for wheels and nothing else, so that installing runs nothing of a package."""

import re
import sys
import time
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from twidder_cli import processes
from twidder_cli.model.words import printable

_PIP = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input")
_WHEELS = ("install", "--quiet", "--only-binary", ":all:", "--retries", "1", "--timeout", "15")
_TROUBLE = re.compile(r"Retrying \(|Could not fetch URL|connection error|OSError|timed out")
_CAN_NOT = 1  # pip's exit code where it can't do what was asked


class Trouble(Exception):  # noqa: N818  ours or the machine's, told in a note
    """pip can't say what can be had; the text says why, on one line."""


class _Metadata(msgspec.Struct):
    name: str
    version: str


class _Install(msgspec.Struct):
    metadata: _Metadata


class _Report(msgspec.Struct):
    install: list[_Install]


class Wheels:
    """What an index has, for this Python and beside the `constraints`.

    `index` are options of pip that say where packages come from; `folder` is
    empty, for pip to work in; all of it takes at most `patience` seconds.
    """

    def __init__(
        self, folder: Path, constraints: Iterable[str], index: Sequence[str], patience: float
    ) -> None:
        if find_spec("pip") is None:
            raise Trouble("there is no pip where twidder runs; try: python -m ensurepip")
        self._folder = folder
        self._constraints = folder / "constraints.txt"
        self._constraints.write_text("\n".join(constraints), encoding="utf-8")
        self._index = tuple(index)
        self._deadline = time.monotonic() + patience

    def found(self, asked: Sequence[str]) -> dict[str, str] | None:
        """Return names and versions of what would have to be installed; None where that can't be.

        What is installed here already is not in it.
        """
        dry = ("--dry-run", "--report", "-", "--constraint", str(self._constraints))
        done = self._pip(*dry, *self._index, "--", *asked)
        if done is None:
            return None
        report = msgspec.json.decode(done, type=_Report)
        return {one.metadata.name: one.metadata.version for one in report.install}

    def install(self, found: dict[str, str], target: Path) -> None:
        """Install what was found, and nothing that it needs besides."""
        exactly = [f"{name}=={version}" for name, version in found.items()]
        options = ("--no-deps", "--no-compile", "--target", str(target))
        if exactly and self._pip(*options, *self._index, "--", *exactly) is None:
            raise Trouble(f"what the index has could not be installed: {', '.join(exactly)}")

    def _pip(self, *words: str) -> bytes | None:
        """Return what pip prints; None where it can't do it, whatever the circumstances."""
        left = max(self._deadline - time.monotonic(), 0)
        done = processes.run([*_PIP, *_WHEELS, *words], folder=self._folder, timeout=left)
        if done.exit_code == 0:
            return done.output
        if done.exit_code == _CAN_NOT and not _TROUBLE.search(done.errors):
            return None
        last = done.errors.strip().rpartition("\n")[2]
        raise Trouble(printable(last, 300) or f"pip ended with exit code {done.exit_code}")

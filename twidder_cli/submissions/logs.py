"""What a server's log tells: the exception it died of, and its last words for people.

The log is the submission's to write: nothing in it is trusted, and nothing is
shown raw.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twidder_cli.model.words import printable

_LINES = 12
_CHATTER = re.compile(
    r"^[\s~^]+$|\[INFO\]|Shutting down: Master|Worker \(pid:\d+\) exited|"
    r"Reason: (?:Worker|App) failed to|Exception in worker process"
)
_FOREIGN_FRAME = re.compile(r"<frozen |/gunicorn/|/importlib/|/submissions/launch\.py")
_ELSEWHERE = re.compile(r'"/[^"]*/(?:start-\d+/(?:copy|home)|site-packages)/')
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'  File "([^"\n]+)", line (\d+)')
_RAISED = re.compile(r"([A-Za-z_][\w.]*)(?:: (.*))?$")
_NO_FILE = re.compile(r"\[Errno 2\] .*No such file or directory\)?: '(.*)'")
_OF_PYTHON = re.compile(r"^<frozen |/site-packages/|/lib/python3|/submissions/launch\.py$")


@dataclass(frozen=True)
class Frame:
    """A place in a traceback. `is_own`: in the submission's own source."""

    file: str
    line: int

    @property
    def is_own(self) -> bool:
        """Whether it is in the submission's own source, as far as its path tells."""
        return not _OF_PYTHON.search(self.file)

    def is_in_library(self, module: str) -> bool:
        """Whether it is in a module of Python's own library."""
        return self.file == f"<frozen {module}>" or self.file.endswith(f"/{module}.py")

    def __str__(self) -> str:
        """Return file and line as the submission's author knows them."""
        return f"{as_handed_in(self.file)}:{self.line}"


@dataclass(frozen=True)
class Crash:
    """The exception that a program ended with: its full name, what it says, where it came from."""

    name: str
    says: str
    frames: tuple[Frame, ...]

    @property
    def kind(self) -> str:
        """The exception's name without its module."""
        return self.name.rpartition(".")[2]

    @property
    def missing_file(self) -> str:
        """The file that was not found, as the submission's author knows it; '' for none."""
        found = _NO_FILE.search(self.says)
        return as_handed_in(found[1]) if found else ""

    @property
    def module(self) -> str:
        """The top-level module the exception is from; '' for Python's own."""
        return self.name.partition(".")[0] if "." in self.name else ""


def as_handed_in(path: str) -> str:
    """Return a path as the submission's author knows it, without where our copy is."""
    return _ELSEWHERE.sub("", f'"{path}').strip('"')


def crash_in(log: str) -> Crash | None:
    """Return the last exception a log shows; None where there is none."""
    _, found, after = log.rpartition(_TRACEBACK)
    if not found:
        return None
    frames: list[Frame] = []
    for line in after.splitlines()[1:]:
        if frame := _FRAME.match(line):
            frames.append(Frame(frame[1], int(frame[2])))
        elif not line.startswith(" ") and (raised := _RAISED.match(line)):
            return Crash(raised[1], raised[2] or "", tuple(frames))
    return None


def last_words(log: str) -> str:
    """Return the end of a log, made harmless, without what says nothing about the submission."""
    lines = [line for line in _without_frames(log) if line.strip() and not _CHATTER.search(line)]
    short = [_ELSEWHERE.sub('"', line) for line in lines[-_LINES:]]
    return "\n".join(printable(line, 300) for line in short)


def _without_frames(log: str) -> Iterator[str]:
    """Leave the frames of gunicorn and importlib, and the code they show, out of tracebacks."""
    leaving_out = False
    for line in log.splitlines():
        if line.startswith("  File "):
            leaving_out = _FOREIGN_FRAME.search(line) is not None
        elif not line.startswith("    "):
            leaving_out = False
        if not leaving_out:
            yield line

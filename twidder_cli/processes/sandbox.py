"""Sandboxes as command lines: one around a worker of ours, and one around the submission in it."""

import enum
import os
import resource
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from twidder_cli.processes import syscalls, view
from twidder_cli.processes.limits import GIB, Limits

TOOLS = ("choom", "prlimit", "nice")
"""Commands of the system that hold a program to limits."""

_SPACE = 2 * GIB
_DATA = 4 * GIB
"""Of a single process. The stacks of 100 threads are 800 MiB, hardly used."""
_SPARE_TASKS = 50
"""What the kernel allows beyond the limit, so that it is seen to be exceeded."""
USERS = range(61184, 65520)
"""What systemd also takes for users that exist for a while only."""
_OWN_PROCESSES = (
    *("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"),
    *("--mount-proc", "--"),
)


class Sandbox(enum.StrEnum):
    """How a submission is confined, the best way first."""

    FULL = "full"
    """In a small read-only system, and with its worker on a network of their own."""
    SUBMISSION = "submission"
    """In that system, without any network; its worker is not confined."""
    PROCESSES = "processes"
    """It sees no other process and leaves none behind, and that is all."""
    NONE = "none"

    @property
    def has_own_system(self) -> bool:
        """Whether a submission is kept from everybody's files, and root's power from it."""
        return self in {Sandbox.FULL, Sandbox.SUBMISSION}


@dataclass(frozen=True)
class Place:
    """Where a submission runs, and what it may write and read beside the system."""

    folder: Path
    writable: Path
    readable: Sequence[Path] = ()
    home: str = "/"

    @property
    def user(self) -> int:
        """Who it runs as: whoever we are, but nobody in particular when that is root."""
        if os.geteuid() != 0:
            return os.geteuid()
        return USERS[zlib.crc32(os.fsencode(self.writable)) % len(USERS)]


def around_worker(workspace: Path) -> list[str]:
    """Return the command that gives a worker of ours a network and processes of its own.

    It may read what we may, and write in its workspace only, which is in memory
    and of limited size.
    """
    space = min(_SPACE, psutil.virtual_memory().total // 4)
    return [
        *("bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--size", str(space), "--tmpfs", str(workspace), "--"),
    ]


@contextmanager
def around_submission(
    sandbox: Sandbox, place: Place, limits: Limits
) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the command that confines a submission, and the descriptors that it reads."""
    if not sandbox.has_own_system:
        namespace = _OWN_PROCESSES if sandbox is Sandbox.PROCESSES else ()
        yield [*namespace, *_held_to(limits)], []
        return
    with ExitStack() as descriptors:
        made_up = view.made_up(place.user, place.home)
        files = {path: _in_memory(text, descriptors) for path, text in made_up.items()}
        program = _in_memory(syscalls.program(), descriptors)
        command = [
            *("bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
            *("--hostname", "localhost", "--new-session", "--die-with-parent"),
            *(["--unshare-net"] if sandbox is Sandbox.SUBMISSION else []),
            *view.system(),
            *(option for path, file in files.items() for option in _data(file, path)),
            *view.python(),
            *view.read_only(place.readable),
            *view.at(place.writable, "--bind", str(place.writable)),
            *("--remount-ro", "/", "--chdir", str(place.folder), "--seccomp", str(program)),
            *without_power(place.user),
            *_held_to(limits, nproc=limits.tasks + _SPARE_TASKS),
        ]
        yield command, [*files.values(), program]


def _data(descriptor: int, path: str) -> list[str]:
    return ["--perms", "0444", "--ro-bind-data", str(descriptor), path]


def without_power(user: int) -> list[str]:
    """Return the end of bubblewrap's options; root becomes somebody else once all is mounted."""
    if os.geteuid() != 0:
        # No process of bubblewrap's in there: it would be the submission's user's to change.
        return ["--unshare-user", "--as-pid-1", "--"]
    needed = ("CAP_SETUID", "CAP_SETGID", "CAP_DAC_READ_SEARCH")  # the last to enter the folder
    keep = [option for capability in needed for option in ("--cap-add", capability)]
    become = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all")
    return ["--cap-drop", "ALL", *keep, "--", *become, "--"]


def _held_to(limits: Limits, **more: int) -> list[str]:
    """Return the command that has the kernel hold a program to limits, where there is such."""
    if not all(map(shutil.which, TOOLS)):
        return []
    values = {"core": 0, "data": _DATA, "fsize": limits.file, "nofile": limits.open_files, **more}
    return [
        *("choom", "-n", "1000", "--"),  # where memory runs out, it goes first
        *("prlimit", *(f"--{name}={_allowed(name, value)}" for name, value in values.items())),
        *("--", "nice", "-n", "5"),
    ]


def _allowed(name: str, value: int) -> int:
    """Return a limit that may be set: only root may raise one."""
    _, highest = resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))
    return value if highest == resource.RLIM_INFINITY else min(value, highest)


def _in_memory(content: str | bytes, descriptors: ExitStack) -> int:
    """Return the descriptor of a file that has no name; it is closed with the others."""
    descriptor = os.memfd_create("made up")
    descriptors.callback(os.close, descriptor)
    os.write(descriptor, content.encode() if isinstance(content, str) else content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor

"""What this machine can do to confine submissions: found out by trying."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twidder_cli.processes.limits import Limits
from twidder_cli.processes.sandbox import TOOLS, Place, Sandbox, around_submission, around_worker
from twidder_cli.processes.scratch import scratch

_PATIENCE = 20.0
_SWITCHES = {
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel.unprivileged_userns_clone": ("0", "1"),
    "user.max_user_namespaces": ("0", "10000"),
}
"""What keeps ordinary users from namespaces: the value that does, and one that does not."""
_CONTAINERS = ("/.dockerenv", "/run/.containerenv")


@dataclass(frozen=True)
class Ability:
    """Something that grading rests on, most of all a full sandbox.

    `use` is what grading needs it for; `missing` says why it is not there, and is empty
    if it is; `get` is what to do then. `has` tells more of what is there.
    """

    name: str
    use: str
    missing: str = ""
    get: str = ""
    has: str = ""
    is_needed: bool = True


@cache
def best_sandbox() -> Sandbox:
    """Return the best way to confine a submission that works here."""
    return next((sandbox for sandbox in Sandbox if not _why_not(sandbox)), Sandbox.NONE)


def abilities() -> Iterator[Ability]:
    """Try what a full sandbox is made of, one after the other."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    yield Ability(
        name="bubblewrap",
        use="keeps submissions from your files and from each other",
        missing=_failure(["bwrap", "--version"]),
        get="sudo apt install bubblewrap",
    )
    yield Ability(
        name="limits",
        use="the kernel holds submissions to them",
        missing=f"there is no {', '.join(lacking)}" if lacking else "",
        get="sudo apt install util-linux coreutils",
    )
    yield _another_user() if os.geteuid() == 0 else _user_namespaces()
    if shutil.which("bwrap"):
        yield Ability(
            name="network namespaces",
            use="no network but their own, where each has port 5000",
            missing=_failure(["bwrap", "--unshare-net", "--ro-bind", "/", "/", "true"]),
            get=_remedy(),
        )
        yield Ability(
            name="nested sandboxes",
            use="a submission's own inside that of its worker",
            missing=_why_not(Sandbox.FULL),
            get=_remedy(),
        )
    yield Ability(
        name="unshare",
        use="second best: hides other processes, and no more",
        missing=_why_not(Sandbox.PROCESSES),
        get="sudo apt install util-linux",
        is_needed=False,
    )


def _another_user() -> Ability:
    somebody = ("--reuid=61184", "--regid=61184", "--clear-groups")
    return Ability(
        name="another user",
        use="submissions do not run as root, although you do",
        missing=_failure(["setpriv", *somebody, "true"]),
        get="grade as an ordinary user",
    )


def _user_namespaces() -> Ability:
    return Ability(
        name="user namespaces",
        use="bubblewrap needs them when you are not root",
        missing=_failure(["unshare", "--user", "--map-root-user", "true"]),
        get=_remedy(),
    )


def _remedy() -> str:
    """Return what lets a sandbox be made, as far as it is known what prevents it."""
    for switch, (off, on) in _SWITCHES.items():
        file = Path("/proc/sys", switch.replace(".", "/"))
        if file.exists() and file.read_text().strip() == off:
            return f"sudo sysctl -w {switch}={on}"
    if any(Path(file).exists() for file in _CONTAINERS):
        return "start the container with --privileged"
    return "see docs/sandbox.md"


@cache
def _why_not(sandbox: Sandbox) -> str:
    """Return what keeps Python from starting in a sandbox; empty if nothing does."""
    with scratch() as folder:
        around = around_worker(folder) if sandbox is Sandbox.FULL else []
        with around_submission(sandbox, Place(folder, folder), Limits()) as (command, read):
            return _failure([*around, *command, sys.executable, "-I", "-c", ""], read)


def _failure(argv: Sequence[str], keep: Sequence[int] = ()) -> str:
    """Return the last words of a command that fails; empty if it succeeds."""
    try:
        done = subprocess.run(  # noqa: S603
            argv, capture_output=True, pass_fds=keep, timeout=_PATIENCE, check=False
        )
    except FileNotFoundError:
        return f"there is no {argv[0]}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    words = done.stderr.decode("utf-8", "backslashreplace").strip().splitlines()
    return (words or [f"exit code {done.returncode}"])[-1] if done.returncode else ""

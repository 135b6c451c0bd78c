"""What of this machine a submission sees: programs, libraries, and nothing that is anybody's."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from twidder_cli.processes.limits import MIB

_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = (
    "alternatives",
    "ca-certificates",
    "crypto-policies",
    "ld.so.cache",
    "localtime",
    "mime.types",
    "pki/ca-trust",
    "pki/tls/certs",
    "ssl/certs",
    "ssl/openssl.cnf",
)
_INSTALLATION = ("bin", "lib", "lib64", "pyvenv.cfg")
_TEMPORARY = str(64 * MIB)


def system() -> list[str]:
    """Return bubblewrap's options for a small system; only /tmp and /dev/shm can be written."""
    temporary = ("--perms", "1777", "--size", _TEMPORARY, "--tmpfs")
    return [
        *("--ro-bind", "/usr", "/usr"),
        *(option for name in _TOP for option in _alias(Path("/", name))),
        *read_only(Path("/etc", name) for name in _ETC),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *(*temporary, "/dev/shm", *temporary, "/tmp"),  # noqa: S108  the submission's own
    ]


def _alias(path: Path) -> list[str]:
    """Return a folder of the top as it is here: a link into /usr, or a folder."""
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return read_only([path])


def python() -> list[str]:
    """Return bubblewrap's options for this Python and its packages, wherever they are."""
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)))
    packages = [Path(path) for path in sys.path if path.endswith("-packages")]
    shown = [
        *(Path(prefix, name) for prefix in prefixes for name in _INSTALLATION),
        *packages,
        *(one.resolve() for path in packages for one in path.iterdir() if one.is_symlink()),
    ]
    links = [
        link
        for link in _links(Path(sys.executable))
        if not any(link.is_relative_to(path) for path in shown)
    ]
    return read_only(path for path in (*shown, *links) if not path.is_relative_to("/usr"))


def _links(path: Path) -> Iterator[Path]:
    """Yield where a link leads to, and where that leads to, up to what is no link."""
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / path.readlink()))
        yield path


def read_only(paths: Iterable[Path]) -> list[str]:
    """Return bubblewrap's options for what is seen where it is, if it is there."""
    return [option for path in paths for option in at(path, "--ro-bind-try", str(path))]


def at(path: Path, *options: str) -> list[str]:
    """Return options that end with a path, after those for the folders above it.

    Folders that bubblewrap makes unasked are open to root only.
    """
    above = [option for one in reversed(path.parents[:-1]) for option in ("--dir", str(one))]
    return [*above, *options, str(path)]


def made_up(user: int, home: str) -> dict[str, str]:
    """Return, by path, what would tell of this machine and its people if it were its own."""
    return {
        "/etc/passwd": f"root:x:0:0::/:/bin/false\nstudent:x:{user}:{user}::{home}:/bin/sh\n",
        "/etc/group": f"root:x:0:\nstudent:x:{user}:\n",
        "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "/etc/resolv.conf": "",
    }

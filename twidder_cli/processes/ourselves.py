"""What a process of ours does to itself."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Mapping, Sequence
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


def become(argv: Sequence[str], env: Mapping[str, str], keep: Sequence[int] = ()) -> NoReturn:
    """Replace this process by another program, which inherits the descriptors in `keep`."""
    for descriptor in keep:
        os.set_inheritable(descriptor, True)
    os.execve(argv[0], list(argv), dict(env))  # noqa: S606  no shell is wanted


def close_to_others() -> None:
    """Let no process of the same user look into this one or open its descriptors."""
    _prctl(_PR_SET_DUMPABLE, 0)


def end_with_parent() -> None:
    """Have this process killed when its parent dies; nothing where the system can't do that."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none of them escapes."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)

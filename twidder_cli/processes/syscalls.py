"""A filter of system calls for bubblewrap: a program as seccomp(2) describes it.

It refuses what gets around other limits: memory that no process is seen to use,
namespaces to have privileges in, and sockets that no network namespace confines.
No web server needs them.
"""

import errno
import platform
import struct

_NUMBERS = {
    "x86_64": (0xC000003E, 56, 41, (29, 64, 68, 248, 249, 250, 272, 298, 308, 319, 321, 323)),
    "aarch64": (0xC00000B7, 220, 198, (194, 190, 186, 217, 218, 219, 97, 241, 268, 279, 280, 282)),
}
"""The machine's own number, clone, socket, and what is refused: shmget, semget, msgget,
add_key, request_key, keyctl, unshare, perf_event_open, setns, memfd_create, bpf and
userfaultfd. From linux/audit.h and asm/unistd.h."""

_REFUSED = (425, 447)  # io_uring_setup, memfd_secret: the same everywhere
_CLONE3 = 435
_X32 = 0x40000000
_NEW_USER = 0x10000000
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink

_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
_LOAD, _EQUALS, _REACHES, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000


def program() -> bytes:
    """Return the filter for this machine; empty where its numbers are not known."""
    if platform.machine() not in _NUMBERS:
        return b""
    machine, clone, socket, refused = _NUMBERS[platform.machine()]
    return b"".join(
        (
            _load(_MACHINE),
            _unless(_EQUALS, machine, _refuse(errno.ENOSYS)),
            _load(_NUMBER),
            _when(_REACHES, _X32, _refuse(errno.ENOSYS)),
            # A filter can't see its flags; the C library takes clone instead.
            _when(_EQUALS, _CLONE3, _refuse(errno.ENOSYS)),
            *(_when(_EQUALS, call, _refuse(errno.EPERM)) for call in (*refused, *_REFUSED)),
            _when(
                _EQUALS,
                clone,
                _load(_FIRST_ARGUMENT) + _when(_HAS, _NEW_USER, _refuse(errno.EPERM)) + _allow(),
            ),
            _when(
                _EQUALS,
                socket,
                _load(_FIRST_ARGUMENT)
                + b"".join(_when(_EQUALS, family, _allow()) for family in _FAMILIES)
                + _refuse(errno.EAFNOSUPPORT),
            ),
            _allow(),
        )
    )


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, offset)


def _allow() -> bytes:
    return _instruction(_RETURN, _ALLOW)


def _refuse(error: int) -> bytes:
    return _instruction(_RETURN, _REFUSE | error)


def _when(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, if_not=len(then) // 8) + then


def _unless(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, if_so=len(then) // 8) + then


def _instruction(code: int, value: int, *, if_so: int = 0, if_not: int = 0) -> bytes:
    """Return one step; a test steps over as many of the next ones as it is told."""
    return struct.pack("=HBBI", code, if_so, if_not, value)

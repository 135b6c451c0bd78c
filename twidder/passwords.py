"""Passwords are kept as Argon2id hashes, and hashing is kept from taking the machine over."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from werkzeug.security import check_password_hash

from twidder.errors import BusyError

TURN_PATIENCE = 20.0
"""Seconds that a request waits for its turn."""

_ARGON2ID = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""What OWASP recommends first: 19 MiB, two passes, one lane.

It takes a quarter of the time of scrypt with N=2^15, r=8, p=1, which was here
before it and is a third of what OWASP recommends of scrypt.
"""


class Hasher:
    """Hashes passwords and compares them; each call takes 19 MiB and most of a core."""

    def __init__(self) -> None:
        self._nobody = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What to keep of a password."""
        return _ARGON2ID.hash(password)

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; never for None (nobody), after the same work."""
        return _matches(password, kept or self._nobody) and kept is not None


class Passwords:
    """Lends the hasher to a few at once."""

    def __init__(self, at_once: int | None = None, patience: float = TURN_PATIENCE) -> None:
        self._turns = threading.BoundedSemaphore(at_once or min(os.cpu_count() or 1, 4))
        self._patience = patience
        self._hasher = Hasher()

    @contextmanager
    def turn(self) -> Iterator[Hasher]:
        """Wait for the hasher; raises BusyError where that takes too long."""
        if not self._turns.acquire(timeout=self._patience):
            raise BusyError("The server is busy with other people's passwords.")
        try:
            yield self._hasher
        finally:
            self._turns.release()


def is_outdated(kept: str) -> bool:
    """Whether the password should be hashed anew, as soon as it is known."""
    return _is_scrypt(kept) or _ARGON2ID.check_needs_rehash(kept)


def _matches(password: str, kept: str) -> bool:
    if _is_scrypt(kept):
        return check_password_hash(kept, password)
    try:
        return _ARGON2ID.verify(kept, password)
    except VerifyMismatchError:
        return False


def _is_scrypt(kept: str) -> bool:
    """Whether it was kept by a Twidder of before Argon2id."""
    return kept.startswith("scrypt:")

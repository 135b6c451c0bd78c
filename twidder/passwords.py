"""Passwords are kept as scrypt hashes, and hashing is kept from taking the machine over."""

import os
import secrets
import threading

from werkzeug.security import check_password_hash, generate_password_hash


class Passwords:
    """Hashes passwords, a few at once: each hash takes 32 MiB and most of a core's attention."""

    def __init__(self, at_once: int | None = None) -> None:
        self._turns = threading.BoundedSemaphore(at_once or min(os.cpu_count() or 1, 4))
        self._nobody = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What to keep of a password."""
        with self._turns:
            return generate_password_hash(password, method="scrypt")

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; never for None (nobody), after the same work."""
        with self._turns:
            right = check_password_hash(kept or self._nobody, password)
        return right and kept is not None

"""The one-session rule: who signs in has the only valid session, and an earlier one is over."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from twidder.errors import NotSignedInError
from twidder.store import Store

LIFETIME = 30 * 24 * 3600
"""Seconds after which a session is over, though nobody signed in or out."""


@dataclass(frozen=True)
class Started:
    """A new session's token, and the session that ended because of it."""

    token: str
    expired_session_id: str | None


def session_id(token: str) -> str:
    """The name of a token's session, valid or not; the token can't be told from it."""
    return sha256(token.encode()).hexdigest()


class Sessions:
    """Starting, finding and ending sessions. Tokens are never kept, only their session ids."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def start(self, email: str) -> Started:
        """Start the user's session in place of the earlier one, in one transaction."""
        token = secrets.token_urlsafe(32)
        expired = self._store.replace_session(email, session_id(token), int(self._clock()))
        return Started(token, expired)

    def user_of(self, session: str) -> str:
        """The e-mail address of the session's user."""
        email = self._user_of(session)
        if email is None:
            raise NotSignedInError("You are not signed in.")
        return email

    def is_valid(self, session: str) -> bool:
        """Whether this is its user's session at this moment."""
        return self._user_of(session) is not None

    def end(self, session: str) -> None:
        """End a session on its user's wish."""
        if not self._store.end_session(session):
            raise NotSignedInError("You are not signed in.")

    def _user_of(self, session: str) -> str | None:
        return self._store.session_user(session, int(self._clock()) - LIFETIME)

"""The rules about users: who may sign up, and who somebody is."""

import re

from twidder.errors import (
    BadInputError,
    NotSignedInError,
    TakenError,
    UnknownUserError,
    WrongPasswordError,
)
from twidder.passwords import Passwords
from twidder.store import Profile, Store

MIN_PASSWORD_LENGTH = 8

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Accounts:
    """Signing up, proving to be somebody, and looking people up."""

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    def sign_up(self, profile: Profile, password: str) -> None:
        """Make an account; its fields are kept exactly as they came."""
        if not _EMAIL.fullmatch(profile.email):
            raise BadInputError("The e-mail address is not well-formed.")
        _check_length(password)
        if not self._store.add_user(profile, self._passwords.hash(password)):
            raise TakenError("There is a user with this e-mail address already.")

    def authenticate(self, email: str, password: str) -> None:
        """Pass for the user's own password; say the same to a stranger as to a wrong password."""
        if not self._passwords.matches(password, self._store.password_of(email)):
            raise NotSignedInError("Wrong e-mail address or password.")

    def change_password(self, email: str, old: str, new: str) -> None:
        """Replace the password of a user who knows the old one."""
        _check_length(new)
        if not self._passwords.matches(old, self._store.password_of(email)):
            raise WrongPasswordError("The old password is wrong.")
        self._store.set_password(email, self._passwords.hash(new))

    def profile(self, email: str) -> Profile:
        """What everybody may know about a user."""
        profile = self._store.profile(email)
        if profile is None:
            raise UnknownUserError
        return profile


def _check_length(password: str) -> None:
    if len(password) < MIN_PASSWORD_LENGTH:
        raise BadInputError(f"A password has at least {MIN_PASSWORD_LENGTH} characters.")

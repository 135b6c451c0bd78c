"""The rules about users: who may sign up, and who somebody is."""

from twidder.attempts import Attempts
from twidder.errors import ForbiddenError, NotSignedInError, TakenError, UnknownUserError
from twidder.limits import check_email, check_new_password
from twidder.passwords import Hasher, Passwords, is_outdated
from twidder.store import Profile, Store


class Accounts:
    """Signing up, proving to be somebody, and looking people up."""

    def __init__(self, store: Store, passwords: Passwords, attempts: Attempts) -> None:
        self._store = store
        self._passwords = passwords
        self._attempts = attempts

    def sign_up(self, profile: Profile, password: str) -> None:
        """Make an account; its fields are kept exactly as they came."""
        check_email(profile.email)
        check_new_password(password)
        with self._passwords.turn() as hasher:
            kept = hasher.hash(password)
        if not self._store.add_user(profile, kept):
            raise TakenError("There is a user with this e-mail address already.")

    def authenticate(self, email: str, password: str, address: str) -> None:
        """Pass for the user's own password; say the same to a stranger as to a wrong password."""
        with self._passwords.turn() as hasher:
            kept = self._compare(hasher, email, password, address)
            if kept is None:
                raise NotSignedInError("Wrong e-mail address or password.")
            if is_outdated(kept):
                self._store.replace_password(email, kept, hasher.hash(password))

    def change_password(self, email: str, old: str, new: str, address: str) -> None:
        """Replace the password of a user who knows the old one."""
        check_new_password(new)
        with self._passwords.turn() as hasher:
            kept = self._compare(hasher, email, old, address)
            if kept is None or not self._store.replace_password(email, kept, hasher.hash(new)):
                raise ForbiddenError("The old password is wrong.")

    def profile(self, email: str) -> Profile:
        """What everybody may know about a user."""
        profile = self._store.profile(email)
        if profile is None:
            raise UnknownUserError
        return profile

    def _compare(self, hasher: Hasher, email: str, password: str, address: str) -> str | None:
        """What is kept of the password if it is right; raises TooManyAttemptsError.

        Few have the hasher at a time, and only they ask whether the limit is
        reached: many guesses made at once would all ask before the first counts.
        """
        self._attempts.check(email, address)
        kept = self._store.password_of(email)
        if not hasher.matches(password, kept):
            self._attempts.failed(email, address)
            return None
        self._attempts.succeeded(email, address)
        return kept

"""The users of one scenario: fresh accounts that every validator accepts."""

import random
import string
from collections.abc import Iterable, Mapping

from twidder_cli.engine.symbols import Symbols


class Cast:
    """Who takes part, and what they know: addresses, passwords, messages, made-up tokens.

    The same seed gives the same values. What they look like was seen to be
    accepted everywhere: letters only, a real domain, ten characters of all
    classes as the password.
    """

    def __init__(self, users: Iterable[str], symbols: Symbols, seed: str) -> None:
        self._symbols = symbols
        self._random = random.Random(seed)  # noqa: S311  accounts that live for seconds
        self._profiles = {user: self._profile(user) for user in users}
        self._passwords: dict[str, str] = {}
        self._newest: dict[str, str] = {}
        for user, profile in self._profiles.items():
            for field in ("email", "firstname", "familyname"):
                symbols.define(f"{user}.{field}", profile[field])
            self._passwords[user] = self.new_password(user)

    def profile(self, user: str) -> Mapping[str, str]:
        """Return what the user fills in when signing up."""
        return {**self._profiles[user], "password": self._passwords[user]}

    def password(self, user: str) -> str:
        """Return the password that is valid now."""
        return self._passwords[user]

    def accept_new_password(self, user: str) -> None:
        """Take note that the server accepted the password that was made last."""
        self._passwords[user] = self._newest[user]

    def new_password(self, user: str, password: str | None = None) -> str:
        """Return a password, a fresh one unless given.

        It is named `anna.password`, then `anna.password.2` and so on.
        """
        if password is None:
            password = "Aa1!" + self._letters(6)
        self._newest[user] = password
        number = len(self._symbols.names(f"{user}.password")) + 1
        name = f"{user}.password" if number == 1 else f"{user}.password.{number}"
        self._symbols.define(name, password)
        return password

    def message(self, user: str, text: str | None = None) -> str:
        """Return a message, a fresh one unless given, named `anna.message.1` and so on."""
        if text is None:
            text = f"Hello from {user}, {self._letters(8)} {self._letters(6)}"
        number = len(self._symbols.names(f"{user}.message.")) + 1
        self._symbols.define(f"{user}.message.{number}", text)
        return text

    def made_up_token(self, like: str) -> str:
        """Return a token nobody was given, of the same form as `like`; named `made-up.token`."""
        known = self._symbols.value("made-up.token")
        if known is not None:
            return known
        token = "".join(self._similar(character) for character in like or "x" * 32)
        self._symbols.define("made-up.token", token)
        return token

    def _profile(self, user: str) -> dict[str, str]:
        return {
            "email": f"{user[:12]}{self._letters(10)}@liu.se",
            "firstname": user.capitalize() + self._letters(5),
            "familyname": self._letters(8).capitalize(),
            "gender": "Female",
            "city": "Linkoping",
            "country": "Sweden",
        }

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(string.ascii_lowercase, k=count))

    def _similar(self, character: str) -> str:
        for alphabet in (string.digits, "abcdef", string.ascii_lowercase, string.ascii_uppercase):
            if character in alphabet:
                return self._random.choice(alphabet)
        return character

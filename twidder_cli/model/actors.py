"""Who takes part in a scenario."""

import re
from typing import Self

ACTOR_PATTERN = r"^[a-z][a-z0-9]{0,15}@[a-z][a-z0-9-]{0,23}$"


class Actor(str):
    """Someone using Twidder from one place: `anna@laptop`.

    A `str`, so that it is its own name in messages, keys and JSON.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the actor named `text`; raises ValueError when that is no actor's name."""
        if not re.fullmatch(ACTOR_PATTERN, text):
            raise ValueError(f"expected an actor such as 'anna@laptop', got {text!r}")
        return cls(text)

    @property
    def user(self) -> str:
        """The account: `anna`."""
        return self.partition("@")[0]


CONTROL = Actor("carol@control")
"""Signed in and connected before the first trigger, in no way concerned by it.

What she hears before it is this server's noise; what she hears for the first
time after it was sent to everybody.
"""

VISITOR = Actor("carl@control")
"""Comes and goes before the first trigger, so that the control actor hears what that brings."""

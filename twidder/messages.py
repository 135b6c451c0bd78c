"""The rules about walls: everybody has one, and every user may write on it."""

from twidder.errors import UnknownUserError
from twidder.limits import NEWEST
from twidder.store import Message, Store


class Messages:
    """What is written on whose wall."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def post(self, *, writer: str, wall: str, content: str) -> None:
        """Write on a user's wall; the content is kept exactly as it came."""
        if self._store.profile(wall) is None:
            raise UnknownUserError
        self._store.add_message(writer=writer, wall=wall, content=content)

    def on_wall(self, email: str) -> list[Message]:
        """What is on a user's wall, newest first."""
        if self._store.profile(email) is None:
            raise UnknownUserError
        return self._store.messages(email, NEWEST)

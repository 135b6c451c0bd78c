"""What the routes work with, found through the Flask application that handles a request."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from twidder.accounts import Accounts
from twidder.messages import Messages
from twidder.push import Sockets
from twidder.sessions import Sessions

_KEY = "twidder"


@dataclass(frozen=True)
class Parts:
    """The rules, the sockets to push to, and whether all of it works."""

    accounts: Accounts
    messages: Messages
    sessions: Sessions
    sockets: Sockets
    database_answers: Callable[[], bool]

    def init_app(self, app: Flask) -> None:
        """Make these the parts of the application."""
        app.extensions[_KEY] = self

    @classmethod
    def of(cls, app: Flask = current_app) -> "Parts":
        """The parts of the application, by default of the one that handles this request."""
        parts: Parts = app.extensions[_KEY]
        return parts

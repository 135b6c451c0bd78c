"""The reference Twidder: accounts, walls, and one valid session per user."""

from flask import Flask

from twidder import routes
from twidder.accounts import Accounts
from twidder.messages import Messages
from twidder.parts import Parts
from twidder.passwords import Passwords
from twidder.push import Sockets
from twidder.sessions import Sessions
from twidder.settings import Settings
from twidder.store import Store

MAX_BODY = 1024 * 1024
"""Bytes of a request that are read; a longer one is refused."""


def create_app(settings: Settings) -> Flask:
    """Build the application: what is kept, the rules over it, and the edge around them."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY

    store = Store(settings.database)
    parts = Parts(
        accounts=Accounts(store, Passwords()),
        messages=Messages(store),
        sessions=Sessions(store),
        sockets=Sockets(limit=settings.socket_limit),
    )
    parts.init_app(app)
    routes.init_app(app)
    return app

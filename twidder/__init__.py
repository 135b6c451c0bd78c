"""The reference Twidder: accounts, walls, and one valid session per user."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from twidder import routes
from twidder.accounts import Accounts
from twidder.attempts import Attempts
from twidder.limits import MAX_BODY
from twidder.messages import Messages
from twidder.parts import Parts
from twidder.passwords import Passwords
from twidder.push import Sockets
from twidder.sessions import Sessions
from twidder.settings import Settings
from twidder.store import Store


def create_app(settings: Settings) -> Flask:
    """Build the application: what is kept, the rules over it, and the edge around them."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider

    store = Store(settings.database)
    parts = Parts(
        accounts=Accounts(store, Passwords(), Attempts()),
        messages=Messages(store),
        sessions=Sessions(store),
        sockets=Sockets(limit=settings.socket_limit),
        database_answers=store.answers,
    )
    parts.init_app(app)
    routes.init_app(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    return app

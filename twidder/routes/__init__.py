"""The HTTP and WebSocket edge: it reads requests, asks the rules, and words the replies."""

from flask import Flask

from twidder.routes import (
    accounts,
    failures,
    headers,
    health,
    messages,
    pages,
    requests_log,
    socket,
)


def init_app(app: Flask) -> None:
    """Give the application its routes, and what all of them have in common."""
    app.config["SOCK_SERVER_OPTIONS"] = socket.SERVER_OPTIONS
    requests_log.init_app(app)
    failures.init_app(app)
    headers.init_app(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(messages.blueprint)
    app.register_blueprint(socket.blueprint)
    app.register_blueprint(health.blueprint)

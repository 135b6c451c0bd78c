"""The HTTP and WebSocket edge: it reads requests, asks the rules, and words the replies."""

from flask import Flask

from twidder.routes import accounts, failures, messages, pages, socket


def init_app(app: Flask) -> None:
    """Give the application its routes, and its way of saying that something is wrong."""
    app.config["SOCK_SERVER_OPTIONS"] = socket.SERVER_OPTIONS
    failures.init_app(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(messages.blueprint)
    app.register_blueprint(socket.blueprint)

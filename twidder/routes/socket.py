"""The WebSocket: a signed-in client waits here for news of its session."""

from typing import NoReturn

from flask import Blueprint, Response, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import ProtocolError

from twidder.parts import Parts
from twidder.push import BROKEN, REFUSED, SILENT, Connection, Line
from twidder.routes.edge import answer
from twidder.sessions import session_id

GREETING_PATIENCE = 10.0
"""Seconds a client has to send its token."""

SERVER_OPTIONS = {
    "ping_interval": 30,  # finds out about clients that vanished without closing
    "max_message_size": 4096,  # a token is short, and nothing else is sent to us
}

blueprint = Blueprint("socket", __name__)
sock = Sock()


@blueprint.before_request
def own_the_line() -> None:
    """Put our TCP connection in the place where the library looks for the server's."""
    for place in ("gunicorn.socket", "werkzeug.socket"):
        if place in request.environ:
            request.environ[place] = Line(request.environ[place])


@blueprint.errorhandler(ProtocolError)
def bad_handshake(_: Exception) -> Response:
    """Answer what asks for a WebSocket and is no proper handshake."""
    return answer("This is not a proper WebSocket handshake.", status=400)


@sock.route("/ws", bp=blueprint)  # type: ignore[untyped-decorator]  # it has no types
def ws(websocket: Server) -> None:
    """Serve one socket, from its token to its end."""
    connection = Connection(websocket)
    try:
        with Parts.of().sockets.holding(connection):
            _serve(connection)
    except ConnectionClosed:
        pass
    except Exception:
        connection.end(BROKEN)
        raise
    finally:
        connection.wait_until_closed()


def _serve(connection: Connection) -> NoReturn:
    greeting = connection.receive(GREETING_PATIENCE)
    if greeting is None:
        connection.end(SILENT)
    elif isinstance(greeting, bytes) or not _admit(connection, session_id(greeting)):
        connection.end(REFUSED)
    while True:  # nothing more is asked of us; this ends with ConnectionClosed
        connection.receive()


def _admit(connection: Connection, session: str) -> bool:
    # Registered first, checked after: a sign-in in between finds the socket, or
    # has made its session invalid before we look.
    parts = Parts.of()
    parts.sockets.register(connection, session)
    return parts.sessions.is_valid(session)

"""The WebSocket: a signed-in client waits here for news of its session."""

from typing import NoReturn
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import ProtocolError

from twidder.errors import BusyError, ForbiddenError
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
def refuse_foreign_pages() -> None:
    """Only a page of ours may connect, and what is no browser and names none."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        raise ForbiddenError("This socket is not for pages of other servers.")


@blueprint.before_request
def take_a_place() -> None:
    """Turn away one socket too many while it is a request: a socket would need a thread."""
    if not Parts.of().sockets.take_place():
        current_app.logger.warning("a socket was turned away: all places are taken")
        raise BusyError("There are too many open sockets.")
    g.has_place = True


@blueprint.teardown_request
def give_the_place_back(_: BaseException | None) -> None:
    """Let the next one in."""
    if g.pop("has_place", False):
        Parts.of().sockets.give_place_back()


@blueprint.before_request
def prepare_the_handshake() -> None:
    """Put our TCP connection in the place where the library looks for the server's."""
    for place in ("gunicorn.socket", "werkzeug.socket"):
        if place in request.environ:
            request.environ[place] = Line(request.environ[place])
    # The library would agree to compression: memory for each socket, and for what inflates.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


@blueprint.errorhandler(ProtocolError)
def bad_handshake(error: ProtocolError) -> Response:
    """Answer what asks for a WebSocket and is no proper handshake."""
    hint = getattr(error, "event_hint", None)
    advised = getattr(hint, "status_code", 400)  # 426 for another version of the protocol
    response = answer("This is not a proper WebSocket handshake.", status=advised)
    response.headers["Sec-WebSocket-Version"] = "13"
    return response


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
        code = connection.farewell.code if connection.farewell else None
        g.details = {"status": 101, "farewell": code}  # for the log


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

"""What gunicorn can't read never becomes a request, and gunicorn answers it in HTML."""

import json
import socket

from gunicorn import util


def refuse_malformed_requests_in_json() -> None:
    """Let gunicorn word such an answer like the application words its own."""
    util.write_error = _write_error


def _write_error(connection: socket.socket, status: int, reason: str, _: str) -> None:
    # Gunicorn's message quotes the request, which may hold a token.
    message = f"This can't be read as an HTTP request: {reason}."
    body = json.dumps({"success": False, "message": message}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/json\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(connection, head.encode() + body)

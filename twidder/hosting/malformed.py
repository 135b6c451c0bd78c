"""What gunicorn can't read never becomes a request of ours, and it would answer it in HTML."""

import json
import logging
import socket

from gunicorn import util


def refuse_malformed_requests_in_json() -> None:
    """Let gunicorn word such an answer like the application words its own, and quote nothing.

    What it quotes of the request, to the client and in its log, may hold a token.
    """
    util.write_error = _write_error
    logging.getLogger("gunicorn.error").addFilter(_quotes_no_request)


def _write_error(connection: socket.socket, status: int, reason: str, _: str) -> None:
    _log(connection, status)
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


def _log(connection: socket.socket, status: int) -> None:
    try:
        remote = connection.getpeername()
    except OSError:
        return  # it has gone; gunicorn will see
    details = {"status": status, "remote": remote[0] if remote else ""}
    logging.getLogger("twidder").warning("malformed request", extra={"details": details})


def _quotes_no_request(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Invalid request from ")

"""Every error is answered in JSON, also the ones that no route has a part in."""

import json

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from twidder.errors import RefusedError
from twidder.routes.edge import answer

CHALLENGE = 'Bearer realm="Twidder"'
"""What a 401 has to say about the way to authenticate (RFC 9110, 11.6.1)."""


def init_app(app: Flask) -> None:
    """Let the application word its errors like its replies."""
    app.url_map.merge_slashes = False  # a redirect would be answered in HTML
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)


def _refused(error: RefusedError) -> Response:
    response = answer(error.message, status=error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http_error(error: HTTPException) -> Response:
    # Keeps the headers that belong to the status, like the Allow of a 405.
    response = current_app.make_response(error.get_response())
    response.data = json.dumps({"success": False, "message": error.description or error.name})
    response.content_type = "application/json"
    return response


def _our_fault(error: Exception) -> Response:
    # Flask would log the path, which may hold an e-mail address.
    current_app.logger.error("something went wrong", exc_info=error)
    return answer("Something went wrong on the server.", status=500)

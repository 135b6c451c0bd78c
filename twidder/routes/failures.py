"""Every error is answered in JSON, also the ones that no route has a part in."""

import json

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException, InternalServerError

from twidder.errors import RefusedError
from twidder.routes.edge import answer


def init_app(app: Flask) -> None:
    """Let the application word its errors like its replies."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    # Flask has logged what happened before it comes here.
    app.register_error_handler(InternalServerError, _our_fault)


def _refused(error: RefusedError) -> Response:
    return answer(error.message, status=error.status)


def _http_error(error: HTTPException) -> Response:
    # Keeps the headers that belong to the status, like the Allow of a 405.
    response = current_app.make_response(error.get_response())
    response.data = json.dumps({"success": False, "message": error.description or error.name})
    response.content_type = "application/json"
    return response


def _our_fault(_: InternalServerError) -> Response:
    return answer("Something went wrong on the server.", status=500)

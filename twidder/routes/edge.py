"""How requests are read and replies are worded, the same for every route."""

from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from twidder.errors import BadInputError, NotSignedInError
from twidder.limits import MAX_BODY, check_length
from twidder.parts import Parts
from twidder.sessions import session_id


@dataclass(frozen=True)
class Caller:
    """Who makes this request, and in which session."""

    email: str
    session_id: str


def answer(message: str, data: Any = None, *, status: int = 200) -> Response:
    """Word a reply; there is `data` in it where there is any."""
    body = {"success": status < 400, "message": message}
    if data is not None:
        body["data"] = data
    response = jsonify(body)
    response.status_code = status
    return response


def caller() -> Caller:
    """Find out who makes this request; raises NotSignedInError without a valid token."""
    # The lab sends the bare token, and we challenge for Bearer (RFC 6750).
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        raise NotSignedInError("You are not signed in: the request has no token.")
    session = session_id(token)
    return Caller(Parts.of().sessions.user_of(session), session)


def address() -> str:
    """Where this request comes from."""
    return request.remote_addr or ""


def fields(*names: str) -> dict[str, str]:
    """Read these fields of the request's JSON object; each is text, not blank, not too long."""
    body = _json()
    if not isinstance(body, dict):
        raise BadInputError("The request's body has to be a JSON object.")
    return {name: _text(body, name) for name in names}


def _json() -> Any:
    # Of a body that doesn't say how long it is, Werkzeug reads so much and no more.
    if len(request.get_data()) >= MAX_BODY:
        raise RequestEntityTooLarge
    try:
        return request.get_json()
    except (BadRequest, RecursionError) as error:  # the latter: nested thousands deep
        raise BadInputError("The request's body is not JSON that can be read.") from error


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInputError(f"The field '{name}' has to be text that is not blank.")
    # JSON can spell half a character ("\ud800"), which no encoding can write down.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadInputError(f"The field '{name}' holds half a character.")
    check_length(name, value)
    return value

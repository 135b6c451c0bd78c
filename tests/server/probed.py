"""The application of twidder.server, which in addition tells whose token it has checked.

A pong doesn't say that the greeting before it was handled; tests of the push have
to know before they go on.
"""

from flask import Response, jsonify

from twidder.server import app
from twidder.sessions import Sessions

__all__ = ["app"]

_checked: list[str] = []
_is_valid = Sessions.is_valid


def _noted(self: Sessions, session: str) -> bool:
    valid = _is_valid(self, session)
    _checked.append(session)
    return valid


setattr(Sessions, "is_valid", _noted)  # noqa: B010  a method is replaced on purpose


@app.get("/probe/checked")
def checked() -> Response:
    return jsonify(_checked)

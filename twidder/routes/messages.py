"""The functions about walls."""

from dataclasses import asdict

from flask import Blueprint, Response

from twidder.parts import Parts
from twidder.routes.edge import answer, caller, fields

blueprint = Blueprint("messages", __name__)


@blueprint.post("/post_message")
def post_message() -> Response:
    """Write on a wall, in the name of the token's user."""
    writer = caller().email
    message = fields("email", "message")
    Parts.of().messages.post(writer=writer, wall=message["email"], content=message["message"])
    return answer("The message is posted.", status=201)


@blueprint.get("/get_user_messages_by_token")
def get_user_messages_by_token() -> Response:
    """Read the own wall."""
    return _wall(caller().email)


@blueprint.get("/get_user_messages_by_email/<path:email>")
def get_user_messages_by_email(email: str) -> Response:
    """Read somebody's wall."""
    caller()
    return _wall(email)


def _wall(email: str) -> Response:
    messages = Parts.of().messages.on_wall(email)
    return answer("Here are the messages.", [asdict(message) for message in messages])

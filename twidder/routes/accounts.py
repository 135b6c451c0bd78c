"""The functions about users and their sessions."""

from dataclasses import asdict

from flask import Blueprint, Response

from twidder.parts import Parts
from twidder.push import SIGNED_OUT
from twidder.routes.edge import address, answer, caller, fields
from twidder.store import Profile

blueprint = Blueprint("accounts", __name__)


@blueprint.post("/sign_up")
def sign_up() -> Response:
    """Make an account."""
    user = fields("email", "password", "firstname", "familyname", "gender", "city", "country")
    password = user.pop("password")
    Parts.of().accounts.sign_up(Profile(**user), password)
    return answer("You have signed up.", status=201)


@blueprint.post("/sign_in")
def sign_in() -> Response:
    """Start a session, end the earlier one, and tell its sockets."""
    parts = Parts.of()
    credentials = fields("username", "password")
    email = credentials["username"]
    parts.accounts.authenticate(email, credentials["password"], address())
    started = parts.sessions.start(email)
    if started.expired_session_id:
        parts.sockets.log_out(started.expired_session_id)
    return answer("You are signed in.", started.token)


@blueprint.delete("/sign_out")
def sign_out() -> Response:
    """End the session; its sockets are of no more use."""
    parts = Parts.of()
    session = caller().session_id
    parts.sessions.end(session)
    parts.sockets.end_session(session, SIGNED_OUT)
    return answer("You are signed out.")


@blueprint.put("/change_password")
def change_password() -> Response:
    """Replace the password; the session goes on."""
    email = caller().email
    passwords = fields("oldpassword", "newpassword")
    Parts.of().accounts.change_password(
        email, passwords["oldpassword"], passwords["newpassword"], address()
    )
    return answer("The password is changed.")


@blueprint.get("/get_user_data_by_token")
def get_user_data_by_token() -> Response:
    """Who is signed in."""
    return _user_data(caller().email)


@blueprint.get("/get_user_data_by_email/<path:email>")
def get_user_data_by_email(email: str) -> Response:
    """Who somebody else is."""
    caller()
    return _user_data(email)


def _user_data(email: str) -> Response:
    return answer("Here is the user.", asdict(Parts.of().accounts.profile(email)))

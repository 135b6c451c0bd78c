"""Submissions along the axes in which real ones differ, and what is to be learned of each."""

from dataclasses import dataclass, field
from typing import Any

from tests.checker.learn.submissions import INPUTS, ROUTES, Style
from twidder_cli.model.contract import SocketPlace, TokenPlace

CAMEL = {
    "sign_up": "POST /signUp",
    "sign_in": "POST /signIn",
    "sign_out": "POST /signOut",
    "change_password": "POST /changePassword",
    "get_user_data_by_token": "GET /getUserDataByToken",
    "get_user_data_by_email": "GET /getUserDataByEmail/<email>",
    "get_user_messages_by_token": "GET /getUserMessagesByToken",
    "get_user_messages_by_email": "GET /getUserMessagesByEmail/<email>",
    "post_message": "POST /postMessage",
}
REST = {
    "sign_up": "POST /api/users",
    "sign_in": "POST /api/session",
    "sign_out": "DELETE /api/session",
    "change_password": "PUT /api/users/me/password",
    "get_user_data_by_token": "GET /api/users/me",
    "get_user_data_by_email": "GET /api/users/<email>",
    "get_user_messages_by_token": "GET /api/users/me/messages",
    "get_user_messages_by_email": "GET /api/users/<email>/messages",
    "post_message": "POST /api/users/<email>/messages",
}
SYNONYMS = {
    "sign_up": "POST /user/register",
    "sign_in": "POST /user/login",
    "sign_out": "POST /user/logout",
    "change_password": "PUT /user/update_pw",
    "get_user_data_by_token": "GET /user/profile",
    "get_user_data_by_email": "GET /user/find/<mail>",
    "get_user_messages_by_token": "GET /user/wall",
    "get_user_messages_by_email": "GET /user/wall/<mail>",
    "post_message": "POST /user/post",
}
VIEWS = {name: f"f{number}" for number, name in enumerate(ROUTES)}
OPAQUE = {name: f"{route.split()[0]} /x{n}" for n, (name, route) in enumerate(ROUTES.items())}
IN_QUERY = {
    "get_user_data_by_email": "GET /get_user_data_by_email",
    "get_user_messages_by_email": "GET /get_user_messages_by_email",
}
BEARER = 'request.headers.get("Authorization", "").removeprefix("Bearer ")'
ONLY_BEARER = '(request.headers.get("Authorization", "") + " ").split("Bearer ")[-1].strip() if "Bearer" in request.headers.get("Authorization", "") else None'


@dataclass(frozen=True)
class Case:
    """A style, and where what is learned of it differs from the common contract."""

    style: Style
    requests: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    handed: str = "json:data"
    token: TokenPlace | None = TokenPlace(header="Authorization")
    socket: SocketPlace = SocketPlace(path="/ws", greeting="{token}")

"""What a submission calls things, and the contract that says so."""

import json
from typing import Any

from tests.submissions.axes import NONE, Combination
from twidder_cli.model.contract import (
    FUNCTIONS,
    INPUTS,
    Contract,
    Operation,
    SocketPlace,
    TokenPlace,
)

BY_EMAIL = ("get_user_data_by_email", "get_user_messages_by_email")

NEW_FIELD = {
    "oldpassword": "newpassword",
    "old_password": "new_password",
    "oldPassword": "newPassword",
    "password": "newPassword",
}
"""What the new password is called, by what the old one is."""

REPEATED_FIELD = "repeatpassword"

COOKIE = "twidder_session"

SECRET_INPUTS: dict[str, tuple[str, ...]] = {
    "sign_up": ("password",),
    "sign_in": ("email", "password"),
    "change_password": ("old", "new"),
}
"""What is encrypted, where anything is."""

TOKEN_HEADER = {
    "raw": "Authorization",
    "bearer": "Authorization",
    "auth": "auth",
    "token": "token",
    "underscore": "user_token",
    "cookie": "Cookie",
}
"""The header's name as the server reads it and its page sends it."""

TOKEN_PLACES = {
    "data": "json:data",
    "token": "json:token",
    "access_token": "json:access_token",
    "bare": "json:",
    "header": "header:Authorization",
    "nested": "json:data.token",
    "cookie": f"cookie:{COOKIE}",
}

GREETINGS: dict[str, Any] = {
    "raw": "{token}",
    "json": {"token": "{token}"},
    "json-typed": {"type": "authenticate", "token": "{token}"},
    "query": None,
    "path": None,
    "cookie": None,
    "signed": None,
}

_REST = {
    "sign_up": "/api/users",
    "sign_in": "/api/sessions",
    "sign_out": "/api/sessions",
    "change_password": "/api/users/me/password",
    "get_user_data_by_token": "/api/users/me",
    "get_user_data_by_email": "/api/users",
    "get_user_messages_by_token": "/api/users/me/messages",
    "get_user_messages_by_email": "/api/messages",
    "post_message": "/api/messages",
}

_REST_WITH_EMAIL = {
    "get_user_data_by_email": "/api/users/{email}",
    "get_user_messages_by_email": "/api/users/{email}/messages",
}

_REST_VIEWS = {
    "sign_up": "create_user",
    "sign_in": "log_in",
    "sign_out": "log_out",
    "change_password": "update_password",
    "get_user_data_by_token": "me",
    "get_user_data_by_email": "show_user",
    "get_user_messages_by_token": "my_messages",
    "get_user_messages_by_email": "list_messages",
    "post_message": "create_message",
}


def view_name(c: Combination, function: str) -> str:
    """Return what the Python function is called that serves one of the nine."""
    if c.routes == "rest":
        return _REST_VIEWS[function]
    return _camel(function) if c.routes == "camel" else function


def method(c: Combination, function: str) -> str:
    """Return the method of a function's request."""
    if function in BY_EMAIL and c.email_place == "body":
        return "PUT"
    return {
        "sign_out": c.sign_out,
        "change_password": c.change_password,
        "sign_up": "POST",
        "sign_in": "POST",
        "post_message": "POST",
    }.get(function, "GET")


def path(c: Combination, function: str) -> str:
    """Return a function's path as its route has it, `{email}` where the address stands in it."""
    with_email = function in BY_EMAIL and c.email_place == "path"
    if c.routes == "rest":
        if function == "sign_out" and c.sign_out == "POST":
            return "/api/sessions/end"
        return _REST_WITH_EMAIL[function] if with_email else _REST[function]
    written = {
        "camel": f"/{_camel(function)}",
        "kebab": f"/{function.replace('_', '-')}",
        "prefix": f"/user/{function}",
    }.get(c.routes, f"/{function}")
    return f"{written}{'/{email}' * with_email}{'/' * (c.routes == 'slash')}"


def fields(c: Combination, function: str) -> dict[str, str]:
    """Return the keys of a function's JSON body, each with the input it holds; none: no body."""
    match function:
        case "sign_up":
            own = {name: name for name in INPUTS["sign_up"]}
            return own | ({REPEATED_FIELD: "password"} if c.extra_fields == "repeated" else {})
        case "sign_in":
            return {c.login_field: "email", "password": "password"}
        case "change_password":
            return {c.old_field: "old", NEW_FIELD[c.old_field]: "new"}
        case "post_message":
            return {c.recipient_field: "email", c.message_field: "message"}
        case _ if function in BY_EMAIL and c.email_place == "body":
            return {"email": "email"}
        case _:
            return {}


def encrypted_fields(c: Combination, function: str) -> list[str]:
    """Return the keys of a function's body whose values are encrypted."""
    secret = SECRET_INPUTS.get(function, ()) if c.secrecy == "encrypted" else ()
    return [key for key, held in fields(c, function).items() if held in secret]


def secret(c: Combination) -> frozenset[str]:
    """Return what only the page can do, functions and "connect": no contract can say how."""
    match c.secrecy:
        case "signed":
            return frozenset(FUNCTIONS[2:])
        case "signed-greeting":
            return frozenset({*FUNCTIONS[2:], "connect"})
        case "encrypted":
            return frozenset(SECRET_INPUTS)
        case _:
            return frozenset()


def notice(c: Combination) -> Any:
    """Return what is said at a logout, decoded where it is JSON; None: the socket is closed."""
    if c.notice == NONE:
        return None
    return json.loads(c.notice) if c.notice.startswith("{") else c.notice


def contract(c: Combination) -> Contract:
    """Return the contract of a submission, without a mistake in it, as far as one can say it."""
    return Contract(
        name="truth",
        operations={function: _operation(c, function) for function in FUNCTIONS},
        token=_token(c),
        socket=SocketPlace(
            path=_socket_path(c),
            greeting=_greeting(c),
            headers={"Cookie": _IN_COOKIE} if c.greeting == "cookie" else {},
        ),
    )


_IN_COOKIE = f"{COOKIE}={{token}}"


def _token(c: Combination) -> TokenPlace | None:
    if c.token_sent == "signature":
        return None
    # gunicorn drops names with an underscore, and WSGI knows no difference to a dash.
    header = TOKEN_HEADER[c.token_sent].replace("_", "-")
    value = {"bearer": "Bearer {token}", "cookie": _IN_COOKIE}.get(c.token_sent, "{token}")
    return TokenPlace(header=header, value=value)


def _operation(c: Combination, function: str) -> Operation:
    by_email = c.email_place if function in BY_EMAIL else ""
    query = "?email={email}" if by_email == "query" else ""
    body = {key: f"{{{held}}}" for key, held in fields(c, function).items()}
    return Operation(
        request=f"{method(c, function)} {path(c, function)}{query}",
        json=body or None,
        headers={"email": "{email}"} if by_email == "header" else {},
        token=TOKEN_PLACES[c.token_reply] if function == "sign_in" else None,
    )


def _socket_path(c: Combination) -> str:
    return c.socket_path + {"query": "?token={token}", "path": "/{token}"}.get(c.greeting, "")


def _greeting(c: Combination) -> Any:
    return "{email}" if c.mistake == "email-greeting" else GREETINGS[c.greeting]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))

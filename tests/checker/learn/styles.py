"""Submissions along the axes in which real ones differ, and what is to be learned of each."""

from dataclasses import dataclass, field

import msgspec

from tests.checker.learn.submissions import ROUTES, Style
from twidder_cli.load.library import find_contract
from twidder_cli.model.contract import Contract, Operation, SocketPlace, TokenPlace

PROFILE = ("email", "firstname", "familyname", "gender", "city", "country", "password")
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
    "get_user_data_by_email": "GET /user/find/<path:email>",
    "get_user_messages_by_token": "GET /user/wall",
    "get_user_messages_by_email": "GET /user/wall/<path:email>",
    "post_message": "POST /user/post",
}
OPAQUE = {
    name: route.replace(f"/{name}", f"/x{number}")
    for number, (name, route) in enumerate(ROUTES.items())
}
SLASHED = {name: f"{route}/" for name, route in ROUTES.items()}
ASKING = {
    "get_user_data_by_email": "/get_user_data_by_email",
    "get_user_messages_by_email": "/get_user_messages_by_email",
}
IN_BODY = {name: f"PUT {path}" for name, path in ASKING.items()}
IN_QUERY = {name: f"GET {path}" for name, path in ASKING.items()}
POSTED = {name: f"POST {route.split()[1]}" for name, route in ROUTES.items()}

NAMES = {
    "sign_up": {"firstname": "first_name", "familyname": "lastName", "password": "psw"},
    "sign_in": {"email": "email"},
    "change_password": {"old": "old_password", "new": "newPassword"},
    "post_message": {"email": "to_email", "message": "content"},
}
BEARER = '(request.headers.get("Authorization") or "").removeprefix("Bearer ")'
COOKIE = '(jsonify(success=True), 200, {"Set-Cookie": f"sid={token}; Path=/; HttpOnly"})'
SPOKEN = 'json.loads(socket.receive() or "{}")'


@dataclass(frozen=True)
class Case:
    """A style, and where what is to be learned of it differs from the common contract.

    Requests and bodies follow from the style's routes and keys, but for `learns`.
    """

    style: Style
    learns: dict[str, Operation] = field(default_factory=dict)
    handed: str = "json:data"
    header: str = "Authorization"
    value: str = "{token}"
    path: str = "/ws"
    greeting: object = "{token}"
    cookie: str = ""

    @property
    def contract(self) -> Contract:
        """The contract that is to be learned."""
        common = find_contract(None)
        operations = {
            name: self.learns.get(name) or _operation(self.style, name, operation)
            for name, operation in common.operations.items()
            if name not in self.style.left_out
        }
        sign_in = msgspec.structs.replace(operations["sign_in"], token=self.handed)
        return Contract(
            operations={**operations, "sign_in": sign_in},
            token=TokenPlace(header=self.header, value=self.value) if self.header else None,
            socket=SocketPlace(
                path=self.path,
                greeting=self.greeting,
                headers={"Cookie": self.cookie} if self.cookie else {},
            )
            if self.path
            else None,
            absent=frozenset([*self.style.left_out, *([] if self.path else ["connect"])]),
        )


def _operation(style: Style, name: str, common: Operation) -> Operation:
    request = style.routes.get(name, ROUTES[name])
    for rule in ("<email>", "<path:email>"):
        request = request.replace(rule, "{email}")
    keys = style.keys.get(name, {})
    body = {
        keys.get(value[1:-1], key): value
        for key, value in (common.json or {}).items()
        if value not in request
    }
    return Operation(request=request, json=body if common.json else None)


def at(request: str, **more: object) -> Operation:
    """Return an operation."""
    return msgspec.convert({"request": request, **more}, Operation)


def _in_query(operation: Operation) -> Operation:
    return msgspec.structs.replace(operation, request=f"{operation.request}?token={{token}}")


def _in_body(operation: Operation) -> Operation:
    body = {**(operation.json or {}), "token": "{token}"}
    return Operation(request=f"POST {operation.path}", json=body)


_ENTRANCE = {"sign_up", "sign_in"}
_COMMON = find_contract(None).operations
_WITH_TOKEN = {name: one for name, one in _COMMON.items() if name not in _ENTRANCE}

CASES: dict[str, Case] = {
    # routes
    "common": Case(Style()),
    "camel case": Case(Style(routes=CAMEL, told="socket")),
    "REST": Case(Style(routes=REST)),
    "synonyms": Case(Style(routes=SYNONYMS, keys={"change_password": {"old": "password"}})),
    "paths that say nothing": Case(Style(routes=OPAQUE)),
    "trailing slashes": Case(Style(routes=SLASHED)),
    # names and places of inputs
    "other keys": Case(Style(keys=NAMES)),
    "a repeated password, and no other key": Case(
        Style(strict=True, again="repeatPassword"),
        learns={
            "sign_up": at(
                "POST /sign_up",
                json={**{name: f"{{{name}}}" for name in PROFILE}, "repeatPassword": "{password}"},
            )
        },
    ),
    "forms": Case(
        Style(where={"*": "form"}),
        learns={
            name: Operation(request=operation.request, form=operation.json, token=operation.token)
            for name, operation in _COMMON.items()
            if operation.json
        },
    ),
    "addresses in the query": Case(
        Style(
            routes=IN_QUERY,
            where=dict.fromkeys(IN_QUERY, "query"),
            keys={name: {"email": "user"} for name in IN_QUERY},
        ),
        learns={name: at(f"{request}?user={{email}}") for name, request in IN_QUERY.items()},
    ),
    "addresses in a header": Case(
        Style(routes=IN_QUERY, where=dict.fromkeys(IN_QUERY, "headers")),
        learns={
            name: at(request, headers={"email": "{email}"}) for name, request in IN_QUERY.items()
        },
    ),
    "addresses in a body": Case(
        Style(routes=IN_BODY),
        learns={name: at(request, json={"email": "{email}"}) for name, request in IN_BODY.items()},
    ),
    # the token
    "access_token and Bearer": Case(
        Style(handed="jsonify(access_token=token)", sent=BEARER),
        handed="json:access_token",
        value="Bearer {token}",
    ),
    "nested, and in its own header": Case(
        Style(
            handed='jsonify({"data": {"user": "me", "token": token}})',
            sent='request.headers["token"] if "token" in request.headers else None',
        ),
        handed="json:data.token",
        header="token",
    ),
    "a bare text of JSON": Case(Style(handed="jsonify(token)"), handed="json:"),
    "plain text": Case(Style(handed="token"), handed="text:"),
    "in a header of the reply": Case(
        Style(handed='(jsonify(success=True), 200, {"Authorization": token})'),
        handed="header:Authorization",
    ),
    "a header with an underscore": Case(
        Style(sent='request.headers.get("user_token")'), header="user-token"
    ),
    "a cookie": Case(
        Style(
            handed=COOKIE,
            sent='request.cookies.get("sid")',
            greeting='request.cookies.get("sid")',
        ),
        handed="cookie:sid",
        header="Cookie",
        value="sid={token}",
        greeting=None,
        cookie="sid={token}",
    ),
    "in the query": Case(
        Style(sent='request.args.get("token")'),
        learns={name: _in_query(operation) for name, operation in _WITH_TOKEN.items()},
        header="",
    ),
    "in the body": Case(
        Style(routes=POSTED, sent='(request.get_json(silent=True) or {}).get("token")'),
        learns={name: _in_body(operation) for name, operation in _WITH_TOKEN.items()},
        header="",
    ),
    # the socket
    "a greeting in JSON": Case(
        Style(socket="/socket", greeting=SPOKEN, look_up='greeting.get("token")', told="poll"),
        path="/socket",
        greeting={"token": "{token}"},
    ),
    "a greeting with a type": Case(
        Style(
            socket="/api/live",
            greeting=SPOKEN,
            look_up='greeting["data"] if greeting["type"] == "login" else None',
        ),
        path="/api/live",
        greeting={"type": "login", "data": "{token}"},
    ),
    "the token in the socket's query": Case(
        Style(socket="/sock", greeting='request.args.get("token")', notice="socket.close()"),
        path="/sock?token={token}",
        greeting=None,
    ),
    "the token in the socket's path": Case(
        Style(socket="/connect/<key>", greeting="key"), path="/connect/{token}", greeting=None
    ),
    "an address as the greeting": Case(
        Style(socket="/echo", look_up="core.token_of(greeting)"), path="/echo", greeting="{email}"
    ),
    "an address in JSON as the greeting": Case(
        Style(
            socket="/profileview",
            greeting=SPOKEN,
            look_up='core.token_of(greeting.get("email"))',
            told="socket",
        ),
        path="/profileview",
        greeting={"email": "{email}"},
    ),
    # the source
    "helper functions": Case(Style(source="helper", sent=BEARER), value="Bearer {token}"),
    "decorators": Case(
        Style(source="decorator", sent='request.headers.get("x-access-token")'),
        header="x-access-token",
    ),
    "a source that shows nothing": Case(Style(source="hidden")),
    "a source that shows nothing, and other keys": Case(
        Style(
            source="hidden",
            keys={
                **NAMES,
                "sign_up": {"firstname": "first_name", "familyname": "lastName"},
                "change_password": {"old": "old_password", "new": "new_password"},
            },
        )
    ),
    # what is not there
    "no change_password": Case(Style(left_out=("change_password",))),
    "no socket": Case(Style(socket=""), path=""),
}

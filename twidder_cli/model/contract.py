"""How one submission names things: operations, fields, the token's place, the socket."""

from typing import Any

from twidder_cli.model import Noun

FUNCTIONS = (
    "sign_up",
    "sign_in",
    "sign_out",
    "change_password",
    "get_user_data_by_token",
    "get_user_data_by_email",
    "get_user_messages_by_token",
    "get_user_messages_by_email",
    "post_message",
)
"""The lab's nine functions, in the order in which it lists them."""

READING = FUNCTIONS[4:8]
"""The functions that hand over data and change nothing."""

MESSAGES = FUNCTIONS[6:8]
"""The functions that hand over a wall, which may be empty."""

INPUTS: dict[str, tuple[str, ...]] = {
    "sign_up": ("email", "password", "firstname", "familyname", "gender", "city", "country"),
    "sign_in": ("email", "password"),
    "change_password": ("old", "new"),
    "get_user_data_by_email": ("email",),
    "get_user_messages_by_email": ("email",),
    "post_message": ("email", "message"),
}
"""The placeholders a function's request may use, beside `{token}`."""


class Operation(Noun):
    """One function as a request: `POST /sign_in` with a JSON body of placeholders.

    `token` says where the reply hands over the token: `json:data`, `json:`
    (the whole body) or `header:Authorization`.
    """

    request: str
    json: Any = None
    headers: dict[str, str] = {}
    token: str | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.split()[0]

    @property
    def path(self) -> str:
        """The path, with placeholders."""
        return self.request.split()[1]


class TokenPlace(Noun):
    """The request header that carries the token, and how it is written there."""

    header: str
    value: str = "{token}"


class SocketPlace(Noun):
    """The WebSocket's path, and the first message sent on it (None: none)."""

    path: str
    greeting: Any = None


class Contract(Noun):
    """Operation -> method, path, fields. It maps names, never expectations.

    `vouched`: an operator gave this contract for this submission, so a
    function that does not answer as named is the submission's fault. Otherwise
    it may be that the names are wrong, and the verdict is unclear.
    """

    operations: dict[str, Operation]
    token: TokenPlace
    socket: SocketPlace
    name: str = "common"
    vouched: bool = False

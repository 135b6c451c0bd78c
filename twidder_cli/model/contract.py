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

OPEN = FUNCTIONS[:2]
"""The functions that are for everybody, and want no token."""

READING = FUNCTIONS[4:8]
"""The functions that hand over data and change nothing."""

HANDING_OVER = ("sign_in", *READING[:2])
"""The functions that always hand something over: a token, or a user's data."""

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
"""What a caller may give to a function; as placeholders, its request may use them."""

PLACE_PATTERN = r"json:[\w.-]*|text:|(?:header|cookie):[\w-]+"
"""A place in a reply: where it hands over a token, or what a step captures."""

PLACES = "'json:data', 'header:Authorization' or 'cookie:session'"
"""Places as messages name them."""

CALLER = ("email", "own", "token")
"""The placeholders that any request may use, beside its inputs.

`own` is the caller's address; so is `email`, where the function is given none.
"""


class Operation(Noun):
    """One function as a request: `POST /sign_in` with a body of placeholders, JSON or a form.

    `token` says where the reply hands over the token: `json:data`, `json:`
    (the whole body is a JSON text), `text:` (it is plain text),
    `header:Authorization` or `cookie:session`.
    """

    request: str
    json: Any = None
    form: dict[str, str] | None = None
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
    """The WebSocket's path, the headers of its handshake, and its first message (None: none)."""

    path: str
    greeting: Any = None
    headers: dict[str, str] = {}


class Contract(Noun):
    """Operation -> method, path, fields. It maps names, never expectations.

    `vouched`: an operator gave this contract for this submission, so a
    function that does not answer as named is the submission's fault. Otherwise
    it may be that the names are wrong, and the verdict is unclear.

    `token` is None where the operations say themselves where they want it.
    `absent` are functions that the server is known not to have, "connect"
    among them where there is no `socket`.
    """

    operations: dict[str, Operation]
    token: TokenPlace | None = None
    socket: SocketPlace | None = None
    absent: frozenset[str] = frozenset()
    name: str = "common"
    vouched: bool = False

"""Routes that a server may have whose table is not known: the common ones, and their kin."""

from collections.abc import Iterator, Sequence

from twidder_cli.learn.names import STRONG, Guess, Names
from twidder_cli.model.contract import FUNCTIONS, Contract, Operation
from twidder_cli.model.routes import Route

_NAMES: dict[str, tuple[str, ...]] = {
    "sign_up": ("POST sign up", "POST register", "POST users", "POST user"),
    "sign_in": ("POST sign in", "POST login", "POST session", "POST sessions"),
    "sign_out": (
        *("DELETE sign out", "POST sign out", "POST logout", "DELETE logout"),
        *("DELETE session", "PUT sign out", "GET sign out", "GET logout"),
    ),
    "change_password": (
        *("PUT change password", "POST change password", "PUT password", "PATCH change password"),
        *("PUT update password", "POST update password"),
    ),
    "get_user_data_by_token": (
        *("GET get user data by token", "GET get user data", "GET user", "GET me", "GET profile"),
        *("GET get user by token", "GET get user", "GET users"),
    ),
    "get_user_data_by_email": (
        *("GET get user data by email <email>", "GET get user data by email"),
        *("GET user <email>", "GET users <email>", "GET get user by email <email>"),
        *("GET get user data <email>", "GET profile <email>"),
    ),
    "get_user_messages_by_token": (
        *("GET get user messages by token", "GET get user messages", "GET messages"),
        *("GET get messages", "GET get messages by token", "GET wall", "GET posts"),
    ),
    "get_user_messages_by_email": (
        *("GET get user messages by email <email>", "GET get user messages by email"),
        *("GET messages <email>", "GET get messages by email <email>", "GET get messages <email>"),
        *("GET get user messages <email>", "GET wall <email>", "GET posts <email>"),
    ),
    "post_message": (
        *("POST post message", "POST message", "POST messages", "POST send message"),
        *("POST post", "POST posts", "POST wall"),
    ),
}
_PREFIXES = ("", "/api", "/user", "/users", "/server")
_SOCKETS = (
    *("/ws", "/sock", "/socket", "/websocket", "/connect", "/echo", "/session", "/api/ws"),
    *("/api/socket", "/socket_connect", "/profileview", "/login", "/logout", "/sockets"),
)


def guessed(common: Contract) -> Names:
    """Return guesses of routes: the common contract's first, then names in all styles."""
    chosen = {name: _common(common, name) for name in FUNCTIONS}
    return Names(
        guesses={name: (chosen[name], *_kin(name)) for name in FUNCTIONS},
        chosen=chosen,
        is_whole=False,
    )


def guessed_sockets(common: Contract) -> list[Route]:
    """Return routes that may be for a WebSocket."""
    first = (common.socket.path,) if common.socket else ()
    return [Route(rule=path, websocket=True) for path in dict.fromkeys((*first, *_SOCKETS))]


def alike(guesses: Sequence[Guess], sign_up: Operation | None) -> list[Guess]:
    """Return the guesses that are named in the style of a known sign_up; all, without one."""
    if sign_up is None:
        return list(guesses)
    known = _style(sign_up.path)
    near = [guess for guess in guesses if _style(guess.route.rule)[0] == known[0]]
    return sorted(near or guesses, key=lambda guess: _style(guess.route.rule) != known)


def _style(path: str) -> tuple[str, bool, bool, bool]:
    """Return a path's prefix, and how words are kept apart in it."""
    path = path.partition("/<")[0]
    prefix, _, name = path.rpartition("/")
    return prefix, "_" in name, "-" in name, name != name.lower()


def _common(common: Contract, function: str) -> Guess:
    operation = common.operations[function]
    rule = operation.path.replace("{email}", "<email>")
    return Guess(Route(rule=rule, methods=(operation.method,)), operation.method, STRONG)


def _kin(function: str) -> Iterator[Guess]:
    for prefix in _PREFIXES:
        for name in _NAMES[function]:
            method, *words = name.split()
            yield from (
                Guess(Route(rule=f"{prefix}/{path}", methods=(method,)), method, 1.0)
                for path in _styles(words)
            )


def _styles(words: list[str]) -> Iterator[str]:
    """Yield words as paths: snake case, camel case, nothing between, kebab case."""
    argument = "/" + words[-1] if words[-1].startswith("<") else ""
    plain = words[:-1] if argument else words
    camel = plain[0] + "".join(word.capitalize() for word in plain[1:])
    forms = ("_".join(plain), camel, "".join(plain), "-".join(plain))
    yield from (form + argument for form in dict.fromkeys(forms))

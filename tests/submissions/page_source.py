"""The page of a submission: what a browser needs to use a server of that contract."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.submissions.names import COOKIE, SECRET_INPUTS
from tests.submissions.rendering import FOLDER, rendered
from twidder_cli.model.contract import INPUTS, Contract, Operation

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_TOKEN = 'localStorage.getItem("token")'

ORIGINS = {
    "localhost": "http://localhost:5000",
    "cloud": "https://twidder-anna-bob.example.com",
}
"""Where a page looks for its server that does not look where it is from itself."""


@dataclass(frozen=True)
class Habits:
    """What a page does in its own way; the values are those of the axes."""

    session: str = "stored"
    secrecy: str = "none"
    afterwards: str = "shows"
    dials: str = "own"


USUAL = Habits()


def files(
    contract: Contract, *, transport: str, notice: Any, token_header: str, habits: Habits = USUAL
) -> dict[str, str]:
    """Return the page's files by name.

    `transport` is "xhr" or "fetch"; `notice` what is said at a logout, decoded where it is JSON
    (None: the socket is closed without a word); `token_header` the header's name as the page
    spells it, where it sends the token in one.
    """
    assert contract.socket is not None
    place = contract.operations["sign_in"].token or "json:data"
    value = contract.token.value if contract.token else ""
    words = {
        "transport": transport,
        "habits": habits,
        "is_signing": habits.secrecy.startswith("signed"),
        "cookie": json.dumps(f"{COOKIE}="),
        "server": json.dumps(ORIGINS["localhost"]) if habits.dials == "localhost" else "",
        "sockets": _sockets(habits.dials),
        "notice": notice,
        "is_notice": _is_notice(notice),
        "header": json.dumps(token_header),
        "header_value": _expression(value, {"token": _TOKEN}),
        "functions": [_function(name, one, habits) for name, one in contract.operations.items()],
        "socket_path": _path(contract.socket.path, {}),
        "greeting": _greeting(contract.socket.greeting, habits),
        "mentions_email": "{email}" in json.dumps(contract.socket.greeting),
        "token": _token(place),
    }
    copied = {name: (FOLDER / name).read_text() for name in ("client.html", "client.css")}
    return {**copied, "client.js": rendered("client.js.jinja", words)}


def _sockets(dials: str) -> str:
    """Return the JavaScript expression of the origin that sockets are opened at."""
    origin = ORIGINS.get(dials)
    return json.dumps(origin.replace("http", "ws")) if origin else '"ws://" + location.host'


def _function(name: str, operation: Operation, habits: Habits) -> dict[str, Any]:
    """Return what the template needs to write one of the nine functions."""
    inputs = INPUTS.get(name, ())
    names = {"old": "oldOne", "new": "newOne"}  # `new` is a word of the language
    known = {given: names.get(given, given) for given in inputs}
    secret = SECRET_INPUTS.get(name, ()) if habits.secrecy == "encrypted" else ()
    written = known | {given: f"await encrypted({known[given]})" for given in secret}
    method, path = json.dumps(operation.method), _path(operation.path, known)
    body = "null" if operation.json is None else _object(operation.json, written)
    headers = _object(operation.headers, known)
    is_signed = habits.secrecy.startswith("signed")
    if name in {"sign_up", "sign_in"} or habits.session != "stored":
        is_signed = False
    elif is_signed:
        headers = f"await signed({method}, {path}, {body}, {headers})"
    else:
        headers = f"signed({headers})"
    return {
        "name": _camel(name),
        "inputs": list(known.values()),
        "method": method,
        "path": path,
        "body": body,
        "headers": headers,
        "is_async": is_signed or bool(secret),
    }


def _is_notice(notice: Any) -> str:
    if isinstance(notice, dict):
        key, value = next(iter(notice.items()))
        return f"read(event.data)[{json.dumps(key)}] === {json.dumps(value)}"
    return f"event.data === {json.dumps(notice)}"


def _greeting(greeting: Any, habits: Habits) -> str:
    if habits.secrecy == "signed-greeting":
        return "JSON.stringify(await signedGreeting())"
    if greeting is None:
        return ""
    if isinstance(greeting, str):
        return _expression(greeting, {})
    return f"JSON.stringify({_object(greeting, {})})"


def _token(place: str) -> str:
    kind, _, where = place.partition(":")
    if kind == "cookie":
        return ""
    if kind == "header":
        return f"header({json.dumps(where)})"
    return ".".join(["reply", *filter(None, where.split("."))])


def _object(template: dict[str, Any], names: dict[str, str]) -> str:
    held = [
        f"{json.dumps(key)}: "
        + (_object(one, names) if isinstance(one, dict) else _expression(one, names))
        for key, one in template.items()
    ]
    return "{ " + ", ".join(held) + " }" if held else "{}"


def _path(template: str, names: dict[str, str]) -> str:
    """Return the JavaScript expression of a path, without the slash that a redirect adds."""
    return _expression(template.rstrip("/"), names, "encodeURIComponent({})")


def _expression(template: str, names: dict[str, str], quoting: str = "{}") -> str:
    """Return the JavaScript expression for a text with placeholders."""
    parts: Sequence[str] = _PLACEHOLDER.split(template)
    written = [
        quoting.format(names.get(part, part)) if number % 2 else json.dumps(part)
        for number, part in enumerate(parts)
        if number % 2 or part
    ]
    return " + ".join(written) or '""'


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))

"""The page of a submission: what a browser needs to use a server of that contract."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.submissions.rendering import FOLDER, rendered
from twidder_cli.model.contract import INPUTS, Contract, Operation

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_TOKEN = 'localStorage.getItem("token")'


def files(contract: Contract, *, transport: str, notice: Any, token_header: str) -> dict[str, str]:
    """Return the page's files by name.

    `transport` is "xhr" or "fetch"; `notice` what is said at a logout, decoded where it is JSON
    (None: the socket is closed without a word); `token_header` the header's name as the page
    spells it.
    """
    assert contract.token is not None
    assert contract.socket is not None
    place = contract.operations["sign_in"].token or "json:data"
    words = {
        "transport": transport,
        "notice": notice,
        "is_notice": _is_notice(notice),
        "header": json.dumps(token_header),
        "header_value": _expression(contract.token.value, {"token": _TOKEN}),
        "functions": [_function(name, one) for name, one in contract.operations.items()],
        "socket_path": _path(contract.socket.path, {}),
        "greeting": _greeting(contract.socket.greeting),
        "mentions_email": "{email}" in json.dumps(contract.socket.greeting),
        "token": _token(place),
    }
    copied = {name: (FOLDER / name).read_text() for name in ("client.html", "client.css")}
    return {**copied, "client.js": rendered("client.js.jinja", words)}


def _function(name: str, operation: Operation) -> dict[str, Any]:
    """Return what the template needs to write one of the nine functions."""
    inputs = INPUTS.get(name, ())
    names = {"old": "oldOne", "new": "newOne"}  # `new` is a word of the language
    known = {given: names.get(given, given) for given in inputs}
    headers = _object(operation.headers, known)
    is_open = name in {"sign_up", "sign_in"}
    return {
        "name": _camel(name),
        "inputs": list(known.values()),
        "method": json.dumps(operation.method),
        "path": _path(operation.path, known),
        "body": "null" if operation.json is None else _object(operation.json, known),
        "headers": headers if is_open else f"signed({headers})",
    }


def _is_notice(notice: Any) -> str:
    if isinstance(notice, dict):
        key, value = next(iter(notice.items()))
        return f"read(event.data)[{json.dumps(key)}] === {json.dumps(value)}"
    return f"event.data === {json.dumps(notice)}"


def _greeting(greeting: Any) -> str:
    if greeting is None:
        return ""
    if isinstance(greeting, str):
        return _expression(greeting, {})
    return f"JSON.stringify({_object(greeting, {})})"


def _token(place: str) -> str:
    kind, _, where = place.partition(":")
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

"""Contract files to Contracts."""

import re
from typing import Any

from twidder_cli.errors import did_you_mean
from twidder_cli.load.source import Mistakes, Value, parse
from twidder_cli.model.contract import (
    FUNCTIONS,
    INPUTS,
    Contract,
    Operation,
    SocketPlace,
    TokenPlace,
)

_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
_TOKEN_PLACE = re.compile(r"json:[\w.-]*|header:[\w-]+")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def load_contract(text: str, path: str, mistakes: Mistakes, *, vouched: bool) -> Contract | None:
    """Return the contract in a file; None, and at least one mistake, where it is wrong."""
    before = len(mistakes.found)
    root = parse(text, path, mistakes)
    if root is None:
        return None
    fields = root.fields(("operations", "token", "socket"), ("operations", "token", "socket"))
    if len(fields) < 3:
        return None
    operations = {
        name: _operation(name, value)
        for name, value in fields["operations"]
        .fields(FUNCTIONS, ("sign_up", "sign_in"), "function")
        .items()
    }
    token = fields["token"].fields(("header", "value"), ("header",))
    socket = fields["socket"].fields(("path", "greeting"), ("path",))
    header = _text(token.get("header"), "a header's name")
    value = _text(token.get("value"), "a text", "{token}")
    socket_path = _text(socket.get("path"), "a path")
    if header and not re.fullmatch(_HEADER, header):
        token["header"].wrong(f"expected a header's name, got {header!r}")
    if socket_path and not re.fullmatch(r"/[!-~]*", socket_path):
        socket["path"].wrong(f"expected a path such as '/ws', got {socket_path!r}")
    if not value.isascii() or not value.isprintable():
        token["value"].wrong("expected a text that fits into a header")
    greeting = socket["greeting"].plain if "greeting" in socket else None
    for place, allowed in (
        (token.get("value"), ()),
        (socket.get("path"), ()),
        (socket.get("greeting"), ()),
    ):
        _check_placeholders(place, allowed)
    if len(mistakes.found) > before:
        return None
    return Contract(
        operations=operations,
        token=TokenPlace(header=header, value=value),
        socket=SocketPlace(path=socket_path, greeting=greeting),
        name=path,
        vouched=vouched,
    )


def _operation(name: str, value: Value) -> Operation:
    fields = value.fields(("request", "json", "headers", "token"), ("request",), f"field of {name}")
    request = _text(fields.get("request"), "a request such as 'POST /sign_in'", "GET /")
    if "request" in fields and not _REQUEST.fullmatch(request):
        fields["request"].wrong(f"expected a request such as 'POST /sign_in', got {request!r}")
    place = _text(fields.get("token"), "a place such as 'json:data'", "")
    if place and not _TOKEN_PLACE.fullmatch(place):
        fields["token"].wrong(f"expected 'json:data' or 'header:Authorization', got {place!r}")
    for field in fields.values():
        _check_placeholders(field, INPUTS.get(name, ()))
    headers: Any = fields["headers"].plain if "headers" in fields else {}
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        fields["headers"].wrong("expected header names with texts")
        headers = {}
    return Operation(
        request=request,
        json=fields["json"].plain if "json" in fields else None,
        headers=headers,
        token=place or None,
    )


def _text(value: Value | None, what: str, default: str = "") -> str:
    if value is None:
        return default
    if not isinstance(value.plain, str):
        value.wrong(f"expected {what}, got {value.shown}")
        return default
    return value.plain


def _check_placeholders(value: Value | None, allowed: tuple[str, ...]) -> None:
    known = (*allowed, "token")
    for text in _texts(value.plain if value else None):
        for name in _PLACEHOLDER.findall(text):
            if name not in known and value is not None:
                value.wrong(f"there is no {{{name}}} here.{did_you_mean(name, known)}")


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in _texts(inner)]
        case list():
            return [text for inner in value for text in _texts(inner)]
        case _:
            return []

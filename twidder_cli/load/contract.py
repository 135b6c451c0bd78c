"""Contract files to Contracts."""

import re
from typing import Any

from twidder_cli.errors import did_you_mean
from twidder_cli.load.source import Mistakes, Value, parse
from twidder_cli.model.contract import (
    CALLER,
    FUNCTIONS,
    INPUTS,
    PLACE_PATTERN,
    PLACES,
    Contract,
    Operation,
    SocketPlace,
    TokenPlace,
)

_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def load_contract(text: str, path: str, mistakes: Mistakes, *, vouched: bool) -> Contract | None:
    """Return the contract in a file; None, and at least one mistake, where it is wrong."""
    before = len(mistakes.found)
    root = parse(text, path, mistakes)
    if root is None:
        return None
    fields = root.fields(("operations", "token", "socket", "absent"), ("operations",))
    if "operations" not in fields:
        return None
    absent = _absent(fields.get("absent"))
    if "token" not in fields and not _wants_token(fields["operations"]):
        root.wrong("'token' is missing")
    if "socket" not in fields and "connect" not in absent:
        root.wrong("'socket' is missing")
    if "socket" in fields and "connect" in absent:
        fields["socket"].wrong("connect is said to be absent, too")
    contract = Contract(
        operations=_operations(fields["operations"], absent),
        token=_token(fields["token"]) if "token" in fields else None,
        socket=_socket(fields["socket"]) if "socket" in fields else None,
        absent=absent,
        name=path,
        vouched=vouched,
    )
    return contract if len(mistakes.found) == before else None


def _absent(value: Value | None) -> frozenset[str]:
    known = (*FUNCTIONS[2:], "connect")  # without signing up and in there is nothing to check
    names = value.items() if value is not None else []
    for name in names:
        if name.plain not in known:
            near = did_you_mean(str(name.plain), known)
            name.wrong(f"expected what is absent, got {name.shown}.{near}")
    return frozenset(known) & {str(name.plain) for name in names}


def _operations(value: Value, absent: frozenset[str]) -> dict[str, Operation]:
    named = value.fields(FUNCTIONS, ("sign_up", "sign_in"), "function")
    for name in absent & named.keys():
        named[name].wrong(f"{name} is said to be absent, too")
    return {name: _operation(name, operation) for name, operation in named.items()}


def _operation(name: str, value: Value) -> Operation:
    known = ("request", "json", "form", "headers", "token")
    fields = value.fields(known, ("request",), f"field of {name}")
    request = _text(fields.get("request"), "a request such as 'POST /sign_in'", "GET /")
    if "request" in fields and not _REQUEST.fullmatch(request):
        fields["request"].wrong(f"expected a request such as 'POST /sign_in', got {request!r}")
    place = _text(fields.get("token"), "a place such as 'json:data'", "")
    if place and not re.fullmatch(PLACE_PATTERN, place):
        fields["token"].wrong(f"expected {PLACES}, got {place!r}")
    if "json" in fields and "form" in fields:
        fields["form"].wrong("a request has one body: expected json or form, got both")
    for field in fields.values():
        _check_placeholders(field, (*INPUTS.get(name, ()), *CALLER))
    return Operation(
        request=request,
        json=fields["json"].plain if "json" in fields else None,
        form=_texts_by_name(fields["form"], "field") if "form" in fields else None,
        headers=_headers(fields.get("headers")),
        token=place or None,
    )


def _wants_token(operations: Value) -> bool:
    return any("{token}" in text for text in _texts(operations.plain))


def _token(value: Value) -> TokenPlace:
    fields = value.fields(("header", "value"), ("header",))
    header = _text(fields.get("header"), "a header's name")
    written = _text(fields.get("value"), "a text", "{token}")
    if header and not _HEADER.fullmatch(header):
        fields["header"].wrong(f"expected a header's name, got {header!r}")
    if not written.isascii() or not written.isprintable():
        fields["value"].wrong("expected a text that fits into a header")
    _check_placeholders(fields.get("value"), CALLER)
    return TokenPlace(header=header, value=written)


def _socket(value: Value) -> SocketPlace:
    fields = value.fields(("path", "greeting", "headers"), ("path",))
    path = _text(fields.get("path"), "a path")
    if path and not re.fullmatch(r"/[!-~]*", path):
        fields["path"].wrong(f"expected a path such as '/ws', got {path!r}")
    for field in fields.values():
        _check_placeholders(field, CALLER)
    return SocketPlace(
        path=path,
        greeting=fields["greeting"].plain if "greeting" in fields else None,
        headers=_headers(fields.get("headers")),
    )


def _headers(value: Value | None) -> dict[str, str]:
    headers = _texts_by_name(value, "header") if value is not None else {}
    for name in headers:
        if value is not None and not _HEADER.fullmatch(name):
            value.wrong(f"expected a header's name, got {name!r}")
    return headers


def _texts_by_name(value: Value, what: str) -> dict[str, str]:
    texts: Any = value.plain
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        value.wrong(f"expected {what} names with texts")
        return {}
    return texts


def _text(value: Value | None, what: str, default: str = "") -> str:
    if value is None:
        return default
    if not isinstance(value.plain, str):
        value.wrong(f"expected {what}, got {value.shown}")
        return default
    return value.plain


def _check_placeholders(value: Value | None, known: tuple[str, ...]) -> None:
    known = tuple(dict.fromkeys(known))
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

"""From a contract and values to a request, and from a reply to the token."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from twidder_cli.model.contract import Contract, Operation, SocketPlace
from twidder_cli.model.replies import json_of
from twidder_cli.model.timeline import Reply, Request

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_SCHEME = re.compile(r"^Bearer\s+", re.IGNORECASE)
_COOKIE = re.compile(r"(?:^|, )([^\s=;,]+)=([^;,]*)")
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def filled(template: Any, values: Mapping[str, str], write: Callable[[str], str] = str) -> Any:
    """Return a template with its placeholders replaced, in every text of a nested value."""
    match template:
        case str():
            return _PLACEHOLDER.sub(
                lambda found: write(values[found[1]]) if found[1] in values else found[0], template
            )
        case dict():
            return {key: filled(value, values, write) for key, value in template.items()}
        case list():
            return [filled(value, values, write) for value in template]
        case _:
            return template


def quoted(value: str) -> str:
    """Return a value as it is written in a path or a query."""
    return quote(value, safe="@")


def request_for(
    contract: Contract,
    operation: Operation,
    values: Mapping[str, str],
    *,
    token: str | None,
    without: Collection[str] = (),
    body: str | None = None,
) -> Request:
    """Return the request that calls an operation; with `token`, in the place the contract names.

    Fields, headers and parameters that hold an input named in `without` are
    left out; in the path it is empty. `body` replaces the whole of the body,
    or of the inputs where they are elsewhere.
    """
    everything = {**values, **({"token": token} if token is not None else {})}
    missing = {*without, *(("token",) if token is None else ())}
    if body is not None and operation.json is None and operation.form is None:
        missing |= values.keys()
    headers = filled(_left_out(operation.headers, missing), everything)
    content = operation.form if operation.form is not None else operation.json
    if content is not None or body is not None:
        headers["Content-Type"] = _JSON if operation.form is None else _FORM
    if content is not None and body is None:
        fields = filled(_left_out(content, missing), everything)
        body = json.dumps(fields) if operation.form is None else urlencode(fields)
    if token is not None and contract.token is not None:
        headers[contract.token.header] = filled(contract.token.value, everything)
    return Request(
        method=operation.method,
        path=_path(operation.path, everything, missing),
        headers=headers,
        body=body,
    )


def _path(template: str, values: Mapping[str, str], missing: Collection[str]) -> str:
    path, question, query = template.partition("?")
    parameters = [part for part in query.split("&") if not _names(part, missing)]
    kept = path + (question + "&".join(parameters) if parameters else "")
    written: str = filled(kept, {**values, **dict.fromkeys(missing, "")}, quoted)
    return written


def _left_out(template: Any, missing: Collection[str]) -> Any:
    if not isinstance(template, dict):
        return template
    return {
        key: _left_out(value, missing)
        for key, value in template.items()
        if not _names(value, missing)
    }


def _names(template: Any, names: Collection[str]) -> bool:
    """Whether a text holds the placeholder of one of these names."""
    return isinstance(template, str) and any(f"{{{name}}}" in template for name in names)


class Opening(NamedTuple):
    """How a socket is opened: the handshake's path and headers, and the first message."""

    path: str
    headers: dict[str, str]
    greeting: str | None


def opening_for(place: SocketPlace, *, token: str, email: str) -> Opening:
    """Return how a client with this token and address opens a socket."""
    values = {"token": token, "email": email, "own": email}
    greeting = filled(place.greeting, values)
    return Opening(
        path=filled(place.path, values, quoted),
        headers=filled(place.headers, values),
        greeting=greeting
        if greeting is None or isinstance(greeting, str)
        else json.dumps(greeting),
    )


def wants_token(place: SocketPlace) -> bool:
    """Whether opening a socket takes a token; otherwise it is the address that opens it."""
    return "{token}" in json.dumps([place.path, place.greeting, place.headers])


def token_in(reply: Reply, place: str | None) -> str | None:
    """Return the token that a sign-in's reply hands over at `place`, None where there is none."""
    return value_at(reply, place or "json:data") or None


def value_at(reply: Reply, place: str) -> str | None:
    """Return the text or whole number at a place such as `json:data.token` or `header:Token`."""
    kind, _, where = place.partition(":")
    match kind:
        case "header":
            found: Any = bare_token(_header(reply, where) or "") or None
        case "cookie":
            found = cookies_in(reply).get(where)
        case "text":
            found = reply.body.strip()
        case _:
            found = _in_json(reply.body, where)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)


def bare_token(value: str) -> str:
    """Return a header's value without the word Bearer, which says how a token is sent."""
    return _SCHEME.sub("", value)


def cookies_in(reply: Reply) -> dict[str, str]:
    """Return the cookies that a reply sets."""
    return dict(_COOKIE.findall(_header(reply, "Set-Cookie") or ""))


def _header(reply: Reply, name: str) -> str | None:
    return next((v for k, v in reply.headers.items() if k.lower() == name.lower()), None)


def _in_json(body: str, where: str) -> Any:
    try:
        found = json_of(body)
    except ValueError:
        return None
    for key in filter(None, where.split(".")):
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found

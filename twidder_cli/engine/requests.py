"""From a contract and values to a request, and from a reply to the token."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from twidder_cli.model.contract import Contract, Operation
from twidder_cli.model.replies import json_of
from twidder_cli.model.timeline import Reply, Request

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


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

    Fields that hold an input named in `without` are left out; `body` replaces
    the whole of them.
    """
    everything = {**values, **({"token": token} if token is not None else {})}
    headers = {name: filled(value, everything) for name, value in operation.headers.items()}
    if operation.json is not None or body is not None:
        headers["Content-Type"] = "application/json"
    if operation.json is not None and body is None:
        body = json.dumps(filled(_left_out(operation.json, without), everything))
    if token is not None:
        headers[contract.token.header] = filled(contract.token.value, everything)
    return Request(
        method=operation.method,
        path=filled(operation.path, everything, quoted),
        headers=headers,
        body=body,
    )


def _left_out(template: Any, without: Collection[str]) -> Any:
    if not isinstance(template, dict):
        return template
    return {
        key: _left_out(value, without)
        for key, value in template.items()
        if not any(value == f"{{{name}}}" for name in without)
    }


def token_in(reply: Reply, place: str | None) -> str | None:
    """Return the token that a sign-in's reply hands over at `place`, None where there is none."""
    return value_at(reply, place or "json:data") or None


def value_at(reply: Reply, place: str) -> str | None:
    """Return the text or whole number at a place such as `json:data.token` or `header:Token`."""
    kind, _, where = place.partition(":")
    if kind == "header":
        found: Any = next(
            (value for name, value in reply.headers.items() if name.lower() == where.lower()), None
        )
    else:
        try:
            found = json_of(reply.body)
        except ValueError:
            return None
        for key in filter(None, where.split(".")):
            found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)

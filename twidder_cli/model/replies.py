"""What a reply says: JSON or not, accepted or refused, and what it hands over."""

import json
import re
from collections.abc import Iterator
from typing import Any

from twidder_cli.model.timeline import Exchange

_SYMBOL = re.compile(r"\{[a-z][a-z0-9@-]*\.[a-z]+(?:\.\d+)?\}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def json_of(body: str) -> Any:
    """Return the JSON value in `body`; raises ValueError where there is none."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_accepted(exchange: Exchange) -> bool:
    """2xx after redirects, and `success` not false (nor "false")."""
    reply = exchange.reply
    if reply is None or not 200 <= reply.status < 300:
        return False
    return str(_success(reply.body)).lower() != "false"


def _success(body: str) -> Any:
    """Return what a reply holds as `success`, None where it does not."""
    try:
        value = json_of(body)
    except ValueError:
        return None
    return value.get("success") if isinstance(value, dict) else None


def says_accepted(exchange: Exchange) -> bool:
    """Whether a reply says outright that it is no refusal: `success` true, or 201, or 204."""
    if not is_accepted(exchange) or exchange.reply is None:
        return False
    return exchange.reply.status != 200 or str(_success(exchange.reply.body)).lower() == "true"


def keys_of(exchange: Exchange) -> frozenset[str]:
    """Return the names at the top of a reply's JSON object; none where it is something else."""
    try:
        value = json_of(exchange.reply.body) if exchange.reply else None
    except ValueError:
        return frozenset()
    return frozenset(value) if isinstance(value, dict) else frozenset()


def strings_in(body: str) -> Iterator[str]:
    """Yield every string of a JSON body in order, keys too; the body itself where it is no JSON."""
    try:
        waiting = [json_of(body)]
    except ValueError:
        yield body
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, str):
            yield value


def symbols_in(text: str) -> set[str]:
    """Return the names of captured values written in `text`, braces included."""
    return set(_SYMBOL.findall(text))


def handed_over(exchange: Exchange) -> set[str]:
    """Return the captured values in the reply that its own request did not hold."""
    if exchange.reply is None:
        return set()
    request = exchange.request
    asked = symbols_in(" ".join([request.path, request.body or "", *request.headers.values()]))
    told = " ".join([exchange.reply.body, *exchange.reply.headers.values()])
    return symbols_in(told) - asked

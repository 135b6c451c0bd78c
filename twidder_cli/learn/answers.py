"""What a reply tells of the contract: whether there is such a route, and where a token may be."""

import re
from collections.abc import Iterator
from typing import Any

from twidder_cli.engine.requests import bare_token, cookies_in
from twidder_cli.learn.words import words
from twidder_cli.model.replies import json_of
from twidder_cli.model.timeline import Exchange, Reply

_MOST_TOKENS = 4
_LONGEST = 4096
_TOKEN_WORDS = {"token", "session", "auth", "access", "jwt", "key", "uuid", "sid"}
_NO_TOKENS = {
    "access-control-allow-origin", "access-control-allow-credentials", "cache-control",
    "connection", "content-length", "content-type", "date", "etag", "expires", "last-modified",
    "location", "server", "set-cookie", "transfer-encoding", "vary", "via", "allow",
    "x-powered-by", "keep-alive", "strict-transport-security",
}  # fmt: skip
_PLAIN = re.compile(r"[\w.-]+")


def is_there(exchange: Exchange) -> bool:
    """Whether something answers at the path and by the method.

    405, and a 404 that is no JSON, are what frameworks answer when nothing does.
    """
    reply = exchange.reply
    if reply is None or reply.status == 405:
        return False
    return reply.status != 404 or _json(reply.body) is not None


def _json(body: str) -> Any:
    try:
        return json_of(body)
    except ValueError:
        return None


def shows(exchange: Exchange, *texts: str) -> bool:
    """Whether a reply holds one of these texts."""
    return exchange.reply is not None and any(text in exchange.reply.body for text in texts)


def tokens_in(reply: Reply, known: set[str]) -> list[tuple[str, str]]:
    """Return places in a sign-in's reply and what is there, the likeliest token first.

    `known` are values that are none, because the request held them.
    """
    found = [(place, value) for place, value in _values(reply) if _may_be_token(value, known)]
    return sorted(found, key=lambda one: -_likeness(*one))[:_MOST_TOKENS]


def _values(reply: Reply) -> Iterator[tuple[str, str]]:
    yield from _in_json(_json(reply.body), "json:")
    if _json(reply.body) is None:
        yield "text:", reply.body.strip()
    for name, value in reply.headers.items():
        if name.lower() not in _NO_TOKENS:
            yield f"header:{name}", bare_token(value)
    yield from ((f"cookie:{name}", value) for name, value in cookies_in(reply).items())


def _in_json(value: Any, place: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                if _PLAIN.fullmatch(key) and "." not in key:
                    yield from _in_json(
                        inner, f"{place}.{key}" if place != "json:" else place + key
                    )
        case list():
            for index, inner in enumerate(value[:3]):
                yield from _in_json(
                    inner, f"{place}.{index}" if place != "json:" else f"{place}{index}"
                )
        case str():
            yield place, value
        case int() if not isinstance(value, bool) and abs(value) > 9999:
            yield place, str(value)
        case _:
            pass


def _may_be_token(value: str, known: set[str]) -> bool:
    is_sendable = value.isascii() and value.isprintable() and 4 <= len(value) <= _LONGEST
    return is_sendable and value not in known and not value.startswith("<")


def _likeness(place: str, value: str) -> float:
    """Return how much a value looks like a token, by the name of its place and by itself."""
    kind, _, where = place.partition(":")
    name = words(where.rpartition(".")[2])
    by_name = 10 if name & _TOKEN_WORDS else 9 if where.rpartition(".")[2] == "data" else 0
    is_mixed = bool(re.search(r"[0-9]", value)) and len(value) >= 8
    is_sentence = " " in value
    return by_name + 4 * is_mixed - 6 * is_sentence - 2 * (kind in {"cookie", "text"})

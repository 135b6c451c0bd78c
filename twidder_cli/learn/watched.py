"""From what a page was seen to send to requests that may be tried again without it. Pure.

Recorded requests are the templates: the users' values stand in them by name, and the
token is whatever of the reply to the sign-in turns up again in what is sent later.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from twidder_cli.learn.answers import tokens_in
from twidder_cli.learn.spoken import spoken
from twidder_cli.learn.templates import BROWSERS, NAME, OTHER, USER, Templates
from twidder_cli.model.contract import (
    FUNCTIONS,
    READING,
    Operation,
)
from twidder_cli.model.learned import Learned
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.seen import Seen
from twidder_cli.model.timeline import Connection, Exchange, Request, Sent, Timeline
from twidder_cli.model.words import answered

T = TypeVar("T")

_ASKING = frozenset({"xhr", "fetch", *FUNCTIONS})
_MOST = 3
"""Requests that are kept for each function."""


def seen_in(timeline: Timeline) -> Seen:
    """Return what may be learned of the contract from the use of a page.

    The steps of the timeline are named by the function that was used then.
    """
    exchanges = [
        entry
        for entry in timeline.entries
        if isinstance(entry, Exchange) and entry.actor.startswith(f"{USER}@") and _asks(entry)
    ]
    known = {name: [e for e in exchanges if may_be(e)] for name, may_be in _KINDS.items()}
    said = spoken(exchanges, known)
    signing_in = known["sign_in"] or [e for name, e in (said or {}).items() if name == "sign_in"]
    token = _token(signing_in, exchanges, timeline)
    changing = _changing(exchanges, token)
    written = Templates(token, changing)
    done = [e.request for name, e in (said or {}).items() if name not in READING]
    found = {
        name: [e for e in asked if name not in READING or e.request not in done][: 2 * _MOST]
        for name, asked in known.items()
    }
    operations = {
        name: _each_once(chain.from_iterable(written.operations(name, e) for e in asked))
        for name, asked in found.items()
    }
    return Seen(
        operations={name: those[:_MOST] for name, those in operations.items() if those},
        tokens=tuple(written.tokens(exchanges)),
        sockets=_each_once(written.sockets(timeline)),
        spoken=None
        if said is None
        else {name: Operation(request=written.line(name, e)) for name, e in said.items()},
        refused={
            name: asked[0]
            for name, asked in found.items()
            # What only its answer would tell from another function can't be refused.
            if name not in READING and asked and not any(e.is_left or is_accepted(e) for e in asked)
        },
        secrets=tuple(_secrets(exchanges, changing)),
    )


def _each_once(nouns: Iterable[T]) -> tuple[T, ...]:
    return tuple({msgspec.json.encode(noun): noun for noun in nouns}.values())


def _asks(exchange: Exchange) -> bool:
    """Whether a page asks its own server for something, rather than for a file."""
    request = exchange.request
    is_at_home = request.path.startswith("/")
    return is_at_home and (exchange.operation in _ASKING or request.sends)


def _text(request: Request) -> str:
    return f"{request.path}\n{request.body or ''}\n{request.headers}"


def _says(exchange: Exchange, *names: str) -> bool:
    """Whether a request holds all of these values."""
    return all(name in _text(exchange.request) for name in names)


def _shows(exchange: Exchange, name: str) -> bool:
    return exchange.reply is not None and name in exchange.reply.body


def _is_own(exchange: Exchange) -> bool:
    """Whether nobody is named in a request, but for who asks in its headers."""
    request = exchange.request
    is_named = f"{{{USER}.email}}" in f"{request.path}\n{request.body or ''}"
    return not is_named and not _says(exchange, f"{{{OTHER}.email}}")


_PASSWORD, _NEW = f"{{{USER}.password}}", f"{{{USER}.password.2}}"

_KINDS: Mapping[str, Callable[[Exchange], bool]] = {
    "sign_up": lambda e: e.step == "sign_up" and _says(e, _PASSWORD, f"{{{USER}.firstname}}"),
    "sign_in": lambda e: _says(e, _PASSWORD) and not _says(e, f"{{{USER}.firstname}}")
    and e.step != "change_password",
    "sign_out": lambda e: e.step == "sign_out",
    "change_password": lambda e: _says(e, _NEW),
    "get_user_data_by_token": lambda e: _is_own(e) and _shows(e, f"{{{USER}.firstname}}"),
    "get_user_data_by_email": lambda e: _says(e, f"{{{OTHER}.email}}")
    and _shows(e, f"{{{OTHER}.firstname}}"),
    "get_user_messages_by_token": lambda e: _is_own(e) and _is_reading(e)
    and not _shows(e, f"{{{USER}.firstname}}"),
    "get_user_messages_by_email": lambda e: _says(e, f"{{{OTHER}.email}}")
    and not _shows(e, f"{{{OTHER}.firstname}}") and _is_reading(e),
    "post_message": lambda e: _says(e, f"{{{USER}.message.1}}"),
}  # fmt: skip
"""What speaks for a request being a function. Whether it is one is tried later."""


def _is_reading(exchange: Exchange) -> bool:
    named = exchange.step in {"sign_up", "sign_out", "change_password"}
    return (
        not named and not _says(exchange, _PASSWORD) and "message.1}" not in _text(exchange.request)
    )


# The token


def _token(
    signing_in: Sequence[Exchange], exchanges: Sequence[Exchange], timeline: Timeline
) -> str:
    """Return what of a sign-in's reply is sent later; empty where nothing is."""
    for exchange in signing_in:
        if exchange.reply is None:
            continue
        sent = [_text(later.request) for later in exchanges[exchanges.index(exchange) + 1 :]]
        sent += [e.text for e in timeline.entries if isinstance(e, Sent)]
        sent += [e.path for e in timeline.entries if isinstance(e, Connection)]
        for _, value in tokens_in(exchange.reply, set()):
            is_name = NAME.fullmatch(value) is not None
            if not is_name and any(value in text for text in sent):
                return value
    return ""


# What server and page do not agree on


def told(seen: Seen, learned: Learned) -> Iterator[str]:
    """Yield what people should know of server and page: where they differ, and what is secret."""
    operations = learned.contract.operations if learned.contract else {}
    for function, exchange in seen.refused.items():
        other = operations.get(function)
        asked = Operation(request=f"{exchange.request.method} {exchange.request.path}")
        if function in learned.proved and other and _place(other) != _place(asked):
            yield (
                f"its page and its server do not agree on {function}: {answered(exchange)}, "
                f"where {other.request} works"
            )
    if not learned.is_whole:
        yield from (f"only its own page can speak to it: {secret}" for secret in seen.secrets)


def _place(operation: Operation) -> tuple[str, str]:
    return operation.method, operation.path.partition("?")[0]


def corrected(before: Learned, after: Learned) -> Iterator[str]:
    """Yield what works where the page asks for it, and did not where a route's name says so.

    What the fields are called there no table tells.
    """
    guessed = before.contract.operations if before.contract else {}
    known = after.contract.operations if after.contract else {}
    for function, operation in guessed.items():
        is_new = function in after.proved - before.proved
        if is_new and function in known and _place(operation) != _place(known[function]):
            yield (
                f"{function} works as its page asks for it, {known[function].request}, so that its "
                f"server is not broken; without the page: {before.found[function]}"
            )


# What nobody can make again


def _changing(exchanges: Sequence[Exchange], token: str) -> list[str]:
    """Return the headers that are other ones in every request, and hold nothing that is known.

    Times, counters and signatures have digits; a word may just say what is asked for.
    """
    values: dict[str, list[str]] = {}
    for exchange in exchanges:
        for name, value in exchange.request.headers.items():
            if not BROWSERS.fullmatch(name) and not (token and token in value):
                values.setdefault(name, []).append(value)
    return [
        name
        for name, sent in values.items()
        if len(set(sent)) > 1
        and all(any(map(str.isdigit, value)) and not NAME.search(value) for value in sent)
    ]


def _secrets(exchanges: Sequence[Exchange], changing: Collection[str]) -> Iterator[str]:
    yield from (f"the header {name} is another one in every request" for name in changing)
    signed_up = [e for e in exchanges if e.step == "sign_up" and e.request.body]
    if signed_up and not any(_says(exchange, _PASSWORD) for exchange in signed_up):
        yield "a password is not sent as it is written"

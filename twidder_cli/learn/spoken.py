"""How a page speaks to its server: by which method and path it does what a function is for. Pure.

Whatever it puts into its requests, nobody else has to be able to say it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from twidder_cli.model.contract import MESSAGES, READING
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.timeline import Exchange

_DONE = ("sign_up", "sign_in", "change_password", "sign_out", "post_message")
"""The functions that a page sends something for, each in a step of its name."""


def spoken(
    exchanges: Sequence[Exchange], known: Mapping[str, Sequence[Exchange]]
) -> dict[str, Exchange] | None:
    """Return for each function a request of the page that was accepted as it.

    `known` are those that may be it by what they hold. What is sent is also known by its step,
    since passwords may be hidden; what is read only by what it shows: of a wall, a message.
    What one request is for several of them is left out. Returns None unless somebody got in.
    """
    said = dict(_sent(exchanges))
    for name, asked in known.items():
        shown = [e for e in asked if is_accepted(e) and _is_certain(name, e)]
        if shown:
            said[name] = shown[0]
    if not {"sign_up", "sign_in"} <= said.keys():
        return None
    requests = Counter(map(_line, said.values()))
    return {name: e for name, e in said.items() if requests[_line(e)] == 1}


def _line(exchange: Exchange) -> tuple[str, str]:
    return exchange.request.method, exchange.request.path


def _is_certain(name: str, exchange: Exchange) -> bool:
    says = exchange.reply.body if exchange.reply else ""
    if name in MESSAGES:
        return ".message.1}" in says
    return name not in READING or ".firstname}" in says


def _sent(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, Exchange]]:
    for name in _DONE:
        sent = _sent_in(exchanges, name)
        if name == "sign_in":
            before = _sent_in(exchanges, "sign_up")
            sent = sent or before[1:]  # some sign in by themselves after a sign-up
            bare = set().union(*map(_names, before[:1]))
            sent = [e for e in sent if _names(e) <= bare] or sent
        if sent:
            yield name, sent[0 if name == "sign_up" else -1]


def _names(exchange: Exchange) -> set[str]:
    """Return the names of a request's headers: who signs in has no token to send as yet."""
    return {name.lower() for name in exchange.request.headers}


def _sent_in(exchanges: Sequence[Exchange], step: str) -> list[Exchange]:
    return [e for e in exchanges if e.step == step and e.request.sends and is_accepted(e)]

"""How tokens could be guessed by who knows their users' addresses, and has a token of their own."""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

_DAY = 24 * 60 * 60
_LARGEST_STEP = 10
"""Between numbers that count up: somebody else may sign in meanwhile."""
_FEW = 10_000
"""Numbers that are tried out within seconds."""
_SHORTEST = 8
"""Characters of a token that can't be tried out; two more, where all are digits."""
_HASHES = ("md5", "sha1", "sha256", "sha512")
_SEPARATORS = " -_.:,;|/#"


class Issued(NamedTuple):
    """A token, and the address of the user who got it."""

    token: str
    email: str


class Guess(NamedTuple):
    """What tokens are made of; not certain where they could be something better."""

    made_of: str
    is_certain: bool = True


def guess(issued: Sequence[Issued], now: float) -> Guess | None:
    """Return how these tokens can be guessed; None where nothing is known against them.

    They are of several users, in the order in which they were handed out, shortly before
    `now`, in seconds since 1970. Only what holds for all of them counts.
    """
    if all(one.token.lower() in _hashes(one.email) for one in issued):
        return Guess("hashes of the e-mail addresses, which anybody can compute")
    for texts in ([one.token for one in issued], [_decoded(one.token) for one in issued]):
        rests = [_without_name(t, one.email) for t, one in zip(texts, issued, strict=True)]
        found = _guess(rests, now) if all(texts) else None
        if found is not None and rests != texts:
            return Guess(f"the e-mail addresses with {found.made_of}", found.is_certain)
        if found is not None:
            return found
    return None


def _guess(texts: Sequence[str], now: float) -> Guess | None:
    numbers = [int(text) for text in texts] if all(map(_is_whole, texts)) else []
    rules = (
        (set(texts) == {""}, "nothing else", True),
        (len(set(texts)) == 1, "the same text for everybody", True),
        (_count_up(numbers), "numbers that count up", True),
        (max(numbers, default=_FEW) < _FEW, f"numbers below {_FEW}", True),
        (all(_is_time(text, now, 1, 1e3) for text in texts), "the time of the sign-in", True),
        (
            all(_is_time(text, now, 1e6, 1e9) for text in texts),
            "what looks like the time of the sign-in",
            False,
        ),
        (all(map(_is_short, texts)), "so few characters that all can be tried", False),
    )
    return next((Guess(made_of, certain) for holds, made_of, certain in rules if holds), None)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _is_short(text: str) -> bool:
    return len(text) < _SHORTEST + 2 * _is_whole(text)


def _count_up(numbers: Sequence[int]) -> bool:
    steps = [after - before for before, after in pairwise(numbers)]
    return bool(steps) and all(0 < step <= _LARGEST_STEP for step in steps)


def _hashes(email: str) -> set[str]:
    text = email.encode()
    return {hashlib.new(name, text, usedforsecurity=False).hexdigest() for name in _HASHES}


def _decoded(token: str) -> str:
    """Return what a token says in base64, empty where that is no readable text."""
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True).decode()
    except ValueError:
        return ""
    return text if text.isascii() and text.isprintable() else ""


def _without_name(text: str, email: str) -> str:
    name = email.partition("@")[0]
    rest = re.sub(f"{re.escape(email)}|{re.escape(name)}", "", text, flags=re.IGNORECASE)
    return rest if rest == text else rest.strip(_SEPARATORS)


def _is_time(text: str, now: float, *units: float) -> bool:
    """Whether a text is a moment near to now: a date, or a number of units since 1970."""
    if re.fullmatch(r"\d{1,20}(\.\d{1,9})?", text):
        return any(abs(float(text) / unit - now) < _DAY for unit in units)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return abs(moment.timestamp() - now) < _DAY

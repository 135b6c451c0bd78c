"""How tokens could be guessed by who knows their users' addresses, and has a token of their own."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

_DAY = 24 * 60 * 60
_LARGEST_STEP = 10
"""Between numbers that count up; somebody else may sign in meanwhile."""
_FEW = 10_000
"""Numbers that are tried out within seconds."""
_SHORTEST = 8
"""Characters of a token that can't be tried out; of one of digits alone, two more."""
_HASHES = ("md5", "sha1", "sha256", "sha512")
_SEPARATORS = " -_.:,;|/#"


class Issued(NamedTuple):
    """A token and the address of whom it was handed out to."""

    token: str
    email: str


class Guess(NamedTuple):
    """What tokens are made of; not certain where it could be something else."""

    made_of: str
    is_certain: bool = True


def guess(issued: Sequence[Issued], now: float) -> Guess | None:
    """Return how these tokens can be guessed, None where nothing is known against them.

    They are in the order in which they were handed out, not long before `now`, in seconds since
    1970. Only what holds for all of them counts.
    """
    if all(_is_hash(token, email) for token, email in issued):
        return Guess("a hash of the user's e-mail address, which anybody can compute")
    written = [[token for token, _ in issued], [_decoded(token) for token, _ in issued]]
    for texts in written:
        rests = [_rest(text, one.email) for text, one in zip(texts, issued, strict=True)]
        found = _guess_rests(rests, now) if all(texts) else None
        if found is None:
            continue
        is_named = rests != texts
        return Guess(f"the user's name and {found.made_of}", found.is_certain) if is_named else found
    return None

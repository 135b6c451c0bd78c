"""The words in a name, whatever its style, each as the word that stands for its synonyms."""

import re
from functools import cache

_SYNONYMS = {
    "sign": "sign log",
    "sign in": "signin login logon",
    "sign up": "signup register registration registering join enroll",
    "sign out": "signout logout logoff signoff",
    "in": "in on",
    "up": "up",
    "out": "out off",
    "auth": "auth authenticate authentication authorize authorization",
    "session": "session sessions",
    "token": "token tokens jwt",
    "change": "change update edit modify reset alter set renew replace",
    "new": "new",
    "password": "password passwords passwd passw pass pwd pw psw pword",
    "forgot": "forgot forgotten recover recovery lost",
    "get": "get fetch retrieve read load show list view see display return",
    "user": "user users account accounts person member members profile profiles info information "
    "details data userinfo",
    "own": "me my own self current mine whoami home logged",
    "other": "other others another friend friends find search browse lookup someone",
    "email": "email emails mail username",
    "message": "message messages msg msgs mess tweet tweets twit twits twidd twidds wall walls "
    "posts feed board",
    "post": "post posting",
    "create": "create add publish write send submit make save store put insert",
    "delete": "delete remove end destroy close terminate invalidate",
    "": "by from with via the a an all to of using and for api v1",
}
_CANONICAL = {
    word: tuple(canonical.split())
    for canonical, synonyms in _SYNONYMS.items()
    for word in synonyms.split()
}
_LONGEST = 200
"""Characters of a name that are looked at."""

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of a name such as `getUserDataByToken`, `sign-in` or `changepassword`."""
    pieces = _PIECE.findall(name[:_LONGEST])
    return frozenset(word for piece in pieces for word in _known(piece.lower()))


def _known(piece: str) -> tuple[str, ...]:
    parts = _CANONICAL.get(piece) or _split(piece)
    return (piece,) if parts is None else parts


@cache
def _split(piece: str) -> tuple[str, ...] | None:
    """Return the known words that a piece without separators is made of, as few as possible."""
    if not piece:
        return ()
    found: tuple[str, ...] | None = None
    for length in range(len(piece), 1, -1):
        first = _CANONICAL.get(piece[:length])
        rest = _split(piece[length:]) if first is not None else None
        if first is not None and rest is not None:
            whole = (*first, *rest)
            found = whole if found is None or len(whole) < len(found) else found
    return found

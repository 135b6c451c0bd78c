"""What may be wrong with a submission: mistakes that a scenario catches, and what stops it."""

from dataclasses import dataclass
from typing import Literal

Failure = Literal[
    "no application",
    "missing package",
    "syntax error",
    "a server started at import",
    "a service that was never handed in",
    "a configuration that was never handed in",
]
"""Why gunicorn can't start a submission."""


@dataclass(frozen=True)
class Mistake:
    """What a server does wrong, and the scenario that has to fail."""

    name: str
    says: str
    catcher: str


@dataclass(frozen=True)
class Hindrance:
    """What keeps a submission from being graded."""

    name: str
    says: str
    failure: Failure


_MISTAKES = (
    Mistake("broadcast", "the logout goes to everybody", "lab3/targeted"),
    Mistake("old-token", "the first client is told, and its token stays valid", "lab3/one-session"),
    Mistake("silent", "the first session ends, and its client is not told", "lab3/auto-logout"),
    Mistake(
        "wrong-client",
        "the new session's client is told instead of the old one's",
        "lab3/auto-logout",
    ),
    Mistake(
        "email-greeting",
        "the socket is opened with an address, which anybody knows (L14)",
        "lab3/token-email",
    ),
    Mistake("signed-out-token", "a token that was signed out stays valid", "lab3/nine-functions"),
    Mistake(
        "any-password",
        "a wrong password ends the session of the user it is tried on",
        "lab3/wrong-password",
    ),
    Mistake(
        "like", "the token gets into a LIKE, where % stands for anything", "lab3/token-wildcard"
    ),
    Mistake(
        "ends-late",
        "the old token is valid until the second client's socket arrives",
        "lab3/one-session-at-once",
    ),
    Mistake(
        "dead-socket",
        "a send to a tab that was closed fails the next sign-in with status 500",
        "lab3/first-tab-closed",
    ),
)

_HINDRANCES = (
    Hindrance("missing-package", "imports a package that nobody has", "missing package"),
    Hindrance(
        "postgresql", "wants a database server of its own", "a service that was never handed in"
    ),
    Hindrance(
        "configuration",
        "reads a file that was never committed",
        "a configuration that was never handed in",
    ),
    Hindrance("syntax-error", "a merge was never finished", "syntax error"),
    Hindrance(
        "server-at-import",
        "runs Flask's own server when it is imported",
        "a server started at import",
    ),
    Hindrance("no-application", "holds a page and data functions only", "no application"),
)

MISTAKES = {mistake.name: mistake for mistake in _MISTAKES}
HINDRANCES = {hindrance.name: hindrance for hindrance in _HINDRANCES}

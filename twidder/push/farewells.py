"""The ways in which the server ends a socket."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Farewell:
    """The last that a socket hears: a notice for the application, if any, and the close frame."""

    code: int
    reason: str
    notice: str | None = None


# Codes from 4000 on are the application's own (RFC 6455, 7.4.2).
EXPIRED = Farewell(4000, "signed in from elsewhere", notice='{"type": "logout"}')
REFUSED = Farewell(4001, "not the token of a valid session")
SILENT = Farewell(4002, "no token in time")
SIGNED_OUT = Farewell(4003, "signed out")
GOING_AWAY = Farewell(1001, "the server is stopping")
BROKEN = Farewell(1011, "something went wrong on the server")

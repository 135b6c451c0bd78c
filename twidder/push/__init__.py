"""Telling the clients something: this process's sockets, and how they are ended."""

from twidder.push.connection import Connection
from twidder.push.farewells import (
    BROKEN,
    EXPIRED,
    GOING_AWAY,
    REFUSED,
    SIGNED_OUT,
    SILENT,
    Farewell,
)
from twidder.push.line import Line
from twidder.push.sockets import Sockets

__all__ = [
    "BROKEN",
    "EXPIRED",
    "GOING_AWAY",
    "REFUSED",
    "SIGNED_OUT",
    "SILENT",
    "Connection",
    "Farewell",
    "Line",
    "Sockets",
]

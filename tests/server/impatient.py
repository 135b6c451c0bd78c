"""The application of tests.server.probed, with so little patience that a test can wait for it."""

from twidder.hosting import patience
from twidder.routes import socket

patience.PATIENCE = 1.0
socket.GREETING_PATIENCE = 1.0
socket.SERVER_OPTIONS["ping_interval"] = 1

from tests.server.probed import app  # noqa: E402  it reads them

__all__ = ["app"]

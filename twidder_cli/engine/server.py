"""The server under test, as the engine knows it."""

import copy
from collections.abc import Callable

from twidder_cli.engine.pace import Pace
from twidder_cli.model.contract import Contract


class Server:
    """Where a server is, how it names things, and what this run has learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them; `shows` those that were seen to hand something
    over, and `answers` the keys that all such answers had. `notices` holds
    shapes of logouts, `one_off` those of messages that were seen not to come
    again by themselves.
    """

    def __init__(self, contract: Contract, pace: Pace) -> None:
        self.contract = contract
        self.pace = pace
        self.understood: set[str] = set()
        self.shows: set[str] = set()
        self.answers: dict[str, frozenset[str]] = {}
        self.notices: set[str] = set()
        self.one_off: set[str] = set()
        self.url = ""
        self.is_alive: Callable[[], bool] = lambda: True

    def at(self, url: str, is_alive: Callable[[], bool]) -> "Server":
        """Return another server of the same submission; what is learned of one holds for all."""
        server = copy.copy(self)
        server.url = url.rstrip("/")
        server.is_alive = is_alive
        return server

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")

"""The server under test, as the engine knows it."""

import copy
from typing import Protocol

from twidder_cli.engine.answers import Answers
from twidder_cli.engine.pace import Pace
from twidder_cli.model.contract import Contract


class Life(Protocol):
    """Whether a server is there, and what it used too much of where it was ended for that."""

    @property
    def is_alive(self) -> bool: ...
    @property
    def excess(self) -> str: ...


class Server:
    """Where a server is, how it names things, and what this run has learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them; `answers` what they say when they work. `notices`
    holds shapes of logouts, `one_off` those of messages that were seen not to
    come again by themselves.
    """

    def __init__(self, contract: Contract, pace: Pace) -> None:
        self.contract = contract
        self.pace = pace
        self.understood: set[str] = set()
        self.answers = Answers()
        self.notices: set[str] = set()
        self.one_off: set[str] = set()
        self.url = ""
        self.life: Life | None = None

    def at(self, url: str, life: Life | None = None) -> "Server":
        """Return another server of the same submission; what is learned of one holds for all."""
        server = copy.copy(self)
        server.url = url.rstrip("/")
        server.life = life
        return server

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")

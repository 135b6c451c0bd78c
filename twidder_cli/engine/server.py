"""The server under test, as the engine knows it."""

from twidder_cli.engine.pace import Pace
from twidder_cli.model.contract import Contract


class Server:
    """Where a server is, how it names things, and what this run has learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them. `one_off` holds shapes of messages that were
    seen not to come again by themselves.
    """

    def __init__(self, contract: Contract, pace: Pace) -> None:
        self.contract = contract
        self.pace = pace
        self.understood: set[str] = set()
        self.one_off: set[str] = set()
        self.url = ""

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")

"""The server under test, as the engine knows it."""

from collections.abc import Callable

from twidder_cli.engine.pace import Pace
from twidder_cli.model.contract import Contract


class Server:
    """Where a server is, how it names things, and what this run has learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them; `shows` those that were seen to hand something
    over. `one_off` holds shapes of messages that were seen not to come again
    by themselves. `token_pause` is how long, in seconds, sign-ins of a user
    have to be apart to get different tokens.
    """

    def __init__(self, contract: Contract, pace: Pace) -> None:
        self.contract = contract
        self.pace = pace
        self.understood: set[str] = set()
        self.shows: set[str] = set()
        self.notices: set[str] = set()
        self.one_off: set[str] = set()
        self.token_pause = 0.0
        self.url = ""
        self.is_alive: Callable[[], bool] = lambda: True

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")

"""The server under test, as the engine knows it."""

import copy
from typing import Protocol

from twidder_cli.engine.answers import Answers
from twidder_cli.engine.pace import Pace
from twidder_cli.model.contract import Contract
from twidder_cli.model.view import View


class Life(Protocol):
    """Whether a server is there, and what it used too much of where it was ended for that."""

    @property
    def is_alive(self) -> bool: ...
    @property
    def excess(self) -> str: ...


MOST_ORIGINS = 4


class Server:
    """Where a server is, how it names things, and what this run has learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them; `answers` what they say when they work. `notices`
    holds shapes of logouts, `one_off` those of messages that were seen not to
    come again by themselves. `named` holds the origins, such as "http://localhost:5000",
    where its pages look for it whatever their own is, in the order in which they did, and
    `missing` the URLs of what they want from the internet and did not get.

    `origins` are those of them where a browser finds it in the scenario that is played; pages
    are opened at the first, and at `url` where there is none.

    `by_page` is the same server for actors who all use its page, which is taken where nobody else
    can speak to it: what a page was answered tells nothing of the wire. It is None where there is
    no need of that, or no way. `is_by_page` says of that one that it is, and
    `settled` names the scenarios that were decided so.
    """

    def __init__(self, contract: Contract, pace: Pace) -> None:
        self.contract = contract
        self.pace = pace
        self.understood: set[str] = set()
        self.answers = Answers()
        self.notices: set[str] = set()
        self.one_off: set[str] = set()
        self.named: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self.by_page: Server | None = None
        self.is_by_page = False
        self.settled: list[str] = []
        self.url = ""
        self.origins: tuple[str, ...] = ()
        self.life: Life | None = None

    def at(self, url: str, life: Life | None = None) -> "Server":
        """Return another server of the same submission; what is learned of one holds for all."""
        server = copy.copy(self)
        server.url = url.rstrip("/")
        server.life = life
        return server

    def use_by_page(self, contract: Contract) -> None:
        """Let actors use its page where the wire says too little; `contract` is how that speaks."""
        self.by_page = Server(contract, self.pace)
        self.by_page.is_by_page = True
        self.by_page.named, self.by_page.missing = self.named, self.missing

    def has_to_move(self, view: View) -> bool:
        """Whether pages look for it where it is not, and a browser can be led from there to it."""
        return bool(view.elsewhere) and len(self.origins) < MOST_ORIGINS

    def move(self, view: View) -> None:
        """Be wherever pages have looked for it so far, in the scenarios that are played next."""
        for origin in view.elsewhere[: MOST_ORIGINS - len(self.named)]:
            self.named[origin] = None

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")

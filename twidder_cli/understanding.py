"""How a submission's server names things: by trying what is likely, and then by its own page."""

from collections.abc import Callable, Mapping

import msgspec

from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Browser
from twidder_cli.engine.server import Server
from twidder_cli.learn.fitting import fits
from twidder_cli.learn.learning import learn
from twidder_cli.learn.watched import corrected, seen_in, told
from twidder_cli.model.job import Job
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.step import CannotPlay
from twidder_cli.model.timeline import Timeline
from twidder_cli.model.view import View
from twidder_cli.model.words import printable
from twidder_cli.starts import ENTRANCE

GetBrowser = Callable[[], Browser | None]
"""Returns the browser to use pages with; None where there is none."""


class Understanding:
    """Learns the contract of one submission's servers, unless somebody vouches for one."""

    def __init__(self, job: Job, pace: Pace, browser: GetBrowser) -> None:
        self._job = job
        self._pace = pace
        self._browser = browser
        self._seed = f"{job.seed}{job.salt}"

    def of_server(
        self,
        url: str,
        table: RouteTable | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Learned:
        """Return what trying shows. `table` and `sources` are the submission's, if it has any."""
        contract = self._job.contract
        if contract.vouched:
            is_in = fits(url, contract, pace=self._pace, seed=self._seed)
            return Learned(contract=contract, proved=ENTRANCE if is_in else frozenset())
        return learn(url, contract, table, sources=sources or {}, pace=self._pace, seed=self._seed)

    def wants_page(self, learned: Learned) -> bool:
        """Whether its page may tell more than is known."""
        if self._job.contract.vouched:
            return False
        return self._job.watches_page or not learned.is_whole

    def of_page(
        self,
        url: str,
        learned: Learned,
        table: RouteTable | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Learned:
        """Return what trying shows of what the page sends; `learned`, where that is no more."""
        browser = self._browser()
        if browser is None:
            return learned
        try:
            seen = seen_in(self._tour(browser, url))
        except CannotPlay as cause:
            unused = f"nothing could be learned from its page: {printable(str(cause), 200)}"
            return msgspec.structs.replace(learned, notes=(*learned.notes, unused))
        again = learn(
            url,
            self._job.contract,
            table,
            sources=sources or {},
            pace=self._pace,
            seed=f"{self._seed}/page",
            seen=seen,
        )
        better = again if again.contract and again.known >= learned.known else learned
        return msgspec.structs.replace(
            better,
            notes=(*better.notes, *told(seen, better), *corrected(learned, better)),
            spoken=None if better.is_whole else seen.spoken,
        )

    def _tour(self, browser: Browser, url: str) -> Timeline:
        """Use a page, wherever it looks for its server; raises CannotPlay."""
        server = Server(self._job.contract, self._pace).at(url)
        timeline = browser.tour(server, self._seed)
        while server.has_to_move(view := View(timeline.entries)):
            server.move(view)
            server.origins = tuple(server.named)
            timeline = browser.tour(server, f"{self._seed}/at {len(server.named)}")
        return timeline

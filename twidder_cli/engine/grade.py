"""One scenario with its outcome: played again where once says too little."""

from collections.abc import Iterable, Iterator
from itertools import islice

from twidder_cli.engine.judge import has_stalled, judge
from twidder_cli.engine.people import Browser
from twidder_cli.engine.play import Player, Progress
from twidder_cli.engine.server import Server
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.timeline import Timeline
from twidder_cli.model.verdicts import Outcome, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import listed, printable

_TOLD = 4


def grade(
    scenario: Scenario, server: Server, seed: str, progress: Progress, browser: Browser | None
) -> tuple[Timeline, Outcome]:
    """Play a scenario and judge it; return the recording that counts, and what became of it.

    It is played again where a page looked for its server at another origin, which is led there
    then; where this machine stood still; and where the server was found to need pauses.
    """

    def played(seed: str) -> tuple[Timeline, Outcome]:
        server.origins = tuple(server.named)
        timeline = Player(scenario, server, seed, progress, browser).play()
        return timeline, judge(scenario, timeline)

    pause = server.pace.token_pause
    timeline, outcome = played(seed)
    while server.has_to_move(view := View(timeline.entries)) and _is_alive(server):
        server.move(view)
        timeline, outcome = played(f"{seed}/at {len(server.named)}")
    is_doubtful = outcome.verdict is Verdict.UNCLEAR and has_stalled(timeline)
    is_hasty = outcome.verdict is not Verdict.PASSED and server.pace.token_pause > pause
    if _is_alive(server) and (is_doubtful or is_hasty):
        timeline, outcome = played(f"{seed}/again")
    server.missing.update(dict.fromkeys(View(timeline.entries).missing))
    return timeline, outcome


def notes(server: Server) -> Iterator[str]:
    """Yield what has been learned of the submission's pages that people should know."""
    if server.named:
        yield (
            f"its page works only while its server is at {_listed(server.named)}: that is where "
            "it looks for it, wherever it is opened; it was tried there"
        )
    if server.missing:
        yield (
            f"its page wants {_listed(server.missing)} from the internet, which is not kept here: "
            "twidder doctor --cdn"
        )


def _listed(urls: Iterable[str]) -> str:
    return listed(printable(url) for url in islice(urls, _TOLD))


def _is_alive(server: Server) -> bool:
    return server.life is None or server.life.is_alive

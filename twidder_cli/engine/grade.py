"""One scenario with its outcome: played again where once says too little."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import msgspec

from twidder_cli.engine.judge import has_stalled, judge
from twidder_cli.engine.page_stage import unfit
from twidder_cli.engine.people import Browser
from twidder_cli.engine.play import Player, Progress
from twidder_cli.engine.server import Server
from twidder_cli.model.actors import Actor
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.timeline import Played, Timeline
from twidder_cli.model.verdicts import Outcome, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import listed, printable

_TOLD = 4
_BY_HAND = "Try it by hand, in two browsers."


class Graded(NamedTuple):
    """A recording, what became of it, and what the actors in browsers saw at its end, as JPEGs."""

    timeline: Timeline
    outcome: Outcome
    pictures: Mapping[Actor, bytes]


def grade(
    scenario: Scenario, server: Server, seed: str, progress: Progress, browser: Browser | None
) -> Graded:
    """Play a scenario and judge it; return the play that counts, and what became of it.

    Where the wire can't tell, and its own page can speak to the server, everybody uses that, if
    pages can do what the scenario is about.
    """
    graded = _graded(scenario, server, seed, progress, browser)
    if graded.outcome.verdict is not Verdict.UNCLEAR or server.by_page is None:
        return graded
    # Of two that say too little, the one that was played to its end says more.
    is_stuck = any(played.cause for played in View(graded.timeline.entries).every(Played))
    what = unfit(scenario)
    if what:
        hint = f"Its own page can speak to the server, but has no use for {what}. {_BY_HAND}"
        return _hinted(graded, hint, over=True) if is_stuck else graded
    seen = _graded(
        scenario, server.by_page.at(server.url, server.life), f"{seed}/page", progress, browser
    )
    if seen.outcome.verdict is not Verdict.UNCLEAR:
        server.by_page.settled.append(scenario.id)
        return seen
    return _hinted(seen, _BY_HAND) if is_stuck else graded


def _hinted(graded: Graded, hint: str, *, over: bool = False) -> Graded:
    """Return what could not be told, with what to do about it; `over` what is said already."""
    found = (
        msgspec.structs.replace(one, hint=hint if over else one.hint or hint)
        for one in graded.outcome.findings
    )
    return graded._replace(outcome=Outcome.of(found))


def _graded(
    scenario: Scenario, server: Server, seed: str, progress: Progress, browser: Browser | None
) -> Graded:
    """Play a scenario and judge it.

    It is played again where a page looked for its server at another origin, which is led there
    then; where this machine stood still; and where the server was found to need pauses.
    """

    def played(seed: str) -> Graded:
        server.origins = tuple(server.named)
        player = Player(scenario, server, seed, progress, browser)
        timeline = player.play()
        return Graded(timeline, judge(scenario, timeline), player.pictures)

    pause = server.pace.token_pause
    graded = played(seed)
    while server.has_to_move(view := View(graded.timeline.entries)) and _is_alive(server):
        server.move(view)
        graded = played(f"{seed}/at {len(server.named)}")
    verdict = graded.outcome.verdict
    is_doubtful = verdict is Verdict.UNCLEAR and has_stalled(graded.timeline)
    is_hasty = verdict is not Verdict.PASSED and server.pace.token_pause > pause
    if _is_alive(server) and (is_doubtful or is_hasty):
        graded = played(f"{seed}/again")
    server.missing.update(dict.fromkeys(View(graded.timeline.entries).missing))
    return graded


def notes(server: Server) -> Iterator[str]:
    """Yield what has been learned of the submission's pages that people should know."""
    if server.by_page and server.by_page.settled:
        count = len(server.by_page.settled)
        yield (
            f"played through its own page, since the wire left it open: {count} "
            f"{'scenarios' if count > 1 else 'scenario'}"
        )
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

"""Pages wrong on purpose, each caught by the right scenario; unusual ones, all let through."""

from collections.abc import Callable

import pytest

from tests.browser.pages import BUILT_ON_LIBRARIES, NAMED, RIGHT, WRONG, Page
from twidder_cli.engine.grade import grade, notes
from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Browser
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract, find_plan, find_scenarios, load_scenarios
from twidder_cli.model.timeline import Connection, Stall, Timeline
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import entry_line

Serve = Callable[[Page], str]

SCENARIOS = {
    one.id: one
    for one in load_scenarios(find_scenarios(tuple(find_plan(None).scenarios)))
    if one.in_browser
}
ENOUGH = ("lab3/page-asynchronous", "lab3/page-refresh")
"""What a right page has to pass: signing up, in and out, a reload, a socket, and the logout."""


def played(scenario: str, name: str, url: str, browser: Browser) -> Outcome:
    """Play a scenario, and print what happened, for whoever reads why a test fails."""
    server = Server(find_contract("common"), Pace()).at(url)
    timeline = Player(SCENARIOS[scenario], server, name, lambda _step, _kind: None, browser).play()
    for entry in timeline.entries:
        print(entry_line(entry))  # noqa: T201
    # That this machine is busy with other tests is no news.
    entries = tuple(entry for entry in timeline.entries if not isinstance(entry, Stall))
    outcome = judge(SCENARIOS[scenario], Timeline(entries=entries))
    for finding in outcome.findings:
        print(finding.title, finding.actual, finding.hint, sep="\n")  # noqa: T201
    return outcome


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_page_is_caught(name: str, browser: Browser, serve: Serve) -> None:
    page = WRONG[name]
    outcome = played(page.catcher, name, serve(page), browser)
    assert (outcome.verdict, outcome.blame) == (Verdict.FAILED, Blame.SUBMISSION)
    assert outcome.reason == page.told


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_page_passes(name: str, browser: Browser, serve: Serve) -> None:
    url = serve(RIGHT[name])
    outcomes = {scenario: played(scenario, name, url, browser) for scenario in ENOUGH}
    assert {name: one.verdict for name, one in outcomes.items()} == dict.fromkeys(
        ENOUGH, Verdict.PASSED
    )


@pytest.mark.parametrize("origin", NAMED)
def test_a_page_is_opened_where_it_looks_for_its_server(
    origin: str, browser: Browser, serve: Serve
) -> None:
    page = NAMED[origin]
    server = Server(find_contract("common"), Pace()).at(serve(page))
    scenario = SCENARIOS[page.catcher or "lab3/page-refresh"]
    timeline, outcome = grade(scenario, server, origin, lambda _step, _kind: None, browser)
    assert next(iter(server.named)) == origin
    assert [note for note in notes(server) if origin in note] != []
    assert outcome.reason == page.told
    assert {e.path for e in timeline.entries if isinstance(e, Connection)} == {"/ws"}


def test_a_page_finds_the_libraries_that_are_kept(browser: Browser, serve: Serve) -> None:
    server = Server(find_contract("common"), Pace()).at(serve(BUILT_ON_LIBRARIES))
    scenario = SCENARIOS["lab3/page-early-socket"]
    timeline, outcome = grade(scenario, server, "kept", lambda _step, _kind: None, browser)
    assert outcome.verdict is Verdict.PASSED
    assert set(View(timeline.entries).missing) == {"http://cdn.example.com/missing.css"}
    assert [note for note in notes(server) if "http://cdn.example.com/missing.css" in note] != []

"""Pages wrong on purpose, each caught by the right scenario; unusual ones, all let through."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.pages import Page
from tests.browser.right_pages import BUILT_ON_LIBRARIES, NAMED, RIGHT
from tests.browser.wrong_pages import WRONG
from twidder_cli.engine.grade import grade, notes
from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Browser
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract, find_plan, find_scenarios, load_scenarios
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.timeline import Connection, Exchange, Loaded, Stall, Timeline
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import entry_line

TWIDDER = str(Path(sys.executable).with_name("twidder"))
_JPEG = b"\xff\xd8"

Serve = Callable[[Page], str]

SCENARIOS = {
    one.id: one
    for one in load_scenarios(find_scenarios(tuple(find_plan(None).scenarios)))
    if one.in_browser
}
(EVERYTHING,) = load_scenarios(find_scenarios((str(Path(__file__).with_name("everything.yaml")),)))


def played(scenario: Scenario, name: str, url: str, browser: Browser) -> tuple[Outcome, int]:
    """Play a scenario, and return what became of it, and how many pictures were taken.

    What happened is printed for whoever reads why a test fails.
    """
    server = Server(find_contract("common"), Pace()).at(url)
    player = Player(scenario, server, name, lambda _step, _kind: None, browser)
    timeline = player.play()
    for entry in timeline.entries:
        print(entry_line(entry))  # noqa: T201
    # That this machine is busy with other tests is no news.
    entries = tuple(entry for entry in timeline.entries if not isinstance(entry, Stall))
    outcome = judge(scenario, Timeline(entries=entries))
    for finding in outcome.findings:
        print(finding.title, finding.actual, finding.hint, sep="\n")  # noqa: T201
    assert [image for image in player.pictures.values() if not image.startswith(_JPEG)] == []
    return outcome, len(player.pictures)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_page_is_caught(name: str, browser: Browser, serve: Serve) -> None:
    page = WRONG[name]
    outcome, pictures = played(SCENARIOS[page.catcher], name, serve(page), browser)
    assert (outcome.verdict, outcome.blame) == (Verdict.FAILED, Blame.SUBMISSION)
    assert pictures >= 1
    assert outcome.reason == page.told
    told = [f"{one.actual}\n{one.hint}" for one in outcome.findings if one.title == page.told]
    assert page.words in told[0]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_page_passes(name: str, browser: Browser, serve: Serve) -> None:
    outcome, pictures = played(EVERYTHING, name, serve(RIGHT[name]), browser)
    assert (outcome.verdict, outcome.reason, pictures) == (Verdict.PASSED, "", 0)


@pytest.mark.parametrize("origin", NAMED)
def test_a_page_is_opened_where_it_looks_for_its_server(
    origin: str, browser: Browser, serve: Serve
) -> None:
    page = NAMED[origin]
    server = Server(find_contract("common"), Pace()).at(serve(page))
    scenario = SCENARIOS[page.catcher or "lab3/page-refresh"]
    timeline, outcome, _ = grade(scenario, server, origin, lambda _step, _kind: None, browser)
    assert next(iter(server.named)) == origin
    assert [note for note in notes(server) if origin in note] != []
    assert outcome.reason == page.told
    assert {e.path for e in timeline.entries if isinstance(e, Connection)} == {"/ws"}


def test_a_page_finds_the_libraries_that_are_kept(browser: Browser, serve: Serve) -> None:
    server = Server(find_contract("common"), Pace()).at(serve(BUILT_ON_LIBRARIES))
    scenario = SCENARIOS["lab3/page-early-socket"]
    timeline, outcome, _ = grade(scenario, server, "kept", lambda _step, _kind: None, browser)
    assert outcome.verdict is Verdict.PASSED
    assert set(View(timeline.entries).missing) == {"http://cdn.example.com/missing.css"}
    assert [note for note in notes(server) if "http://cdn.example.com/missing.css" in note] != []


@pytest.mark.parametrize(
    ("page", "status"),
    [(RIGHT["signs-in-without-a-script"], 200), (WRONG["lets-the-browser-send-the-form"], None)],
)
def test_whoever_sends_a_form_it_is_a_request_to_sign_in(
    page: Page, status: int | None, browser: Browser, serve: Serve
) -> None:
    server = Server(find_contract("common"), Pace()).at(serve(page))
    scenario = SCENARIOS["lab3/page-sign-out"]
    timeline, _, _ = grade(scenario, server, "forms", lambda _step, _kind: None, browser)
    view = View(timeline.entries)
    (asked,) = (one for one in view.every(Exchange) if one.operation == "sign_in")
    assert asked.request.method == "POST"
    assert (asked.reply and asked.reply.status, asked.is_left) == (status, status is None)
    assert [load.by_us for load in view.every(Loaded) if load.by_form] == [False]


def test_what_everybody_saw_is_kept_with_the_results(
    serve: Serve, browser: Browser, tmp_path: Path
) -> None:
    url = serve(WRONG["stays-after-the-sign-out"])
    options = ["--scenario", "lab3/page-sign-out", "--results", str(tmp_path)]
    subprocess.run([TWIDDER, "check", url, *options], capture_output=True, check=False)  # noqa: S603  our own command
    (picture,) = (tmp_path / "pictures").glob("*/*")
    assert picture.name == "lab3-page-sign-out.anna@laptop.jpg"
    assert picture.read_bytes().startswith(_JPEG)

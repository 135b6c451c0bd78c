"""The browser itself: confined, alone on its network, and started again where a page ends it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import psutil
import pytest
from playwright.async_api import Error

from tests.browser.pages import Page
from tests.browser.right_pages import RIGHT
from twidder_cli import processes
from twidder_cli.browser.chromium import Chromium
from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Scene
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import Call, CannotPlay
from twidder_cli.model.timeline import Exchange, Noted

ANNA = Actor("anna@laptop")
CONFINED = processes.best_sandbox().has_own_system


@pytest.fixture
def scene(serve: Callable[[Page], str]) -> Scene:
    """Somewhere to go, and a recording of it."""
    recorder = Recorder()
    server = Server(find_contract("common"), Pace()).at(serve(RIGHT["signs-in-by-itself"]))
    return Scene(server, recorder, Cast(["anna"], recorder.symbols, "1"))


async def opened(
    browser: Chromium, address: str, url: str = "http://127.0.0.1", origins: Sequence[str] = ()
) -> str:
    """Return why an address can't be opened; empty where it can."""
    context = await browser.context(url, origins)
    page = await context.new_page()
    try:
        await page.goto(address)
    except Error as error:
        return error.message
    finally:
        await context.close()
    return ""


@pytest.mark.skipif(not CONFINED, reason="NOTE: nothing can be confined here; see twidder doctor")
def test_a_page_s_browser_sees_none_of_our_files(browser: Chromium, scene: Scene) -> None:
    browser.person(ANNA, scene)
    ours = Path(__file__)
    assert "ERR_FILE_NOT_FOUND" in browser.run(opened(browser, ours.as_uri()), 30)
    assert [e for e in scene.recorder.timeline().entries if isinstance(e, Noted)] == []


def test_no_other_machine_is_reached_not_even_by_its_number(
    browser: Chromium, scene: Scene
) -> None:
    browser.start()
    for elsewhere in ("http://example.org", "http://192.0.2.1", "http://127.0.0.2:5000"):
        assert "ERR_NAME_NOT_RESOLVED" in browser.run(opened(browser, elsewhere), 30)


def test_where_a_page_is_led_to_its_server_nothing_else_is_reached(
    browser: Chromium, scene: Scene
) -> None:
    browser.start()
    url = scene.server.url
    origins = ("http://localhost:5000", "http://[::1]:8000", "https://my-app.herokuapp.com")
    elsewhere = (url, "http://localhost:5001", "http://example.org", "http://my-app.herokuapp.com")
    for address in origins:
        assert browser.run(opened(browser, address, url, origins), 30) == ""
    for address in elsewhere:
        told = browser.run(opened(browser, address, url, origins), 30)
        assert "ERR_SOCKS_CONNECTION_FAILED" in told


def test_times_of_the_browser_are_those_of_our_clock(browser: Chromium, scene: Scene) -> None:
    began = scene.recorder.now()
    person = browser.person(ANNA, scene)
    person.browse("open")
    ended = scene.recorder.now()
    person.close()
    times = [
        (e.sent, e.received)
        for e in scene.recorder.timeline().entries
        if isinstance(e, Exchange) and e.operation == "document"
    ]
    assert times != []
    assert [one for one in times if not began <= one[0] <= one[1] <= ended] == []


def test_a_token_is_written_by_name_whatever_the_contract_says(
    browser: Chromium, scene: Scene
) -> None:
    operations = {n: o for n, o in scene.server.contract.operations.items() if n != "sign_in"}
    scene.server.contract = msgspec.structs.replace(scene.server.contract, operations=operations)
    person = browser.person(ANNA, scene)
    person.browse("open")
    person.call(Call(function="sign_up"), must=True)
    person.call(Call(function="sign_in"), must=True)
    person.close()
    token = scene.recorder.symbols.value("anna@laptop.token.1")
    assert token is not None
    assert token not in str(scene.recorder.timeline())


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children()}


@pytest.fixture
def own_browser(tmp_path: Path) -> Iterator[Chromium]:
    """A browser that nobody else uses."""
    chromium = Chromium(processes.best_sandbox(), tmp_path)
    yield chromium
    chromium.close()


def test_a_browser_that_has_come_down_is_started_again(own_browser: Chromium, scene: Scene) -> None:
    before = children()
    person = own_browser.person(ANNA, scene)
    person.browse("open")
    driver, *_ = [p for p in psutil.Process().children() if p.pid not in before]
    for process in driver.children():
        process.kill()
    with pytest.raises(CannotPlay):
        person.browse("reload")
    own_browser.person(ANNA, scene).browse("open")

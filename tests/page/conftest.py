"""Real Chromium in front of a real `twidder serve`."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.page.browsers import TOKEN, NewPlace, Place, Tab, loaded
from tests.server.support import PATIENCE, Person, Server, serve
from twidder_cli.browser.found import chromium

CHROMIUM = chromium()

OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests; each has places of its own in it."""
    if CHROMIUM is None:
        pytest.skip("NOTE: there is no chromium here, so the page is NOT TESTED; `make system`")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    expect.set_options(timeout=PATIENCE * 1000)
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, *sandbox])
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that don't stop it; each makes people of its own."""
    with serve(tmp_path_factory.mktemp("page")) as started:
        yield started


@pytest.fixture
def new_place(browser: Browser, server: Server) -> Iterator[NewPlace]:
    """Make another browser, or private window; what it stores, no other sees."""
    places: list[Place] = []

    def make(url: str = server.url, token: str | None = None, **options: Any) -> Place:
        if token:
            stored = [{"name": TOKEN, "value": token}]
            origins = [{"origin": url, "localStorage": stored}]
            options["storage_state"] = {"cookies": [], "origins": origins}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        places.append(Place(context, url))
        return places[-1]

    yield make
    for place in places:
        place.context.close()
    assert [problem for place in places for problem in place.problems] == []


@pytest.fixture
def tab(new_place: NewPlace) -> Tab:
    """The page, just opened by somebody who has never been here."""
    return new_place().open()


@pytest.fixture
def anna(server: Server) -> Person:
    """Signed in."""
    return server.new_person().sign_in()


@pytest.fixture
def bob(server: Server) -> Person:
    """Signed in, and somebody else."""
    return server.new_person().sign_in()


@pytest.fixture
def home(new_place: NewPlace, anna: Person) -> Tab:
    """Anna's profile view, with her wall loaded."""
    return loaded(new_place(token=anna.token).open())

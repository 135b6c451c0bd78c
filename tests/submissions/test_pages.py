"""The pages that the generator writes, in a real browser, with their own servers."""

import random
import shutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.submissions.axes import drawn
from tests.submissions.generator import unpack, write
from tests.submissions.people import PASSWORD
from tests.submissions.running import set_up, started
from tests.submissions.seeds import GRADABLE

RIGHT = [seed for seed in GRADABLE if drawn(seed).mistake == "none"]

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield launched
        launched.close()


def opened(browser: Browser, url: str, errors: list[str]) -> Page:
    """The page in a browser of its own; what its script throws goes into `errors`."""
    page = browser.new_context().new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    return page


def sign_up(page: Page, email: str) -> None:
    form = page.locator("#signup")
    for name in ("firstname", "familyname", "city"):
        form.locator(f"[name={name}]").fill("Anna")
    form.locator("[name=email]").fill(email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("[name=repeated]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    expect(page.locator("#notice")).to_have_text("You have signed up.")


def sign_in(page: Page, email: str) -> None:
    form = page.locator("#login")
    form.locator("[name=email]").fill(email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    expect(page.locator("#own")).to_contain_text(email)


@pytest.mark.parametrize("seed", RIGHT[::5])
def test_a_page_works_with_its_server(browser: Browser, seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    email = "".join(random.choices(string.ascii_lowercase, k=12)) + "@liu.se"  # noqa: S311
    errors: list[str] = []
    with started(root, truth.folder, truth.application, *truth.options) as server:
        laptop, phone = (opened(browser, server.url, errors) for _ in range(2))
        sign_up(laptop, email)
        sign_in(laptop, email)
        laptop.locator("#post textarea").fill("Hello there")
        laptop.locator("#post [type=submit]").click()
        expect(laptop.locator("#wall")).to_contain_text("Hello there")
        laptop.reload()
        expect(laptop.locator("#own")).to_contain_text(email)
        laptop.wait_for_function("socket?.readyState === WebSocket.OPEN")
        sign_in(phone, email)
        expect(laptop.locator("#login")).to_be_visible()
        phone.get_by_role("button", name="Account").click()
        phone.get_by_role("button", name="Sign out").click()
        expect(phone.locator("#login")).to_be_visible()
    assert errors == []

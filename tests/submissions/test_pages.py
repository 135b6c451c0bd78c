"""The pages that the generator writes, in a real browser, with their own servers."""

import random
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.submissions import others
from tests.submissions.axes import drawn
from tests.submissions.generator import unpack, write
from tests.submissions.people import PASSWORD
from tests.submissions.running import set_up, started
from tests.submissions.seeds import GRADABLE, firsts
from twidder_cli.browser.found import chromium, why_not

RIGHT = [seed for seed in GRADABLE if drawn(seed).mistake == "none"]

OF_THE_PAGE = ("session", "secrecy", "afterwards", "dials")

OWN = [seed for axis in OF_THE_PAGE for seed in firsts(axis, RIGHT)]
"""Seeds with pages that have ways of their own."""

CHROMIUM = chromium()

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=why_not())


@contextmanager
def browser(playwright: Playwright, origin: str, url: str) -> Iterator[Browser]:
    """A browser that finds the server at `url` at another origin as well."""
    host = urlsplit(origin).netloc or "nowhere"
    rules = f"--host-resolver-rules=MAP {host} {urlsplit(url).netloc}"
    launched = playwright.chromium.launch(
        executable_path=CHROMIUM, chromium_sandbox=False, args=[rules]
    )
    yield launched
    launched.close()


def secured(origin: str, folder: Path) -> Sequence[str]:
    """What gunicorn has to be told to be found at an origin: a certificate, where it says https."""
    if not origin.startswith("https:"):
        return ()
    file = folder / "certificate.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(file)
    return "--certfile", str(file), "--keyfile", str(file)


def opened(browser: Browser, url: str, errors: list[str]) -> Page:
    """The page in a browser of its own; what its script throws goes into `errors`."""
    page = browser.new_context(ignore_https_errors=True).new_page()
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


def sign_in(page: Page, email: str) -> None:
    form = page.locator("#login")
    form.locator("[name=email]").fill(email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    expect(page.locator("#own")).to_contain_text(email)


def use(laptop: Page, phone: Page, email: str, *, signs_in: bool) -> None:
    """Sign up, post, load the page again, sign in elsewhere, and out there."""
    sign_up(laptop, email)
    if signs_in:
        expect(laptop.locator("#own")).to_contain_text(email)
    else:
        expect(laptop.locator("#notice")).to_have_text("You have signed up.")
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


@pytest.mark.parametrize("seed", sorted({*RIGHT[::5], *OWN}))
def test_a_page_works_with_its_server(seed: int, tmp_path: Path, playwright: Playwright) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    email = "".join(random.choices(string.ascii_lowercase, k=12)) + "@liu.se"  # noqa: S311
    errors: list[str] = []
    options = (*truth.options, *secured(truth.origin, tmp_path))
    with (
        started(root, truth.folder, truth.application, *options) as server,
        browser(playwright, truth.origin, server.url) as chromium,
    ):
        url = truth.origin or server.url
        laptop, phone = (opened(chromium, url, errors) for _ in range(2))
        use(laptop, phone, email, signs_in=drawn(seed).afterwards == "signs-in")
    assert errors == []


@pytest.mark.parametrize("seed", GRADABLE[::12])
def test_a_page_works_with_a_server_of_another_kind(
    seed: int, tmp_path: Path, playwright: Playwright
) -> None:
    combination = replace(drawn(seed), dials="own")
    others.write(combination, tmp_path)
    errors: list[str] = []
    with others.started(tmp_path) as server, browser(playwright, "", server.url) as chromium:
        laptop, phone = (opened(chromium, server.url, errors) for _ in range(2))
        signs_in = combination.afterwards == "signs-in"
        use(laptop, phone, "anna.berg@liu.se", signs_in=signs_in)
    assert errors == []


@pytest.mark.parametrize("seed", firsts("dials", RIGHT)[1:])
def test_a_page_names_the_origin_where_it_looks(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    (script,) = (unpack(truth, tmp_path, tmp_path / "unpacked") / truth.folder).rglob("client.js")
    assert truth.origin.replace("http", "ws") in script.read_text()
    assert "location.host" not in script.read_text()


def test_a_page_loads_itself_again_after_a_sign_in(tmp_path: Path, playwright: Playwright) -> None:
    seed = next(seed for seed in RIGHT if drawn(seed).afterwards == "reloads")
    truth = write(replace(drawn(seed), dials="own"), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    with (
        started(root, truth.folder, truth.application, *truth.options) as server,
        browser(playwright, "", server.url) as chromium,
    ):
        page = opened(chromium, server.url, [])
        sign_up(page, email := "anna.berg@liu.se")
        expect(page.locator("#notice")).to_have_text("You have signed up.")
        with page.expect_navigation():
            sign_in(page, email)

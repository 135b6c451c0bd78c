"""How long scenarios with pages take beside straight Playwright scripts that do the same clicks.

Both play on one Chromium that runs already, against the reference, turn by turn.
The scripts wait for what they have to see and for nothing else; the checker's
waits (a control phase, settling, a view that stays) are part of its time.
"""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import requests
from playwright.async_api import Page

from benchmarks.check_speed import reference
from twidder_cli import processes
from twidder_cli.browser.chromium import Chromium
from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract, find_scenarios, load_scenarios
from twidder_cli.model.verdicts import Verdict

_ROUNDS = 3
_PASSWORD = "Aa1!" + secrets.token_hex(4)
_PATIENCE = 60.0


def main() -> None:
    """Measure both, scenario by scenario, and print the ratios."""
    folder = Path(tempfile.mkdtemp())
    browser = Chromium(processes.best_sandbox(), folder)
    began = time.perf_counter()
    browser.start()
    print(f"start of Chromium: {time.perf_counter() - began:.2f} s")
    with reference() as url:
        for name, script in SCRIPTS.items():
            pairs = [
                (_ours(name, url, browser), _script(script, url, browser)) for _ in "x" * _ROUNDS
            ]
            ours, straight = (statistics.median(times) for times in zip(*pairs, strict=True))
            print(f"{name}: {ours:.2f} s, script {straight:.2f} s, ratio {ours / straight:.2f}")
    browser.close()
    processes.remove(folder)


def _ours(name: str, url: str, browser: Chromium) -> float:
    (scenario,) = load_scenarios(find_scenarios((name,)))
    server = Server(find_contract("common"), Pace()).at(url)
    began = time.perf_counter()
    seed = secrets.token_hex(4)
    timeline = Player(scenario, server, seed, lambda _step, _kind: None, browser).play()
    assert judge(scenario, timeline).verdict is Verdict.PASSED, name
    return time.perf_counter() - began


Script = Callable[[Page, Callable[[], None]], Coroutine[Any, Any, None]]


def _script(script: Script, url: str, browser: Chromium) -> float:
    began = time.perf_counter()
    email = _signed_up(url)

    async def play() -> None:
        context = await browser.context(url)
        page = await context.new_page()
        await page.goto("/")
        await page.locator("#signin [name=username]").fill(email)
        await page.locator("#signin [name=password]").fill(_PASSWORD)
        async with page.expect_websocket():
            await page.locator("#signin button").click()
        await script(page, lambda: _signed_in(url, email))
        await context.close()

    browser.run(play(), _PATIENCE)
    return time.perf_counter() - began


async def _sign_out(page: Page, _: Callable[[], None]) -> None:
    await page.locator("#account-tab").click()
    await page.locator("#signout button").click()
    await page.locator("#signin").wait_for()
    await page.reload()
    await page.locator("#signin").wait_for()


async def _refresh(page: Page, sign_in_elsewhere: Callable[[], None]) -> None:
    async with page.expect_websocket() as socket:
        await page.reload()
    await (await socket.value).wait_for_event("framesent")
    sign_in_elsewhere()
    await page.locator("#signin").wait_for()


def _signed_up(url: str) -> str:
    email = f"{secrets.token_hex(6)}@liu.se"
    names = dict.fromkeys(("firstname", "familyname", "city", "country"), "Anna")
    body = {**names, "gender": "Female", "email": email, "password": _PASSWORD}
    requests.post(f"{url}/sign_up", json=body, timeout=_PATIENCE).raise_for_status()
    return email


def _signed_in(url: str, email: str) -> None:
    body = {"username": email, "password": _PASSWORD}
    requests.post(f"{url}/sign_in", json=body, timeout=_PATIENCE).raise_for_status()


SCRIPTS: dict[str, Script] = {"lab3/page-sign-out": _sign_out, "lab3/page-refresh": _refresh}

if __name__ == "__main__":
    main()

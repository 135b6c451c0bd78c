"""How long scenarios with pages take beside straight Playwright scripts that do the same clicks.

Both play on one Chromium that runs already, against the reference, turn by turn.
The scripts wait for what they have to see and for nothing else, and look on for as long
where nothing may happen; the checker's other waits (a control phase, settling, a view
that stays) are part of its time.
"""

import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import requests
import websocket
from playwright.async_api import BrowserContext, Page

from benchmarks.check_speed import reference
from twidder_cli import processes
from twidder_cli.browser.chromium import Chromium
from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract, find_plan, find_scenarios, load_scenarios
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.verdicts import Verdict

_ROUNDS = 3
_PASSWORD = "Aa1!" + secrets.token_hex(4)
_PATIENCE = 60.0
_NAMES = dict.fromkeys(("firstname", "familyname", "city", "country"), "Anna")


def main() -> None:
    """Measure both, scenario by scenario, and print the ratios and that of the whole set."""
    folder = Path(tempfile.mkdtemp())
    browser = Chromium(processes.best_sandbox(), folder)
    began = time.perf_counter()
    browser.start()
    print(f"start of Chromium: {time.perf_counter() - began:.2f} s")
    whole = [0.0, 0.0]
    with reference() as url:
        for scenario in _scenarios():
            pairs = [
                (_ours(scenario, url, browser), _straight(SCRIPTS[scenario.id], url, browser))
                for _ in range(_ROUNDS)
            ]
            medians = [statistics.median(times) for times in zip(*pairs, strict=True)]
            whole = [sum(both) for both in zip(whole, medians, strict=True)]
            _tell(scenario.id, *medians)
    _tell("all of them", *whole)
    browser.close()
    processes.remove(folder)


def _tell(what: str, ours: float, straight: float) -> None:
    print(f"{what}: {ours:.2f} s, script {straight:.2f} s, ratio {ours / straight:.2f}")


def _scenarios() -> list[Scenario]:
    paths = find_scenarios(tuple(find_plan(None).scenarios))
    return [scenario for scenario in load_scenarios(paths) if scenario.in_browser]


def _ours(scenario: Scenario, url: str, browser: Chromium) -> float:
    server = Server(find_contract("common"), Pace()).at(url)
    began = time.perf_counter()
    seed = secrets.token_hex(4)
    timeline = Player(scenario, server, seed, lambda _step, _kind: None, browser).play()
    assert judge(scenario, timeline).verdict is Verdict.PASSED, scenario.id
    return time.perf_counter() - began


def _straight(script: "Script", url: str, browser: Chromium) -> float:
    began = time.perf_counter()

    async def play() -> None:
        people = People(url, browser)
        await script(people)
        await people.leave()

    browser.run(play(), _PATIENCE)
    return time.perf_counter() - began


# Who takes part


class Somebody:
    """A user with a browser of their own, and the page in a tab of it."""

    def __init__(self, context: BrowserContext, email: str) -> None:
        self._context = context
        self._email = email
        self._greeted = asyncio.Event()

    async def open(self) -> None:
        """Open the page in a new tab."""
        self.page: Page = await self._context.new_page()
        greeted = self._greeted.set
        self.page.on("websocket", lambda it: it.on("framesent", lambda _: greeted()))
        await self.page.goto("/")

    async def sign_up(self) -> None:
        """Fill the form in, and wait for the answer."""
        form = self.page.locator("#signup")
        texts = {**_NAMES, "email": self._email, "password": _PASSWORD, "again": _PASSWORD}
        for name, text in texts.items():
            await form.locator(f"[name={name}]").fill(text)
        await form.locator("[name=gender]").select_option("Female")
        async with self.page.expect_response("**/sign_up"):
            await form.locator("button").click()

    async def sign_in(self) -> None:
        """Fill the form in, and wait until the socket has greeted."""
        form = self.page.locator("#signin")
        await form.locator("[name=username]").fill(self._email)
        await form.locator("[name=password]").fill(_PASSWORD)
        self._greeted.clear()
        await form.locator("button").click()
        await self._greeted.wait()
        await self.sees_profile()

    async def sign_out(self) -> None:
        """Find the button behind its tab."""
        await self.page.locator("#account-tab").click()
        await self.page.locator("#signout button").click()

    async def reload(self) -> None:
        """Load the page again, and wait until the socket has greeted."""
        self._greeted.clear()
        await self.page.reload()
        await self._greeted.wait()

    async def sees_welcome(self) -> None:
        """Wait for the form to sign in with."""
        await self.page.locator("#signin").wait_for()

    async def sees_profile(self) -> None:
        """Wait for the tabs."""
        await self.page.locator("#account-tab").wait_for()


class People:
    """Everybody of a script, and the server that they use without a page."""

    def __init__(self, url: str, browser: Chromium) -> None:
        self._url = url
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._sockets: list[websocket.WebSocket] = []

    def newcomer(self) -> str:
        """Return the address of somebody who has signed up over the wire."""
        email = _address()
        body = {**_NAMES, "gender": "Female", "email": email, "password": _PASSWORD}
        requests.post(f"{self._url}/sign_up", json=body, timeout=_PATIENCE).raise_for_status()
        return email

    def sign_in(self, email: str) -> str:
        """Sign in over the wire, open a socket, and return the token."""
        body = {"username": email, "password": _PASSWORD}
        answer = requests.post(f"{self._url}/sign_in", json=body, timeout=_PATIENCE)
        token: str = answer.json()["data"]
        socket = websocket.create_connection(f"ws{self._url.removeprefix('http')}/ws")
        socket.send(token)
        self._sockets.append(socket)
        return token

    def is_in(self, token: str) -> bool:
        """Whether a token is accepted."""
        path, headers = "/get_user_data_by_token", {"Authorization": token}
        return requests.get(self._url + path, headers=headers, timeout=_PATIENCE).ok

    async def at_the_page(self, email: str) -> Somebody:
        """Return somebody who has opened the page."""
        context = await self._browser.context(self._url)
        self._contexts.append(context)
        somebody = Somebody(context, email)
        await somebody.open()
        return somebody

    async def leave(self) -> None:
        """Close all that is open."""
        for socket in self._sockets:
            socket.close()
        for context in self._contexts:
            await context.close()


def _address() -> str:
    return f"{secrets.token_hex(6)}@liu.se"


# What they do: a script for each scenario


Script = Callable[[People], Coroutine[Any, Any, None]]


async def _asynchronous(people: People) -> None:
    laptop = await people.at_the_page(_address())
    await laptop.sign_up()
    await laptop.sign_in()
    await laptop.reload()
    await laptop.sees_profile()
    await laptop.sign_out()


async def _early_socket(people: People) -> None:
    laptop = await people.at_the_page(people.newcomer())
    await laptop.sees_welcome()
    await asyncio.sleep(1)
    await laptop.sign_in()


async def _expired_later(people: People) -> None:
    email = people.newcomer()
    laptop = await people.at_the_page(email)
    await laptop.sign_in()
    await laptop.page.goto("about:blank")
    token = people.sign_in(email)
    await laptop.page.goto("/")
    await laptop.sees_welcome()
    await laptop.page.close()
    await laptop.open()
    await laptop.sees_welcome()
    assert people.is_in(token)


async def _logout(people: People) -> None:
    email = _address()
    laptop, phone = await people.at_the_page(email), await people.at_the_page(email)
    await laptop.sign_up()
    await laptop.sign_in()
    await phone.sign_in()
    await laptop.sees_welcome()
    await phone.sees_profile()


async def _others_stay(people: People) -> None:
    anna, bob = people.newcomer(), people.newcomer()
    laptop, phone = await people.at_the_page(anna), await people.at_the_page(anna)
    desk = await people.at_the_page(bob)
    await laptop.sign_in()
    await desk.sign_in()
    await phone.sign_in()
    await laptop.sees_welcome()
    await asyncio.sleep(Pace().grace)
    await phone.sees_profile()
    await desk.sees_profile()


async def _refresh(people: People) -> None:
    email = people.newcomer()
    laptop = await people.at_the_page(email)
    await laptop.sign_in()
    await laptop.reload()
    people.sign_in(email)
    await laptop.sees_welcome()


async def _sign_out(people: People) -> None:
    laptop = await people.at_the_page(people.newcomer())
    await laptop.sign_in()
    await laptop.sign_out()
    await laptop.sees_welcome()
    await laptop.page.reload()
    await laptop.sees_welcome()


async def _tab_closed(people: People) -> None:
    email = people.newcomer()
    laptop, phone = await people.at_the_page(email), await people.at_the_page(email)
    await laptop.sign_in()
    await laptop.page.goto("about:blank")
    await phone.sign_in()


async def _third(people: People) -> None:
    email = people.newcomer()
    laptop, phone = await people.at_the_page(email), await people.at_the_page(email)
    await laptop.sign_in()
    await phone.sign_in()
    await laptop.sees_welcome()
    await laptop.sign_in()
    await phone.sees_welcome()
    people.sign_in(email)
    await laptop.sees_welcome()


SCRIPTS: dict[str, Script] = {
    "lab3/page-asynchronous": _asynchronous,
    "lab3/page-early-socket": _early_socket,
    "lab3/page-expired-later": _expired_later,
    "lab3/page-logout": _logout,
    "lab3/page-others-stay": _others_stay,
    "lab3/page-refresh": _refresh,
    "lab3/page-sign-out": _sign_out,
    "lab3/page-tab-closed": _tab_closed,
    "lab3/page-third": _third,
}

if __name__ == "__main__":
    main()

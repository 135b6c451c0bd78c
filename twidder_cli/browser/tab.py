"""A tab: what its page shows is told by a script of ours in it, what is done is done as by hand."""

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
)

from twidder_cli.browser.addresses import is_icon
from twidder_cli.browser.filling import deeds
from twidder_cli.browser.reading import (
    Control,
    Field,
    Form,
    Reading,
    button_of,
    objections,
    view_of,
)
from twidder_cli.browser.traffic import Traffic
from twidder_cli.browser.world import TELL, World
from twidder_cli.engine.pace import APPEARS, OPENS, REACH
from twidder_cli.engine.people import Scene
from twidder_cli.model.actors import Actor
from twidder_cli.model.page import PageView
from twidder_cli.model.timeline import Noted, Shown

T = TypeVar("T")

_SHORTEST = 8
_NOWHERE = "about:blank"
_NAP = 0.05
_FRAME = 0.02
_MOST_PLACES = 6
_MOST_NOTES = 200
_LONGEST = 1 << 20
_WALL_CLOCK = time.time() - time.monotonic()
"""What a page's own clock is ahead of the system's monotonic one."""


class NotThere(Exception):  # noqa: N818  told as the cause of a step that can't be played
    """Nothing on the page could be understood as what was looked for."""


class Kept(msgspec.Struct):
    """What a page keeps in the browser's two stores, and in cookies that it may see."""

    local: dict[str, str]
    session: dict[str, str]
    cookies: list[str]


class Tab:
    """One tab of one actor; all of it runs in the browser's loop."""

    def __init__(self, page: Page, actor: Actor, scene: Scene, traffic: Traffic) -> None:
        self.page = page
        self._actor = actor
        self._recorder = scene.recorder
        self._address = scene.cast.profile(actor.user)["email"]
        self._traffic = traffic
        self._notes = 0
        self._view: PageView | None = None
        self.objections: dict[str, str] = {}
        """What the browser did not accept in each form when that was to be sent."""

    async def listen(self, context: BrowserContext) -> None:
        """Begin to write down what happens in the tab."""
        self._cdp = cdp = await context.new_cdp_session(self.page)
        cdp.on("Runtime.bindingCalled", self._is_told)
        await self._traffic.listen(cdp)
        self._world = World(cdp)
        await self._world.enter()
        self.page.on("dialog", self._answer)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note("console", error.message))

    # What somebody does

    async def open(self) -> None:
        """Go to the server's address."""
        self._view = None
        self._traffic.expect_load()
        await self.page.goto("/", wait_until="domcontentloaded")

    async def reload(self) -> None:
        """Load the page again."""
        self._view = None
        self._traffic.expect_load()
        await self.page.reload(wait_until="domcontentloaded")

    async def leave(self) -> None:
        """Leave the page; what the tab's session has stored stays, as where one is restored."""
        self._traffic.sockets.leave_all()
        self._view = None
        await self.page.goto(_NOWHERE)

    async def close(self) -> None:
        """Close the tab, and forget what only it had stored."""
        self._traffic.sockets.leave_all()
        await self.page.close()

    async def look(self) -> None:
        """Return once the page has had a turn to answer; raises Error where it does not."""
        until = time.monotonic() + REACH
        while True:
            try:
                await self._world.call("read")
            except Error:  # another document is being loaded
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(_NAP)
            else:
                return

    async def picture(self) -> bytes:
        """Return what is in sight, as a JPEG; nothing of a page that was left."""
        if self.page.url == _NOWHERE:
            return b""
        shot = await self._cdp.send("Page.captureScreenshot", {"format": "jpeg", "quality": 60})
        image = base64.b64decode(shot["data"])
        return image if len(image) <= _LONGEST else b""

    async def stored(self) -> list[str]:
        """Return what the page keeps that is long enough for a token."""
        try:
            kept = msgspec.convert(await self._world.call("stored"), list[str])
        except (Error, msgspec.ValidationError):
            return []
        return [text for text in kept if _SHORTEST <= len(text) <= _LONGEST]

    async def kept(self) -> Kept | None:
        """Return all that the page keeps, so that it can be given back; None where nobody can."""
        try:
            return msgspec.convert(await self._world.call("kept"), Kept)
        except (Error, msgspec.ValidationError):
            return None

    async def keep(self, kept: Kept) -> None:
        """Let the page keep what it kept at another time, as where it has forgotten nothing."""
        await self._world.call("keep", msgspec.to_builtins(kept))

    async def fill_in(self, kind: Form, values: Mapping[str, str]) -> None:
        """Fill a form in and send it; raises NotThere."""
        reading, group = await self._form(kind)
        fields = reading.fields_of(group)
        if not fields:  # the page shows something else by now
            raise NotThere(f"the form to {kind.replace('_', ' ')} with has gone")
        todo = [[d.field.number, d.how, d.what] for d in deeds(kind, fields, values)]
        await self._world.call("fill", todo)
        self.objections[kind] = objections((await self._read()).fields_of(group))
        await self._send(group, fields[-1], kind)

    async def sign_out(self) -> None:
        """Click on what signs out, behind whichever tab or menu it is; raises NotThere."""
        places = (await self._read()).places
        found = await self._behind(places, lambda reading: next(reading.saying("sign_out"), None))
        if found is None:
            raise NotThere("there is nothing on the page that says it signs out")
        await self._click(found)

    async def post(self, text: str) -> None:
        """Write a message on a wall; raises NotThere."""
        found = await self._behind((await self._read()).places, lambda reading: reading.message)
        if found is None:
            raise NotThere("there is nothing on the page to write a message into")
        await self._write(found, text)

    async def look_up(self, address: str) -> None:
        """Look somebody up; raises NotThere."""
        places = (await self._read()).lookouts
        found = await self._behind(places, lambda reading: reading.search)
        if found is None:
            raise NotThere("there is nothing on the page to look somebody up with")
        await self._write(found, address)

    async def _write(self, field: Field, text: str) -> None:
        """Write into the one line that matters, and send it off."""
        await self._world.call("fill", [[field.number, "write", text]])
        await self._send(field.group, field)

    async def _send(self, group: int, last: Field, kind: Form | None = None) -> None:
        button = button_of(await self._read(), group, kind)
        if button is None:
            await self._world.call("focus", last.number)
            await self.page.keyboard.press("Enter")
        else:
            await self._click(button)

    async def _behind(
        self, places: Iterable[Control], find: Callable[[Reading], T | None]
    ) -> T | None:
        """Find something here, or behind one of these tabs and menus."""
        found = await self._appears(find, 0.0)
        for place in list(places)[:_MOST_PLACES]:
            if found is not None:
                break
            with contextlib.suppress(Error, NotThere):
                await self._click(place)
            found = await self._appears(find, OPENS)
        return found

    async def _form(self, kind: Form) -> tuple[Reading, int]:
        """Find a form, behind a tab or a link that says so where it is not in sight."""
        group = None
        if kind == "change_password":  # it is never what a page begins with
            places = (await self._read()).places
            group = await self._behind(places, lambda reading: reading.form(kind))
        if group is None:
            group = await self._appears(lambda reading: reading.form(kind), APPEARS)
        leads = [] if group is not None else list((await self._read()).saying(kind))
        for lead in leads:
            await self._click(lead)
            group = await self._appears(lambda reading: reading.form(kind), APPEARS)
            if group is not None:
                break
        if group is None:
            raise NotThere(f"there is no form on the page to {kind.replace('_', ' ')} with")
        return await self._read(), group

    async def _appears(self, find: Callable[[Reading], T | None], within: float) -> T | None:
        until = time.monotonic() + within
        while True:
            found = find(await self._read())
            if found is not None or time.monotonic() > until:
                return found
            await asyncio.sleep(_NAP)

    async def _click(self, control: Control) -> None:
        """Click where a control stands still; where something is in a mouse's way, without one."""
        until, before = time.monotonic() + REACH, None
        while time.monotonic() < until:
            place = await self._world.call("place", control.number)
            if place is not None and place == before:
                await self.page.mouse.click(*place)
                return
            before = place
            await asyncio.sleep(_FRAME)
        await self._world.call("click", control.number)

    async def _read(self) -> Reading:
        try:
            return msgspec.convert(await self._world.call("read"), Reading)
        except (Error, msgspec.ValidationError):
            return Reading()  # another document is being loaded

    # What is told

    def _is_told(self, event: dict[str, Any]) -> None:
        """Take what the script says; a page may say anything in its place."""
        if len(event["payload"]) > _LONGEST:
            return
        try:
            said = msgspec.json.decode(event["payload"], type=_Said)
        except (msgspec.DecodeError, RecursionError):
            return
        now = self._recorder.now()
        at = min(now, self._recorder.at(said.at / 1000 - _WALL_CLOCK))
        if event["name"] == TELL:
            self._shows(view_of(said.reading, self._address) if said.reading else None, at)
        elif said.kind == "left":
            self._traffic.sockets.leave(said.text, at)
        elif said.kind in {"synchronous", "stub"}:
            self._note(said.kind, said.text)

    def _shows(self, view: PageView | None, at: float) -> None:
        """Take note of what a document shows; of a new one, that is nothing yet."""
        if view == self._view or self.page.url == _NOWHERE:
            return
        self._view = view
        if view is not None:
            step = self._recorder.step
            self._recorder.add(Shown(step=step, actor=self._actor, sent=at, received=at, view=view))

    async def _answer(self, dialog: Dialog) -> None:
        self._note("dialog", f"{dialog.type}: {dialog.message}")
        with contextlib.suppress(Error):
            await dialog.accept()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not is_icon(message.location["url"]):
            self._note("console", message.text)

    def _note(self, kind: str, text: str) -> None:
        self._notes += 1
        if self._notes <= _MOST_NOTES:
            self._recorder.note(Noted, self._actor, kind=kind, text=text)


class _Said(msgspec.Struct):
    kind: str
    at: float
    text: str = ""
    reading: Reading | None = None

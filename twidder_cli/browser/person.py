"""Somebody in a browser who uses a page as people do: by what is visible on it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from playwright.async_api import BrowserContext

from twidder_cli.browser.asking import asked, asks_as, granted, is_in, kept_from, views
from twidder_cli.browser.cdn import answer
from twidder_cli.browser.reading import Form
from twidder_cli.browser.tab import Kept, NotThere, Tab
from twidder_cli.browser.traffic import Traffic
from twidder_cli.engine.compare import compare
from twidder_cli.engine.pace import AFTERTHOUGHT, HTTP, PAGE, PICTURE
from twidder_cli.engine.people import Scene
from twidder_cli.libraries import Library
from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import OPEN, READING
from twidder_cli.model.page import RELOADING, Browsing, PageView
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.step import Call, CannotPlay
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.view import View
from twidder_cli.model.words import answered

T = TypeVar("T")


class Runs(Protocol):
    """The browser: has its loop do something, and makes empty profiles."""

    libraries: dict[str, Library]

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]: ...
    def run(self, work: Coroutine[Any, Any, T], timeout: float) -> T: ...
    async def context(self, url: str, origins: Sequence[str]) -> BrowserContext: ...


class InBrowser:
    """An actor with a browser of their own: storage that nobody else sees, and one tab."""

    def __init__(self, actor: Actor, scene: Scene, browser: Runs) -> None:
        self._actor = actor
        self._scene = scene
        self._browser = browser
        self._traffic = Traffic(actor, scene)
        self._context: BrowserContext | None = None
        self._tab: Tab | None = None
        self._coming: Future[Tab] | None = None
        self._kept: Kept | None = None
        self._signed_in = -1.0

    def come(self) -> None:
        """Begin to get a browser and an empty tab, which need not be waited for yet."""
        self._coming = self._browser.begin(self._new_tab())

    def browse(self, deed: Browsing) -> None:
        """Open, reload, leave or come back to the page; raises CannotPlay."""
        self._run(self._browse(deed))

    def call(self, call: Call, *, must: bool) -> Exchange:
        """Do by what the page has for it what a function is for, and return what it asked.

        Raises CannotPlay where nothing on the page can be understood as that, and where it
        `must` be accepted and is refused. A request that was left without an answer may have
        been done.
        """
        function, began = call.function, self._now()
        if function in READING and function not in self._scene.server.contract.operations:
            raise CannotPlay(f"{self._actor}: no page is understood to {function}", ours=True)
        if function == "sign_in":
            began = self._sign_in(call.inputs)
        else:
            self._do(function, call.inputs)
        exchange = self._asked(function, began)
        is_refused = not (exchange.is_left or is_accepted(exchange))
        if not must and exchange.operation != function:
            raise CannotPlay(f"{self._actor}: nobody knows what the page asks for", ours=True)
        if is_refused and not must:
            self._check_asked_as_before(exchange)
            return exchange
        if is_refused:
            compare(self._scene, exchange, function)
            # What is refused may be what we have made of the form.
            is_broken = exchange.reply is None or exchange.reply.status >= 500
            said = f"{self._actor}: {answered(exchange)}"
            raise CannotPlay(said, function=function, ours=not is_broken)
        if function == "sign_up":
            self._scene.recorder.sleep_until(self._now() + self._scaled(AFTERTHOUGHT))
            self._await(lambda _: not self._traffic.is_busy, "the page waits for an answer")
        if function == "sign_in":
            self._await(
                lambda view: "profile" in views(view, self._actor, began),
                "the page shows no profile after the sign-in",
                function=function,
            )
            self._name_token(exchange)
            self._kept = self._run(self._here().kept())
            self._signed_in = self._now()
        if function == "change_password":
            self._scene.cast.accept_new_password(self._actor.user)
        return exchange

    def _check_asked_as_before(self, exchange: Exchange) -> None:
        """Raise CannotPlay where a page asks for what it was granted, but not as who it was then.

        A page that has forgotten its token is refused whatever became of the session.
        """
        recorder = self._scene.recorder
        before = granted(recorder.view(), exchange) or exchange
        requests = (recorder.masked(one).request for one in (exchange, before))
        if exchange.operation not in OPEN and not asks_as(*requests):
            raise CannotPlay(f"{self._actor}: the page has forgotten who it was", ours=True)

    def _do(self, function: str, inputs: Mapping[str, str]) -> None:
        """Use what the page has for a function; raises CannotPlay."""
        cast, user = self._scene.cast, self._actor.user
        match function:
            case "sign_up":
                self._fill_in("sign_up", inputs)
            case "sign_out":
                self._run(self._here().sign_out())
            case "change_password":
                old = inputs.get("old", cast.password(user))
                new = cast.new_password(user, inputs.get("new"))
                self._fill_in("change_password", {"old": old, "new": new})
            case "post_message":
                self._run(self._here().post(cast.message(user, inputs.get("message"))))
            case _ if function in RELOADING:
                self._come_back()
            case _:  # somebody is looked up
                address = inputs.get("email", cast.profile(user)["email"])
                self._run(self._here().look_up(address))

    def _come_back(self) -> None:
        """Load the page again, with what it had kept of the last sign-in if that was forgotten."""
        if self._shows("welcome") and self._kept is not None:
            self._run(self._here().keep(self._kept))
        self._run(self._here().reload())

    def _sign_in(self, inputs: Mapping[str, str]) -> float:
        """Sign in, unless the page does so by itself after a sign-up; return since when it may."""
        began = self._now()
        try:
            if inputs or not is_in(self._scene.recorder.view(), self._actor):
                self._fill_in("sign_in", inputs)
                return began
        except CannotPlay:
            if inputs or not self._shows("profile"):
                raise
        return self._signed_in  # an earlier sign-in is none of this one

    def _name_token(self, exchange: Exchange) -> None:
        """Name what the page keeps of the answer to its sign-in, however that is written."""
        reply = exchange.reply
        handed_over = [reply.body, *reply.headers.values()] if reply else []
        profile = self._scene.cast.profile(self._actor.user).values()
        for value in self._run(self._here().stored()):
            is_said = any(value in text for text in handed_over)
            if is_said and not any(known in value for known in profile):
                self._traffic.name_token(value)

    def _fill_in(self, form: Form, inputs: Mapping[str, str]) -> None:
        values = {**self._scene.cast.profile(self._actor.user), **inputs}
        self._run(self._here().fill_in(form, values))

    def try_out(self, function: str, inputs: Mapping[str, str]) -> None:
        """Do by the page what a function is for, whatever comes of it; raises CannotPlay.

        Returns when the page waits for nothing any more.
        """
        match function:
            case "sign_up" | "sign_in" if is_in(self._scene.recorder.view(), self._actor):
                pass  # the page has done it by itself
            case "sign_up" | "sign_in" | "change_password":
                self._fill_in(function, inputs)
            case "post_message":
                self._run(self._here().post(inputs["message"]))
            case "get_user_data_by_email":
                self._run(self._here().look_up(inputs["email"]))
            case _:
                self._run(self._here().sign_out())
        self._scene.recorder.sleep_until(self._now() + self._scaled(AFTERTHOUGHT))
        self._await(lambda _: not self._traffic.is_busy, "the page waits for an answer")

    def look(self) -> None:
        """Return once what had arrived for the page has been dealt with there."""
        if self._tab is not None:
            self._run(self._tab.look())

    def picture(self) -> bytes:
        """Return what the page looks like, as a JPEG; nothing where that can't be had."""
        try:
            return self._browser.run(self._here().picture(), self._scaled(PICTURE))
        except CannotPlay:
            return b""

    def close(self) -> None:
        """Leave the browser, with all that is stored in it."""
        self._traffic.sockets.leave_all()
        self._browser.run(self._go(), self._scaled(HTTP))

    async def _go(self) -> None:
        try:
            if self._coming is not None:
                await asyncio.gather(asyncio.wrap_future(self._coming), return_exceptions=True)
        finally:
            if self._context is not None:
                await self._context.close()

    async def _browse(self, deed: Browsing) -> None:
        match deed:
            case "open":
                coming, self._coming = self._coming, None
                self._tab = await (asyncio.wrap_future(coming) if coming else self._new_tab())
                await self._tab.open()
            case "reopen":
                await self._here().close()
                self._tab = await self._new_tab()
                await self._tab.open()
            case "restore":
                await self._here().open()
            case "reload":
                await self._here().reload()
            case "close_tab":
                await self._here().leave()
            case "go_offline" | "go_online":
                await self._here().page.context.set_offline(deed == "go_offline")

    async def _new_tab(self) -> Tab:
        if self._context is None:
            server = self._scene.server
            self._context = await self._browser.context(server.url, server.origins)
            self._context.set_default_timeout(1000 * self._scaled(HTTP))
        page = await self._context.new_page()
        await answer(page, self._browser.libraries)
        tab = Tab(page, self._actor, self._scene, self._traffic)
        await tab.listen(self._context)
        return tab

    def _here(self) -> Tab:
        if self._tab is None:
            raise CannotPlay(f"{self._actor} has not opened the page", ours=True)
        return self._tab

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._browser.run(work, self._scaled(PAGE))
        except NotThere as missing:
            raise CannotPlay(f"{self._actor}: {missing}", ours=True) from None

    def _asked(self, function: str, since: float) -> Exchange:
        """Return the page's last request for a function; raises CannotPlay where there is none."""
        objection = self._here().objections.get(function, "")
        self._await(
            lambda view: bool(asked(view, self._actor, function, since)),
            f"the page asks for nothing at {function}",
            lambda view: "; ".join(filter(None, [objection, *kept_from(view, self._actor, since)])),
        )
        return asked(self._scene.recorder.view(), self._actor, function, since)[-1]

    def _await(
        self,
        condition: Callable[[View], bool],
        otherwise: str,
        why: Callable[[View], str] = lambda _: "",
        function: str = "",
    ) -> None:
        lost, recorder = self._scene.server.has_to_move, self._scene.recorder
        recorder.wait(lambda view: condition(view) or lost(view), self._now() + self._scaled(HTTP))
        if not condition(recorder.view()):
            said = ": ".join(filter(None, (self._actor, otherwise, why(recorder.view()))))
            raise CannotPlay(said, function=function, ours=True)

    def _shows(self, view: PageView) -> bool:
        return views(self._scene.recorder.view(), self._actor)[-1:] == [view]

    def _now(self) -> float:
        return self._scene.recorder.now()

    def _scaled(self, seconds: float) -> float:
        return self._scene.server.pace.scaled(seconds)

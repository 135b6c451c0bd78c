"""One Chromium for a worker, driven by Playwright on a thread with an event loop of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Browser as Launched
from playwright.async_api import BrowserContext, Error, async_playwright

from twidder_cli import processes
from twidder_cli.browser.found import chromium, why_not
from twidder_cli.browser.person import InBrowser
from twidder_cli.browser.proxy import Proxy
from twidder_cli.browser.tour import tour
from twidder_cli.engine.pace import BROWSER
from twidder_cli.engine.people import Person, Scene
from twidder_cli.engine.server import Server
from twidder_cli.libraries import Library, address
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import CannotPlay
from twidder_cli.model.timeline import Noted, Timeline

T = TypeVar("T")

_OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_UNCONFINED = "pages run in a Chromium that is not confined: they may do what you may"


class _Way(NamedTuple):
    """A way to launch: a program, whether Chromium makes its own sandbox, and what to say of it."""

    program: Path
    has_own_sandbox: bool
    warning: str = ""


class Chromium:
    """A browser that is started when the first actor needs it; safe to use from any thread.

    Nothing but `hosts` is ever reached: not the internet, and no other machine. Of the
    internet pages find `libraries`.
    """

    def __init__(
        self,
        sandbox: processes.Sandbox,
        workspace: Path,
        hosts: Sequence[str] = (),
        libraries: Iterable[Library] = (),
    ) -> None:
        self.libraries = {address(library.url): library for library in libraries}
        self._warning = ""
        self._sandbox = sandbox
        self._workspace = workspace
        self._hosts = ("127.0.0.1", "localhost", "[::1]", *hosts)
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._launched: Launched | None = None
        self._running = AsyncExitStack()

    def person(self, actor: Actor, scene: Scene) -> Person:
        """Return somebody with storage of their own; raises CannotPlay where no browser starts."""
        self.start()
        if self._warning:
            scene.recorder.note(Noted, actor, kind="unconfined", text=self._warning)
        return InBrowser(actor, scene, self)

    def tour(self, server: Server, seed: str) -> Timeline:
        """Use all that a server's page has, and return what it did; raises CannotPlay."""
        self.start()
        return tour(self, server, seed)

    def start(self) -> None:
        """Start it, unless it is there; a page may have brought it down. Raises CannotPlay."""
        with self._starting:
            if self._launched is None or not self._launched.is_connected():
                self._start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have the loop do something, and do not wait for it."""
        assert self._loop is not None  # noqa: S101  there is no person without it
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        """Have the loop do something, and return what comes of it.

        Raises CannotPlay for all that the browser or the page does not do in time.
        """
        future = self.begin(work)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise CannotPlay(
                f"the browser did not answer within {timeout:g} s", ours=True
            ) from None
        except Error as error:
            raise CannotPlay(f"the browser: {error.message}", ours=True) from None

    async def context(self, url: str, origins: Sequence[str] = ()) -> BrowserContext:
        """Return an empty profile: another browser, as far as any page can tell.

        It finds the server of that URL at each of the origins, if there are any, and only there.
        """
        assert self._launched is not None  # noqa: S101  there is no person without it
        if not origins:
            return await self._launched.new_context(base_url=url, service_workers="block")
        proxy = Proxy(url, origins)
        context = await self._launched.new_context(
            base_url=origins[0],
            proxy={"server": await proxy.start()},
            ignore_https_errors=True,
            # What a host says that ends TLS for a server, or that would redirect to http.
            extra_http_headers={"X-Forwarded-Proto": urlsplit(origins[0]).scheme},
            service_workers="block",
        )
        context.on("close", lambda _: proxy.close())
        return context

    def close(self) -> None:
        """End the browser, if there is one; one that is being started is there first."""
        with self._starting:
            if self._loop is None:
                return
            with suppress(CannotPlay):  # it has gone by itself
                self.run(self._running.aclose(), BROWSER)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = None

    def _start(self) -> None:
        missing = why_not()
        if missing:
            raise CannotPlay(missing, ours=True)
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            run = self._loop.run_forever
            self._thread = threading.Thread(target=run, daemon=True, name="browser")
            self._thread.start()
        with processes.spared():
            self._launched = self.run(self._launch(), 3 * BROWSER)

    async def _launch(self) -> Launched:
        playwright = await self._running.enter_async_context(async_playwright())
        failed: Error | None = None
        for way in self._ways():
            try:
                launched = await playwright.chromium.launch(
                    executable_path=way.program,
                    chromium_sandbox=way.has_own_sandbox,
                    args=[*_OPTIONS, self._reachable],
                    timeout=1000 * BROWSER,
                )
            except Error as error:
                failed = error
            else:
                self._warning = way.warning
                return await self._running.enter_async_context(launched)
        assert failed is not None  # noqa: S101  there is always one way
        raise failed

    @property
    def _reachable(self) -> str:
        allowed = ", ".join(f"EXCLUDE {host}" for host in self._hosts)
        return f"--host-resolver-rules=MAP * ~NOTFOUND, {allowed}"

    def _ways(self) -> Iterator[_Way]:
        program = chromium()
        assert program is not None  # noqa: S101  asked before
        confined = processes.confined_browser(program, self._sandbox, self._workspace)
        if confined is not None:
            yield _Way(confined, has_own_sandbox=True)
            yield _Way(confined, has_own_sandbox=False)
        yield _Way(program, has_own_sandbox=True, warning="" if confined is None else _UNCONFINED)
        yield _Way(program, has_own_sandbox=False, warning=_UNCONFINED)

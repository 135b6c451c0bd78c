"""What a tab sends and receives, as Chromium tells it, written down as the wire's entries are.

Chromium's times are those of the system's monotonic clock, which Python's are too.
"""

import asyncio
from typing import Any

import msgspec
from playwright.async_api import CDPSession, Error

from twidder_cli.browser.addresses import DATA, function_of, is_for_server, origin_of
from twidder_cli.browser.sockets import Handler, PageSockets
from twidder_cli.browser.writer import Writer
from twidder_cli.engine.people import Scene
from twidder_cli.engine.requests import token_in
from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.timeline import (
    Exchange,
    Loaded,
    Noted,
    Reply,
    Request,
)

_LONGEST = 1 << 20
_MOST_REQUESTS = 5000
_KEEPING = {
    "maxPostDataSize": _LONGEST,
    # The answer to a sign-in is still there for us after a page that loads itself again at once.
    "enableDurableMessages": True,
    "maxTotalBufferSize": 64 * _LONGEST,
}
_LIBRARIES = {"Script", "Stylesheet"}
_LEFT = "its page was left before an answer came"
_UNREACHED = {"net::ERR_NAME_NOT_RESOLVED", "net::ERR_SOCKS_CONNECTION_FAILED"}
"""How an address is lost that nobody here answers for."""


def _as_sent(request: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return a request with the headers of the one that was redirected to it.

    The script's own are sent again, and the browser does not tell of them.
    """
    if origin_of(before["url"]) != origin_of(request["url"]):
        return request
    return {**request, "headers": {**before["headers"], **request["headers"]}}


class Traffic:
    """Listens to one actor's tabs, of which there is one at a time."""

    def __init__(self, actor: Actor, scene: Scene) -> None:
        self._actor = actor
        self._server, self._recorder, cast = scene
        self._address = cast.profile(actor.user)["email"]
        self._asked: dict[str, dict[str, Any]] = {}
        self._writer = Writer(actor, scene)
        self.sockets = PageSockets(self._writer)
        self._reading: set[asyncio.Task[None]] = set()
        self._is_ours = False
        self._requests = 0
        self._frame = ""
        self._sent_to = ""

    async def listen(self, cdp: CDPSession) -> None:
        """Begin to write down what happens in a tab."""
        self._cdp = cdp
        for name, handler in self._handlers().items():
            cdp.on(f"Network.{name}", self._guarded(handler))
        cdp.on("Page.frameRequestedNavigation", self._guarded(self._wants_to_go))
        tree = await cdp.send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        await cdp.send("Network.enable", _KEEPING)

    def _guarded(self, handler: Handler) -> Handler:
        """Let a mistake of ours be told, and not end all hearing."""

        def handle(event: dict[str, Any]) -> None:
            try:
                handler(event)
            except Exception as error:  # noqa: BLE001  told in the recording
                self._recorder.crash(error)

        return handle

    def _handlers(self) -> dict[str, Handler]:
        return {
            "requestWillBeSent": self._asks,
            "responseReceived": self._is_answered,
            "loadingFinished": self._is_loaded,
            "loadingFailed": self._is_lost,
            **self.sockets.handlers,
        }

    @property
    def is_busy(self) -> bool:
        """Whether the page waits for data, or another document comes."""
        return any(map(_is_awaited, tuple(self._asked.values())))

    def expect_load(self) -> None:
        """Take note that the next document is our doing."""
        self._is_ours = True

    # HTTP

    def _asks(self, event: dict[str, Any]) -> None:
        at, kind, request = self._writer.at(event), event.get("type", ""), event["request"]
        self._requests += 1
        if request["url"].startswith(("data:", "blob:")) or self._requests > _MOST_REQUESTS:
            return
        before, load = self._asked.get(event["requestId"]), None
        if self._is_document(event) and before is None:
            load = self._loads(request["url"], at)
        if is_for_server(self._server.contract, kind, request):
            self._writer.looked(request["url"], at)
        if kind == "Script" and request["url"].partition("?")[0].endswith("/serverstub.js"):
            self._note("leftover", self._writer.path(request["url"]), at)
        if kind == "Fetch":
            self._note("fetch", f"{request['method']} {self._writer.path(request['url'])}", at)
        if before is not None:
            before["redirects"] += 1
            if before["request"]["method"] == request["method"]:
                sent = _as_sent(request, before["request"])
                before.update(at=at, request=sent, step=self._recorder.step)
            return  # else what was asked is done, and a GET brings what came of it
        self._asked[event["requestId"]] = {
            "at": at,
            "kind": kind,
            "request": request,
            "redirects": 0,
            "step": self._recorder.step,
            "document": event.get("loaderId"),
            "load": load,
        }

    def _loads(self, url: str, at: float) -> Loaded:
        self.sockets.leave_all(at)
        load = self._writer.write(
            Loaded,
            at,
            path=self._writer.path(url),
            by_us=self._is_ours,
            by_form=url == self._sent_to,
        )
        self._is_ours, self._sent_to = False, ""
        return load

    def _is_document(self, event: dict[str, Any]) -> bool:
        return event.get("type") == "Document" and event.get("frameId") == self._frame

    def _wants_to_go(self, event: dict[str, Any]) -> None:
        """Take note of where the browser sends a form to by itself."""
        if event["frameId"] == self._frame and event["reason"].startswith("formSubmission"):
            self._sent_to = event["url"]

    def _leave_behind(self, document: dict[str, Any], at: float) -> None:
        """Take note of what the page before had asked: Chromium tells no more of it.

        Where we have loaded the new one, that was our doing, and nothing is said.
        """
        for request_id, asked in tuple(self._asked.items()):
            is_older = asked["at"] < document["at"] and asked["document"] != document["document"]
            if not (is_older and _is_awaited(asked)):
                continue
            del self._asked[request_id]
            is_data = asked["kind"] in DATA and self._writer.is_home(asked["request"]["url"])
            if is_data and not document["load"].by_us:
                self._exchanged(asked, at, loss=_LEFT, is_left=True)

    def _is_answered(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._asked:
            self._asked[event["requestId"]]["response"] = event["response"]

    def _is_loaded(self, event: dict[str, Any]) -> None:
        asked = self._asked.pop(event["requestId"], None)
        if asked is not None and asked["load"] is not None:
            self._leave_behind(asked, self._writer.at(event))
        if asked is not None and "response" in asked:
            task = asyncio.ensure_future(
                self._read(event["requestId"], asked, self._writer.at(event))
            )
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, request_id: str, asked: dict[str, Any], at: float) -> None:
        body = ""
        if asked["kind"] in DATA or asked["request"]["method"] != "GET":
            try:
                answer = await self._cdp.send("Network.getResponseBody", {"requestId": request_id})
                body = "" if answer["base64Encoded"] else answer["body"][:_LONGEST]
            except Error:
                pass  # its document has gone, and the body with it
        reply = Reply(
            status=asked["response"]["status"],
            headers=asked["response"]["headers"],
            body=body,
            redirects=asked["redirects"],
        )
        self._exchanged(asked, at, reply=reply)

    def _is_lost(self, event: dict[str, Any]) -> None:
        asked = self._asked.pop(event["requestId"], None)
        if asked is None or event.get("canceled"):
            self._recorder.poke()
            return
        why = event.get("errorText", "")
        if asked["kind"] in _LIBRARIES and why in _UNREACHED:
            self._note("missing", asked["request"]["url"], self._writer.at(event))
            return
        self._note("failed", f"{asked['request']['url']}: {why}", self._writer.at(event))
        if self._writer.is_home(asked["request"]["url"]):
            self._exchanged(asked, self._writer.at(event), loss=why)

    def _exchanged(self, asked: dict[str, Any], at: float, **outcome: Any) -> None:
        request = asked["request"]
        path = self._writer.path(request["url"])
        function = function_of(self._server.contract, request["method"], path)
        exchange = Exchange(
            step=asked["step"],
            actor=self._actor,
            sent=asked["at"],
            received=at,
            operation=function or asked["kind"].lower(),
            request=Request(
                method=request["method"],
                path=path,
                headers=request["headers"],
                body=request.get("postData"),
            ),
            understood=self._server.contract.vouched or function in self._server.understood,
            **outcome,
        )
        if function == "sign_in" and is_accepted(exchange) and exchange.reply:
            place = self._server.contract.operations[function].token
            self.name_token(token_in(exchange.reply, place))
        if self._server.is_by_page and exchange.operation in FUNCTIONS:
            exchange = self._learned(exchange)
        self._recorder.add(exchange)

    def _learned(self, exchange: Exchange) -> Exchange:
        """Return the exchange with what this run knows of its function, and learn from it."""
        server, masked = self._server, self._recorder.masked(exchange)
        question = f"{exchange.operation} {self._address} {exchange.request.path}"
        if is_accepted(exchange):
            server.understood.add(exchange.operation)
        server.answers.learn(masked, question, must=False)
        return msgspec.structs.replace(
            exchange,
            understood=exchange.operation in server.understood,
            differs=server.answers.differs(masked, question),
        )

    def name_token(self, token: str | None) -> None:
        """Write a token by its name from now on, and wherever it has been written before."""
        symbols = self._recorder.symbols
        names = symbols.names(f"{self._actor}.token.")
        if token and token not in map(symbols.value, names):
            symbols.define(f"{self._actor}.token.{len(names) + 1}", token)

    def _note(self, kind: str, text: str, at: float) -> None:
        self._writer.write(Noted, at, kind=kind, text=text)


def _is_awaited(asked: dict[str, Any]) -> bool:
    """Whether a page waits for what was asked: for data, or for itself."""
    return asked["kind"] in DATA or asked["load"] is not None

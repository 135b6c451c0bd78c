"""What a tab sends and receives, as Chromium tells it, written down as the wire's entries are.

Chromium's times are those of the system's monotonic clock, which Python's are too.
"""

import asyncio
import base64
import re
import time
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Error

from twidder_cli.engine.people import Scene
from twidder_cli.engine.requests import token_in
from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import Contract
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.timeline import (
    Connection,
    Exchange,
    Frame,
    Left,
    Loaded,
    Noted,
    Reply,
    Request,
    Sent,
)

_Handler = Callable[[dict[str, Any]], None]

_TEXT, _BINARY = 1, 2
_LONGEST = 1 << 20
_SHOWN = 2048
_MOST_FRAMES = 2000
_MOST_REQUESTS = 5000
_DATA = {"XHR", "Fetch"}
_PLACEHOLDER = re.compile(r"\\\{[a-z]+\\\}")


class Traffic:
    """Listens to one actor's tabs, of which there is one at a time."""

    def __init__(self, actor: Actor, scene: Scene) -> None:
        self._actor = actor
        self._server, self._recorder, _ = scene
        self._asked: dict[str, dict[str, Any]] = {}
        self._sockets: dict[str, _Socket] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._is_ours = False
        self._requests = 0
        self._frame = ""

    async def listen(self, cdp: CDPSession) -> None:
        """Begin to write down what happens in a tab."""
        self._cdp = cdp
        for name, handler in self._handlers().items():
            cdp.on(f"Network.{name}", self._guarded(handler))
        tree = await cdp.send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        await cdp.send("Network.enable", {"maxPostDataSize": _LONGEST})

    def _guarded(self, handler: _Handler) -> _Handler:
        """Let a mistake of ours be told, and not end all hearing."""

        def handle(event: dict[str, Any]) -> None:
            try:
                handler(event)
            except Exception as error:  # noqa: BLE001  told in the recording
                self._recorder.crash(error)

        return handle

    def _handlers(self) -> dict[str, _Handler]:
        return {
            "requestWillBeSent": self._asks,
            "responseReceived": self._is_answered,
            "loadingFinished": self._is_loaded,
            "loadingFailed": self._is_lost,
            "webSocketCreated": self._makes_socket,
            "webSocketWillSendHandshakeRequest": self._shakes_hands,
            "webSocketHandshakeResponseReceived": self._opens,
            "webSocketFrameSent": self._sends,
            "webSocketFrameReceived": self._receives,
            "webSocketFrameError": self._fails,
            "webSocketClosed": self._is_closed,
        }

    @property
    def is_busy(self) -> bool:
        """Whether the page waits for data."""
        return any(asked["kind"] in _DATA for asked in tuple(self._asked.values()))

    def expect_load(self) -> None:
        """Take note that the next document is our doing."""
        self._is_ours = True

    def leave_all(self, at: float | None = None) -> None:
        """Take note that all sockets are left: their document goes, at a moment of our clock."""
        for socket in self._sockets.values():
            self.leave(socket.url, at)

    def leave(self, url: str, at: float | None = None) -> None:
        """Take note that the page, or whoever closes it, has left a socket."""
        now = self._recorder.now() if at is None else at
        for socket in self._sockets.values():
            if socket.url == url and socket.is_open and not socket.is_left:
                socket.is_left = True
                self._write(Left, now, socket=socket.number)
                return

    def _write(self, entry: Any, at: float, /, *, sent: float | None = None, **facts: Any) -> None:
        self._recorder.add(
            entry(
                step=facts.pop("step", self._recorder.step),
                actor=self._actor,
                sent=at if sent is None else sent,
                received=at,
                **facts,
            )
        )

    def _at(self, event: dict[str, Any]) -> float:
        return self._recorder.at(event.get("timestamp", time.monotonic()))

    # HTTP

    def _asks(self, event: dict[str, Any]) -> None:
        at, kind, request = self._at(event), event.get("type", ""), event["request"]
        self._requests += 1
        if request["url"].startswith(("data:", "blob:")) or self._requests > _MOST_REQUESTS:
            return
        redirects = self._asked.get(event["requestId"], {}).get("redirects", -1) + 1
        if kind == "Document" and event.get("frameId") == self._frame and not redirects:
            self.leave_all(at)
            self._write(Loaded, at, path=self._path(request["url"]), by_us=self._is_ours)
            self._is_ours = False
        if kind == "Fetch":
            self._note("fetch", f"{request['method']} {self._path(request['url'])}", at)
        self._asked[event["requestId"]] = {
            "at": at,
            "kind": kind,
            "request": request,
            "redirects": redirects,
            "step": self._recorder.step,
        }

    def _is_answered(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._asked:
            self._asked[event["requestId"]]["response"] = event["response"]

    def _is_loaded(self, event: dict[str, Any]) -> None:
        asked = self._asked.pop(event["requestId"], None)
        if asked is not None and "response" in asked:
            task = asyncio.ensure_future(self._read(event["requestId"], asked, self._at(event)))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, request_id: str, asked: dict[str, Any], at: float) -> None:
        body = ""
        if asked["kind"] in _DATA:
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
            return
        why = event.get("errorText", "")
        self._note("failed", f"{asked['request']['url']}: {why}", self._at(event))
        if self._is_home(asked["request"]["url"]):
            self._exchanged(asked, self._at(event), loss=why)

    def _exchanged(self, asked: dict[str, Any], at: float, **outcome: Any) -> None:
        request = asked["request"]
        path = self._path(request["url"])
        function = _function(self._server.contract, request["method"], path)
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
            self._name(token_in(exchange.reply, self._server.contract.operations[function].token))
        self._recorder.add(exchange)

    def _name(self, token: str | None) -> None:
        symbols = self._recorder.symbols
        if token:
            number = len(symbols.names(f"{self._actor}.token.")) + 1
            symbols.define(f"{self._actor}.token.{number}", token)

    def _note(self, kind: str, text: str, at: float) -> None:
        self._write(Noted, at, kind=kind, text=text)

    def _is_home(self, url: str) -> bool:
        return urlsplit(url).netloc == urlsplit(self._server.url).netloc

    def _path(self, url: str) -> str:
        """Return the path of an address here, and any other address whole."""
        parts = urlsplit(url)
        if not self._is_home(url):
            return url
        return parts.path + (f"?{parts.query}" if parts.query else "")

    # WebSocket

    def _makes_socket(self, event: dict[str, Any]) -> None:
        self._sockets[event["requestId"]] = _Socket(event["url"])

    def _shakes_hands(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.asked_at = self._at(event)

    def _opens(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.is_open = True
            self._connected(socket, self._at(event))

    def _connected(self, socket: "_Socket", at: float, refusal: str = "") -> None:
        numbers = [s.number for s in self._sockets.values()]
        socket.number = max(numbers) + 1
        self._write(
            Connection,
            at,
            sent=socket.asked_at or at,
            socket=socket.number,
            path=self._path(socket.url.replace("ws", "http", 1)),
            token=f"{self._actor}.token",
            refusal=refusal,
        )

    def _sends(self, event: dict[str, Any]) -> None:
        socket = self._sockets.get(event["requestId"])
        if socket and event["response"]["opcode"] == _TEXT:
            text = event["response"]["payloadData"][:_SHOWN]
            self._write(Sent, self._at(event), socket=socket.number, text=text)

    def _receives(self, event: dict[str, Any]) -> None:
        socket = self._sockets.get(event["requestId"])
        kind = {_TEXT: "text", _BINARY: "binary"}.get(event["response"]["opcode"])
        if socket is None or kind is None or socket.heard > _MOST_FRAMES:
            return
        socket.heard += 1
        data = event["response"]["payloadData"]
        if socket.heard > _MOST_FRAMES:
            said: dict[str, Any] = {"kind": "flood", "text": f"more than {_MOST_FRAMES} messages"}
        elif kind == "text":
            size = len(data.encode("utf-8", "surrogatepass"))
            said = {"kind": kind, "text": data[:_SHOWN], "size": size}
        else:
            said = {"kind": kind, "size": len(base64.b64decode(data))}
        self._write(Frame, self._at(event), socket=socket.number, **said)

    def _fails(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.error = event["errorMessage"]

    def _is_closed(self, event: dict[str, Any]) -> None:
        socket = self._sockets.get(event["requestId"])
        if socket is None:
            return
        at = self._at(event)
        if not socket.is_open:
            self._connected(socket, at, refusal=socket.error or "it was closed before it opened")
        elif not socket.is_left:
            kind: Literal["lost", "close"] = "lost" if socket.error else "close"
            self._write(Frame, at, socket=socket.number, kind=kind, text=socket.error)
        socket.is_open = False


class _Socket:
    """A socket that a page has made; `number` is 0 until it opens, or is refused."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.number = 0
        self.asked_at = 0.0
        self.heard = 0
        self.error = ""
        self.is_open = False
        self.is_left = False


def _function(contract: Contract, method: str, path: str) -> str:
    """Return which of the nine functions a request is; empty where it is none."""
    asked = path.partition("?")[0].rstrip("/")
    for name, operation in contract.operations.items():
        template = re.escape(operation.path.partition("?")[0].rstrip("/"))
        if operation.method == method and re.fullmatch(_PLACEHOLDER.sub("[^/]+", template), asked):
            return name
    return ""

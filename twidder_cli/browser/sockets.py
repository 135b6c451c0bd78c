"""The sockets of one actor's page, as Chromium tells of them."""

import base64
from collections.abc import Callable
from typing import Any, Literal

from twidder_cli.browser.writer import Writer
from twidder_cli.model.timeline import Connection, Frame, Left, Sent

Handler = Callable[[dict[str, Any]], None]
"""Takes an event of the browser."""

_TEXT, _BINARY = 1, 2
_SHOWN = 2048
_MOST_FRAMES = 2000


class PageSockets:
    """Every socket that the actor's pages make, numbered as they open or are refused."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._sockets: dict[str, _Socket] = {}

    @property
    def handlers(self) -> dict[str, Handler]:
        """What is done with each event of the browser's network."""
        return {
            "webSocketCreated": self._makes_socket,
            "webSocketWillSendHandshakeRequest": self._shakes_hands,
            "webSocketHandshakeResponseReceived": self._opens,
            "webSocketFrameSent": self._sends,
            "webSocketFrameReceived": self._receives,
            "webSocketFrameError": self._fails,
            "webSocketClosed": self._is_closed,
        }

    def leave_all(self, at: float | None = None) -> None:
        """Take note that all sockets are left: their document goes, at a moment of our clock."""
        for socket in self._sockets.values():
            self.leave(socket.url, at)

    def leave(self, url: str, at: float | None = None) -> None:
        """Take note that the page, or whoever closes it, has left a socket."""
        now = self._writer.now() if at is None else at
        for socket in self._sockets.values():
            if socket.url == url and socket.is_open and not socket.is_left:
                socket.is_left = True
                self._writer.write(Left, now, socket=socket.number)
                return

    def _makes_socket(self, event: dict[str, Any]) -> None:
        self._sockets[event["requestId"]] = _Socket(event["url"])
        self._writer.looked(_as_http(event["url"]), self._writer.at(event))

    def _shakes_hands(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.asked_at = self._writer.at(event)

    def _opens(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.is_open = True
            self._connected(socket, self._writer.at(event))

    def _connected(self, socket: "_Socket", at: float, refusal: str = "") -> None:
        numbers = [s.number for s in self._sockets.values()]
        socket.number = max(numbers) + 1
        self._writer.write(
            Connection,
            at,
            sent=socket.asked_at or at,
            socket=socket.number,
            path=self._writer.path(_as_http(socket.url)),
            token=f"{self._writer.actor}.token",
            refusal=refusal,
        )

    def _sends(self, event: dict[str, Any]) -> None:
        socket = self._sockets.get(event["requestId"])
        if socket and event["response"]["opcode"] == _TEXT:
            text = event["response"]["payloadData"][:_SHOWN]
            self._writer.write(Sent, self._writer.at(event), socket=socket.number, text=text)

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
        self._writer.write(Frame, self._writer.at(event), socket=socket.number, **said)

    def _fails(self, event: dict[str, Any]) -> None:
        if socket := self._sockets.get(event["requestId"]):
            socket.error = event["errorMessage"]

    def _is_closed(self, event: dict[str, Any]) -> None:
        socket = self._sockets.get(event["requestId"])
        if socket is None:
            return
        at = self._writer.at(event)
        if not socket.is_open:
            self._connected(socket, at, refusal=socket.error or "it was closed before it opened")
        elif not socket.is_left:
            kind: Literal["lost", "close"] = "lost" if socket.error else "close"
            self._writer.write(Frame, at, socket=socket.number, kind=kind, text=socket.error)
        socket.is_open = False


def _as_http(url: str) -> str:
    return url.replace("ws", "http", 1)


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

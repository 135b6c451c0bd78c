"""One WebSocket connection: what arrives is handed on at once, from a thread of its own."""

import contextlib
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import websocket

from twidder_cli.wire.deadline import within

MESSAGE_LIMIT = 1024 * 1024
"""Bytes of one message that are read; a longer one ends the connection."""

FLOOD = 2000
"""Messages read from one socket; a server that sends more sends without end."""

_SWITCHING = 101
_LAST = 1.0
"""Seconds for a server to end a connection after the closing handshake."""

_WRITE = 2.0
"""Seconds that a write may take: all we send is small."""

SHOWN = 2048
"""Characters of a message that are kept."""

Kind = Literal["text", "binary", "close", "lost", "flood"]
Arrived = Callable[[Kind, str, int, int], None]
"""Called with what arrived: kind, text, size in bytes, close code."""


class Refused(Exception):  # noqa: N818  a recorded fact
    """The opening handshake failed. The text says how."""


class _Endless(Exception):  # noqa: N818  never leaves this module
    """The server sends more than anybody reads."""


class _Deaf(Exception):  # noqa: N818  never leaves this module
    """The server does not read what we send."""


class _Bounded(websocket.WebSocket):
    """A WebSocket that stops reading when a message grows beyond all use.

    The library has no limit of its own: a header that promises a TiB makes it
    buffer whatever comes.
    """

    pending = 0

    def __init__(self) -> None:
        super().__init__(enable_multithread=True)
        self.thawed = threading.Event()
        self.thawed.set()
        self._pings = 0

    def _recv(self, bufsize: int) -> bytes:
        data: bytes = super()._recv(bufsize)  # type: ignore[no-untyped-call]
        self.thawed.wait()
        self.pending += len(data)
        if self.pending > MESSAGE_LIMIT:
            raise _Endless(f"a message of more than {MESSAGE_LIMIT} bytes")
        return data

    def pong(self, payload: str | bytes = "") -> None:
        """Answer a Ping, as the library does by itself; not for ever, and not to the deaf."""
        self._pings += 1
        if self._pings > FLOOD:
            raise _Endless(f"more than {FLOOD} Pings")
        try:
            super().pong(payload)
        except websocket.WebSocketTimeoutException:
            raise _Deaf from None


class Socket:
    """A connection to a server that may send anything, at any time, or nothing."""

    def __init__(
        self,
        url: str,
        arrived: Arrived,
        crashed: Callable[[Exception], None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._url = url
        self._headers = dict(headers or {})
        self._arrived = arrived
        self._crashed = crashed
        self._ws = _Bounded()
        self._changed = threading.Condition()
        self._pongs: set[str] = set()
        self._ended = False
        self._numbers = itertools.count(1)

    def open(self, timeout: float) -> None:
        """Shake hands and begin to read; raises Refused."""
        try:
            within(timeout, lambda: self._handshake(timeout))
        except (TimeoutError, websocket.WebSocketTimeoutException):
            self._drop()
            raise Refused(f"no answer to the handshake within {timeout:g} s") from None
        except websocket.WebSocketBadStatusException as error:
            raise Refused(f"the handshake was answered with status {error.status_code}") from None
        except ConnectionRefusedError:
            raise Refused("nobody listens there") from None
        except (websocket.WebSocketException, OSError, ValueError) as error:
            answer = self._ws.handshake_response
            if answer is not None and answer.status != _SWITCHING:
                why = f"the handshake was answered with status {answer.status}"
                raise Refused(why) from None
            raise Refused(f"the handshake failed ({type(error).__name__})") from None
        threading.Thread(target=self._read, daemon=True, name=f"reader {self._url}").start()

    def _handshake(self, timeout: float) -> None:
        self._ws.connect(  # type: ignore[no-untyped-call]
            self._url,
            timeout=timeout,
            header=self._headers,
            redirect_limit=0,  # browsers follow none here
            http_proxy_host="none",  # without a host, the next line is not looked at
            http_no_proxy=["*"],
        )
        self._ws.pending = 0
        # Only a write may run into it: the reader tries again.
        self._ws.settimeout(_WRITE)

    def send(self, text: str) -> bool:
        """Send a text message; False when the connection is gone."""
        return self._write(lambda: self._ws.send_text(text))

    def ping(self, timeout: float) -> bool:
        """Send a Ping and return whether its Pong came within `timeout` seconds."""
        payload = f"twidder-{next(self._numbers)}"
        if not self._write(lambda: self._ws.ping(payload)):
            return False
        with self._changed:
            self._changed.wait_for(lambda: payload in self._pongs or self._ended, timeout)
            return payload in self._pongs

    def send_bytes(self, data: bytes, *, raw: bool = False) -> bool:
        """Send a binary message; with `raw`, bytes that are no frame."""
        if not raw:
            return self._write(lambda: self._ws.send_bytes(data))
        connection = self._ws.sock
        return connection is not None and self._write(lambda: connection.sendall(data))

    def leave(self, how: Literal["close", "cut", "freeze"] = "close") -> None:
        """End it: as a page does that is left (1001), without a close, or by not reading on.

        Does not wait for an answer.
        """
        if how == "close":
            self._write(lambda: self._ws.send_close(1001))
        elif how == "cut":
            self._reset()
        else:
            self._ws.thawed.clear()

    def _reset(self) -> None:
        """Reset the connection, so that the other side's next write fails."""
        no_linger = struct.pack("ii", 1, 0)
        connection = self._ws.sock
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
                connection.shutdown(socket.SHUT_RD)  # wakes the reader
            self._drop()

    def finish(self, timeout: float) -> None:
        """Wait for the other side's end of a connection that was left, then drop it."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended, timeout)
        self._drop()

    def _write(self, action: Callable[[], Any]) -> bool:
        try:
            action()
        except (websocket.WebSocketException, OSError, AttributeError):
            return False  # AttributeError: the library's socket is already gone
        return True

    def _drop(self) -> None:
        self._ws.thawed.set()
        with contextlib.suppress(websocket.WebSocketException, OSError, AttributeError):
            self._ws.shutdown()  # type: ignore[no-untyped-call]

    def _read(self) -> None:
        try:
            kind, text, code = self._read_until_end()
            self._arrived(kind, text, 0, code)
            if kind == "close":
                self._await_end()
        except Exception as error:
            if self._crashed is None:
                raise
            self._crashed(error)  # or it would look as if nothing came any more
        finally:
            # A connection that we leave half open keeps a gunicorn waiting for us.
            self._drop()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _await_end(self) -> None:
        """Read on until the server ends the connection; its close was answered by the library."""
        deadline = time.monotonic() + _LAST
        connection = self._ws.sock
        with contextlib.suppress(OSError):
            while connection is not None and (left := deadline - time.monotonic()) > 0:
                connection.settimeout(left)
                if not connection.recv(4096):
                    return

    def _read_until_end(self) -> tuple[Kind, str, int]:
        """Hand on messages; return how it ended: kind, words, close code."""
        messages = 0
        try:
            while messages < FLOOD:
                try:
                    opcode, frame = self._ws.recv_data_frame(control_frame=True)
                except websocket.WebSocketTimeoutException:
                    continue  # what has come of a frame is kept
                data: bytes = frame.data
                if opcode == websocket.ABNF.OPCODE_PONG:
                    self._pong(data)
                    self._ws.pending -= len(data)
                elif opcode == websocket.ABNF.OPCODE_PING:
                    self._ws.pending -= len(data)
                elif opcode == websocket.ABNF.OPCODE_CLOSE:
                    code = int.from_bytes(data[:2]) if len(data) >= 2 else 1005
                    return "close", data[2:].decode("utf-8", "backslashreplace"), code
                else:
                    self._ws.pending = 0
                    messages += 1
                    self._message(opcode, data)
        except _Endless as endless:
            self._drop()
            return "flood", str(endless), 0
        except _Deaf:
            self._drop()
            return "lost", "the server no longer reads", 0
        except (websocket.WebSocketProtocolException, websocket.WebSocketPayloadException) as error:
            self._drop()
            return "lost", f"the server broke the WebSocket protocol: {error}", 0
        except (websocket.WebSocketException, OSError, ssl.SSLError, AttributeError):
            return "lost", "", 0
        self._drop()
        return "flood", f"more than {FLOOD} messages", 0

    def _message(self, opcode: int, data: bytes) -> None:
        if opcode == websocket.ABNF.OPCODE_TEXT:
            text = data[: 4 * SHOWN].decode("utf-8", "backslashreplace")[:SHOWN]
            self._arrived("text", text, len(data), 0)
        else:
            self._arrived("binary", "", len(data), 0)

    def _pong(self, data: bytes) -> None:
        with self._changed:
            self._pongs.add(data.decode("utf-8", "replace"))
            self._changed.notify_all()

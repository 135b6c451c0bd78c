"""Where one actor's browser finds the server: at the origins that its page names.

A SOCKS proxy (RFC 1928) is told each host and port that the browser wants, before any
name is looked up, and needs nothing but that. It runs in the browser's loop.
"""

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import trustme

_VERSION = 5
_NO_SECRET = bytes([_VERSION, 0])
_CONNECT = 1
_NAME = 3
_ADDRESSES = {1: 4, 4: 16}
"""The lengths of IPv4's and IPv6's."""
_NOWHERE = bytes([1, 0, 0, 0, 0, 0, 0])
_GRANTED = bytes([_VERSION, 0, 0]) + _NOWHERE
_REFUSED = bytes([_VERSION, 2, 0]) + _NOWHERE
_CHUNK = 1 << 16
_PORTS = {"http": 80, "https": 443}

Where = tuple[str, int]
"""A host, as it is written, and a port."""


class Proxy:
    """Leads to a server from each of some origins, and from nowhere to anywhere else.

    Where an origin says https, it has a certificate that nobody has ever signed.
    """

    def __init__(self, server: str, origins: Iterable[str]) -> None:
        self._server = urlsplit(server)
        parts = [urlsplit(origin) for origin in origins]
        self._secure = {_where(one): one.scheme == "https" for one in parts}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen, and return the address for the browser."""
        self._certificate = _certificate()
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return f"socks5://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """End all that goes through it."""
        self._listening.close()
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The browser is told of whatever goes wrong by the end of its connection, and tells us.
        with suppress(OSError, EOFError):
            wanted = await _wanted(reader, writer)
            if wanted in self._secure:
                await self._connect(reader, writer, is_secure=self._secure[wanted])
            else:
                writer.write(_REFUSED)
        writer.close()

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_secure: bool
    ) -> None:
        host, port = _where(self._server)
        ours, theirs = await asyncio.open_connection(
            host, port, ssl=self._server.scheme == "https" or None
        )
        try:
            writer.write(_GRANTED)
            if is_secure:
                await writer.start_tls(self._certificate)
            await asyncio.gather(_pass_on(reader, theirs), _pass_on(ours, writer))
        finally:
            theirs.close()


async def _wanted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Where:
    """Return which host and port a connection is wanted to."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(_NO_SECRET)
    _, command, _, kind = await reader.readexactly(4)
    if command == _CONNECT and kind == _NAME:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode("ascii", "replace")
    elif command == _CONNECT and kind in _ADDRESSES:
        host = str(ip_address(await reader.readexactly(_ADDRESSES[kind])))
    else:
        host = ""
    return host, int.from_bytes(await reader.readexactly(2), "big")


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on all that comes, to its end."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


def _where(origin: SplitResult) -> Where:
    return origin.hostname or "", origin.port or _PORTS[origin.scheme]


def _certificate() -> ssl.SSLContext:
    """Return a certificate of nobody's, which a browser takes that was told to take any."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    return context

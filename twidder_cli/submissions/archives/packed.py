"""Compressed files as a stream of bytes, decompressed a little at a time."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from twidder_cli.submissions.limits import Budget

_PIECE = 64 * 1024
_MEMORY = 128 * 1024 * 1024  # bytes that xz may use; its strongest setting wants 65 MiB


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's decompressor under the names that those of bz2 and lzma have."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


_DECOMPRESSORS: dict[bytes, Callable[[], _Decompressor]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
}
MAGIC = tuple(_DECOMPRESSORS)
"""How a compressed file begins."""


def plain(file: io.BufferedReader) -> Iterator[bytes]:
    """Yield what is in a file."""
    return iter(lambda: file.read(_PIECE), b"")


def unpacked(file: io.BufferedReader, head: bytes) -> Iterator[bytes]:
    """Yield what is packed in a file that begins with `head`.

    It may be several streams one after the other, as programs write them that
    use all cores.
    """
    begin = next(begin for magic, begin in _DECOMPRESSORS.items() if head.startswith(magic))
    data = file.read(_PIECE)
    while data.strip(b"\0"):  # some programs fill up the end
        stream = begin()
        while True:
            yield stream.decompress(data, _PIECE)
            if stream.eof:
                break
            data = file.read(_PIECE) if stream.needs_input else b""
            if stream.needs_input and not data:
                raise EOFError("it ends too early")
        data = stream.unused_data or file.read(_PIECE)


class Stream:
    """Bytes in their order, from pieces of any length; each is counted once."""

    def __init__(self, pieces: Iterator[bytes], budget: Budget) -> None:
        self._pieces = pieces
        self._budget = budget
        self._piece = io.BytesIO()
        self.position = 0

    def exactly(self, count: int) -> bytes:
        """Return the next bytes; raises EOFError where there are fewer."""
        return b"".join(self.until(self.position + count))

    def until(self, position: int) -> Iterator[bytes]:
        """Yield the bytes before a position; raises EOFError where there are fewer."""
        while self.position < position:
            yield self._some(min(_PIECE, position - self.position))

    def finish(self) -> None:
        """Read what is left, so that a checksum at the end is looked at."""
        for piece in self._pieces:
            self._budget.spend(len(piece))

    def _some(self, most: int) -> bytes:
        while not (data := self._piece.read(most)):
            piece = next(self._pieces, None)
            if piece is None:
                raise EOFError("it ends too early")
            self._budget.spend(len(piece))
            self._piece = io.BytesIO(piece)
        self.position += len(data)
        return data

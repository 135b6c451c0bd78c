"""Scripts and styles that pages want from the internet, kept here: a check reaches none of it."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from twidder_cli.caches import cache
from twidder_cli.model import Noun


class Library(Noun):
    """What a server on the internet answers at a URL: a status, and a body of some media type."""

    url: str
    status: int
    media_type: str
    body: bytes


class Libraries:
    """Those of one user, a file each. A page gets the same over http as over https."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache("libraries")

    def __contains__(self, url: object) -> bool:
        return self._file(str(url)).exists()

    def __iter__(self) -> Iterator[Library]:
        """Yield all of them; a file that is none, or of an older form, is left out."""
        for path in sorted(self._folder.glob("*.library")):
            try:
                yield msgspec.msgpack.decode(path.read_bytes(), type=Library)
            except (OSError, msgspec.DecodeError):
                continue

    def keep(self, library: Library) -> None:
        """Have it from now on, at once and whole; raises OSError."""
        path = self._file(library.url)
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(msgspec.msgpack.encode(library))
        part.replace(path)

    def _file(self, url: str) -> Path:
        name = hashlib.sha256(address(url).encode()).hexdigest()[:32]
        return self._folder / f"{name}.library"


def address(url: str) -> str:
    """Return what a URL says of where something is: all but the scheme and the fragment."""
    return url.partition("#")[0].partition("//")[2]

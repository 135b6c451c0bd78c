"""What an archive says of what is in it."""

from collections.abc import Iterator

from twidder_cli.model import Noun


class Entry(Noun):
    """One thing in an archive.

    `kind` is `file`, `folder`, `link`, or what else it is, in words. `leads_to`
    is where a link leads, seen from the archive's root.
    """

    name: str
    kind: str
    leads_to: str = ""


Item = tuple[Entry, Iterator[bytes]]
"""An entry and its bytes, to be read before the next entry is asked for, or not at all."""


def text(name: bytes, otherwise: str) -> str:
    """Return a name as text: UTF-8 where it can be that, whatever it is said to be."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode(otherwise)

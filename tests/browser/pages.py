"""What a page of the tests is: a right one in `page/` with a few words of it changed."""

from pathlib import Path
from typing import NamedTuple

from tests.broken_servers.base import Twidder

FOLDER = Path(__file__).parent / "page"

LEAVES = "function onNotice() {\n  leave();"
LOADS_THE_STUB = ("<script src=", '<script src="/static/serverstub.js"></script>\n  <script src=')


class Page(NamedTuple):
    """A page: what is changed in its script and its document, and the server behind it.

    `catcher` is the scenario that has to fail it with the finding `told`, in which there have to be
    these `words`; a right page has none.
    """

    says: str
    catcher: str = ""
    told: str = ""
    words: str = ""
    script: tuple[tuple[str, str], ...] = ()
    document: tuple[tuple[str, str], ...] = ()
    server: type[Twidder] = Twidder


def changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """Return a text with each change made, every one of which has to be possible."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def files(page: Page) -> dict[str, str]:
    """Return what a page consists of, by path."""
    return {
        "client.html": changed((FOLDER / "client.html").read_text(), page.document),
        "client.js": changed((FOLDER / "client.js").read_text(), page.script),
        "serverstub.js": (FOLDER / "serverstub.js").read_text(),
    }

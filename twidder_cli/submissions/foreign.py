"""Which scripts and styles the pages of a submission want from the internet."""

from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from twidder_cli.model.job import Submission
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.reading.tree import Tree, read_tree

_PAGES = (".html", ".htm")
_LONGEST = 2000


def wanted_by(submission: Submission) -> list[str]:
    """Return the URLs in the HTML files of a folder or an archive, each once; raises Refused."""
    with TemporaryDirectory(prefix="twidder-") as name:
        return wanted_in(read_tree(brought(submission, Path(name) / "source").folder))


def wanted_in(tree: Tree) -> list[str]:
    """Return the URLs of scripts and styles in HTML files, all of them over https."""
    pages = [text for path, text in sorted(tree.texts.items()) if path.lower().endswith(_PAGES)]
    return list(dict.fromkeys(url for text in pages for url in _wanted(text)))


def _wanted(text: str) -> Iterator[str]:
    reader = _Reader()
    with suppress(AssertionError):  # what is no HTML at all ends the reading
        reader.feed(text)
    for address in reader.found:
        with suppress(ValueError):
            parts = urlsplit(address.strip(), scheme="https")
            is_web = parts.scheme in {"http", "https"} and len(address) < _LONGEST
            if is_web and _is_public(parts.hostname or ""):
                yield parts._replace(scheme="https", fragment="").geturl()


def _is_public(host: str) -> bool:
    """Whether a host is a name of the internet, and no number or neighbour of the operator's."""
    _, dot, top = host.rpartition(".")
    return bool(dot) and not top.isdigit() and top not in {"internal", "local", "localhost"}


class _Reader(HTMLParser):
    """Reads a page's scripts and styles; what is wrong in it is passed over, as browsers do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "script":
            self.found.append(said.get("src", ""))
        elif tag == "link" and "stylesheet" in said.get("rel", "").lower().split():
            self.found.append(said.get("href", ""))

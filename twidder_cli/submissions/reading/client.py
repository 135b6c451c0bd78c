"""Remarks on a client's files: the addresses it dials whatever address it was loaded from."""

import posixpath
import re
from collections.abc import Iterator

from twidder_cli.model.submission import Note
from twidder_cli.model.words import printable
from twidder_cli.submissions.reading.candidates import Candidate
from twidder_cli.submissions.reading.tree import Tree, is_in

_ORIGIN = re.compile(
    r"""\bwss?://[\w.-]+(?::\d+)?|\bhttps?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b(?::\d+)?"""
)
_PORT = re.compile(r"""\b(?:hostname|domain)\s?\}?(?:\s?\+\s?["'`])?:(\d{2,5})\b""")
_MOST = 10


def client_notes(tree: Tree, application: Candidate) -> list[Note]:
    """Return where the page dials a host or a port that is written into it."""
    pages = [
        path
        for path in sorted(tree.texts)
        if path.endswith((".html", ".htm", ".js")) and not path.endswith(".min.js")
        if is_in(path, posixpath.dirname(application.path)) or is_in(path, application.folder)
    ]
    found = {
        note.says: note for path in reversed(pages) for note in _dialled(path, tree.texts[path])
    }
    return sorted(found.values(), key=lambda note: (note.file, note.line))[:_MOST]


def _dialled(path: str, text: str) -> Iterator[Note]:
    for pattern, words in ((_ORIGIN, "dials {}"), (_PORT, "dials the port {}")):
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            says = f"{words.format(found[found.lastindex or 0])}, wherever the page comes from"
            yield Note(file=path, line=line, kind="origin", says=printable(says, 300))

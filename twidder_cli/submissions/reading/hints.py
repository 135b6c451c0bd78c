"""How people say their server is started: `gunicorn ... server:app` in a Procfile or a README."""

import posixpath
import re

from twidder_cli.submissions.reading.tree import Tree

_PLACES = re.compile(
    r"^(procfile|makefile|dockerfile|readme.*|.*\.(sh|bat|cmd|ps1|service|ya?ml|md|txt))$",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"\bgunicorn\b([^\n]{0,500})")
_SERVED = re.compile(r"(?<![\w/.:-])([A-Za-z_][\w.]*):([A-Za-z_]\w*(?:\(\))?)(?![\w/:])")


def start_hints(tree: Tree) -> dict[tuple[str, str], str]:
    """Return module and target of every gunicorn command that is written down, and where."""
    hints: dict[tuple[str, str], str] = {}
    for path, text in sorted(tree.texts.items(), key=lambda item: item[0].count("/")):
        if not _PLACES.search(posixpath.basename(path)):
            continue
        for command in _COMMAND.findall(text):
            for module, target in _SERVED.findall(command):
                hints.setdefault((module, target), path)
    return hints

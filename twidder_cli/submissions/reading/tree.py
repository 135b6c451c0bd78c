"""The files of a submission that may matter, read once and within limits."""

import os
import posixpath
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from twidder_cli.submissions.reading.sources import Source, decoded, parsed

_ENTRIES = 20_000
_SOURCES = 500
_DEPTH = 20
_LARGEST = 256 * 1024
"""Bytes that are read of one file."""
_TEXT = 8 * 1024 * 1024
"""Bytes of all files but Python's."""
_NODES = 60_000
_NODES_OF_ALL = 200_000
"""Nodes of the syntax trees; a submission of a thousand lines has some ten thousand."""

_PARTS_OF_ENVIRONMENT = {"bin", "etc", "include", "lib", "lib64", "man", "scripts", "share", "tcl"}
_SIGNS_OF_ENVIRONMENT = ("pyvenv.cfg", "bin/activate", "Scripts/activate", "conda-meta/history")
_FOREIGN = {
    ".git": "version control",
    ".venv": "a virtual environment",
    "__MACOSX": "what macOS adds to an archive",
    "__pycache__": "a cache",
    "bower_components": "installed packages",
    "dist-packages": "installed packages",
    "node_modules": "installed packages",
    "site-packages": "installed packages",
}

_TEXTS = re.compile(
    r"\.(sql|html?|js|txt|md|rst|sh|bat|cmd|ps1|toml|ya?ml|service)$"
    r"|^(procfile|makefile|dockerfile|pipfile|readme|\.(flask)?env)$",
    re.IGNORECASE,
)
_MAYBE_DATABASE = re.compile(r"\.(db\d?|sqlite\d?|s3db|sdb|data)$|^[^.]+$", re.IGNORECASE)
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True)
class Tree:
    """A submission's files. Paths are relative to its root, with slashes; the root is ''.

    `texts` are of clients, SQL, requirements, start scripts; `folders` hold
    Python, at any depth below; `left_out` says why something was not looked at.
    """

    sources: dict[str, Source] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    databases: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @cached_property
    def modules(self) -> set[str]:
        """The names of all modules in it, wherever they are, in small letters."""
        files = (path.removesuffix(".py") for path in self.files if path.endswith(".py"))
        return {posixpath.basename(path).lower() for path in files} - {"__init__", "__main__"}

    def without(self, gone: dict[str, str]) -> "Tree":
        """Return the tree without some files and folders; `gone` says why."""

        def stays(path: str) -> bool:
            return not any(is_in(path, one) for one in gone)

        return Tree(
            sources={path: source for path, source in self.sources.items() if stays(path)},
            texts={path: text for path, text in self.texts.items() if stays(path)},
            files=set(filter(stays, self.files)),
            folders=set(filter(stays, self.folders)),
            databases=list(filter(stays, self.databases)),
            left_out={**self.left_out, **gone},
        )


def is_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or below it; everything is below ''."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def above(path: str) -> Iterator[str]:
    """Yield the folders that a path is in, the nearest first and '' last."""
    while path:
        path = posixpath.dirname(path)
        yield path


def read_tree(root: Path, name: str = "") -> Tree:
    """Read what may matter of a folder, as if it had a name in the submission's root.

    Links that lead out of it are not followed.
    """
    reader = _Reader(root, name)
    reader.read()
    return reader.tree


class _Reader:
    def __init__(self, root: Path, name: str) -> None:
        self.tree = Tree()
        self._root = root
        self._name = name
        self._inside = root.resolve()
        self._nodes_left = _NODES_OF_ALL
        self._text_left = _TEXT

    def read(self) -> None:
        for path, file in self._files():
            self.tree.files.add(path)
            name = posixpath.basename(path)
            if name.startswith("._"):
                continue  # macOS writes its own notes about a file into such a twin
            if name.endswith(".py"):
                self._add_source(path, file)
            elif _TEXTS.search(name):
                self._add_text(path, file)
            elif _MAYBE_DATABASE.search(name) and _first(file, len(_MAGIC)) == _MAGIC:
                self.tree.databases.append(path)

    def _add_source(self, path: str, file: Path) -> None:
        self.tree.folders.update(above(path))
        data = _first(file, _LARGEST + 1)
        if data is None:
            self.tree.left_out[path] = "it can't be read"
            return
        most = min(_NODES, self._nodes_left)
        is_too_much = len(data) > _LARGEST or len(self.tree.sources) >= _SOURCES or most <= 0
        source = None if is_too_much else parsed(path, data, most)
        if source is None:
            self.tree.left_out[path] = "there is too much Python to read it all"
        else:
            self._nodes_left -= len(source.nodes)
            self.tree.sources[path] = source

    def _add_text(self, path: str, file: Path) -> None:
        data = _first(file, min(_LARGEST, self._text_left)) or b""
        self._text_left -= len(data)
        self.tree.texts[path] = decoded(data)[0]

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Yield the files that are looked at, the outer ones first."""
        waiting = deque([(self._name, self._root)])
        seen = 0
        while waiting:
            at, folder = waiting.popleft()
            for entry in self._entries(at, folder):
                path = posixpath.join(at, entry.name)
                seen += 1
                if seen > _ENTRIES:
                    self.tree.left_out[at or "."] = f"there are more than {_ENTRIES} files"
                    return
                if why := self._why_not(path, entry):
                    self.tree.left_out[_in_text(path)] = why
                elif entry.is_dir():
                    waiting.append((path, Path(entry.path)))
                elif entry.is_file():
                    yield path, Path(entry.path)

    def _entries(self, at: str, folder: Path) -> list[os.DirEntry[str]]:
        """Return what a folder holds, but for an environment's own where it is one."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            self.tree.left_out[_in_text(at) or "."] = "it can't be read"
            return []
        if not any((folder / sign).exists() for sign in _SIGNS_OF_ENVIRONMENT):
            return entries
        rest = [entry for entry in entries if entry.name.lower() not in _PARTS_OF_ENVIRONMENT]
        gone = [entry for entry in entries if entry not in rest]
        # Some make the environment in the very folder they work in.
        is_nothing_else = not any(_is_somebodys(entry.name) for entry in rest)
        self._leave_out(
            [at] if at and is_nothing_else else [posixpath.join(at, one.name) for one in gone],
            "a virtual environment",
        )
        return rest

    def _leave_out(self, paths: Iterable[str], why: str) -> None:
        self.tree.left_out.update(dict.fromkeys(map(_in_text, paths), why))

    def _why_not(self, path: str, entry: os.DirEntry[str]) -> str:
        """Return why a file or a folder is not looked at; nothing where it is."""
        if _in_text(path) != path:
            return "its name is not in UTF-8"
        if entry.is_symlink():
            return "" if self._leads_to_own_file(entry) else "a link"
        if not entry.is_dir():
            return ""
        if path.count("/") >= _DEPTH:
            return "it is too deep"
        return _FOREIGN.get(entry.name, "hidden" if entry.name.startswith(".") else "")

    def _leads_to_own_file(self, link: os.DirEntry[str]) -> bool:
        try:
            return link.is_file() and Path(link.path).resolve().is_relative_to(self._inside)
        except (OSError, RuntimeError):
            return False  # a link in a circle


def _is_somebodys(name: str) -> bool:
    return not name.startswith(".") and name not in {"pyvenv.cfg", "pip-selfcheck.json"}


def _first(file: Path, size: int) -> bytes | None:
    """Return the first bytes of a file, None where it can't be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(size)
    except OSError:
        return None


def _in_text(path: str) -> str:
    """Return a path as text that can be written down, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

"""Which files and databases the source opens."""

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.syntax import called, set_by
from twidder_cli.submissions.reading.values import Values

How = Literal["read", "written", "database"]

_BY_FLASK = {"open_resource", "from_file", "from_json", "from_pyfile"}
"""What Flask looks for in the folder of the application's module, not in the working folder."""

_SQLALCHEMY = "SQLALCHEMY_DATABASE_URI"
_URI = re.compile(r"sqlite(?:\+\w+)?:///([^?]+)|file:([^?]+)")
_SETTINGS = (".ini", ".cfg", ".conf")
_CALLS = 200
"""How many calls are looked at. More are no application's."""


@dataclass(frozen=True)
class Opened:
    """A file that is opened: as the source names it, and where that is in the submission.

    `path` is None where it lies outside.
    """

    how: How
    name: str
    path: str | None
    source: Source
    line: int


def opened(sources: Sequence[Source], folder: str) -> list[Opened]:
    """Return the files that sources open when the server works in `folder`."""
    values = Values(sources, folder)
    found: dict[tuple[How, str, str | None], Opened] = {}
    calls = 0
    for source in sources:
        sqlite = _names_of_sqlite(source)
        for node in source.nodes:
            for how, under, expression in _openings(node, source, folder, sqlite):
                calls += 1
                name = values.text(expression, source) if calls <= _CALLS else None
                if how == "database" and name:
                    name = _file_of_database(name)
                if name and name.isprintable():
                    path = values.path(name, under)
                    one = Opened(how, name, path, source, getattr(node, "lineno", 0))
                    found.setdefault((how, name, path), one)
    return list(found.values())


def _openings(  # noqa: C901  one case for each way to open something
    node: ast.AST, source: Source, folder: str, sqlite: set[str]
) -> Iterator[tuple[How, str, ast.expr]]:
    """Yield how something is opened, which folder its name is relative to, and its name."""
    for setting, value in set_by(node):
        if setting == _SQLALCHEMY:
            yield "database", posixpath.join(folder, "instance"), value
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    first = next(
        (word.value for word in node.keywords if word.arg in {"database", "file"}),
        node.args[0] if node.args else None,
    )
    match node:
        case ast.Call(func=ast.Attribute(value=subject)) if name in {"read_text", "read_bytes"}:
            yield "read", folder, subject
        case ast.Call(func=ast.Name(id="open")) if first:
            yield "written" if _is_written(node) else "read", folder, first
        case ast.Call(func=ast.Name() | ast.Attribute()) if name == "connect" and first:
            if _first_name(node.func) in sqlite:
                yield "database", folder, first
        case ast.Call() if name == "create_engine" and first:
            yield "database", folder, first
        case ast.Call() if name in _BY_FLASK and first and not _is_silent(node):
            yield "read", posixpath.dirname(source.path), first
        case ast.Call(args=[ast.Constant(value=str() as file)]) if name == "read":
            if file.endswith(_SETTINGS):
                yield "read", folder, node.args[0]
        case _:
            pass


def _names_of_sqlite(source: Source) -> set[str]:
    """Return the names that a source knows SQLite by."""
    names = set()
    for node in source.nodes:
        match node:
            case ast.Import(names=aliases):
                names |= {one.asname or one.name for one in aliases if _is_sqlite(one.name)}
            case ast.ImportFrom(module=str() as module, names=aliases) if _is_sqlite(module):
                names |= {one.asname or one.name for one in aliases}
            case _:
                pass
    return names | {"connect"} if "*" in names else names


def _is_sqlite(module: str) -> bool:
    return module.partition(".")[0] in {"sqlite3", "aiosqlite", "pysqlite3", "apsw"}


def _first_name(expression: ast.expr) -> str:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def _is_written(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and set(mode.value) & {*"wax"}
        for mode in modes
    )


def _is_silent(call: ast.Call) -> bool:
    return any(word.arg == "silent" for word in call.keywords)


def _file_of_database(name: str) -> str:
    """Return the file of a database that is named by path or URI; '' for one in memory."""
    if found := _URI.match(name):
        name = found[1] or found[2]
    return "" if "://" in name or name.startswith(":memory:") else name

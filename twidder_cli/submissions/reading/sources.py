"""Python source as it was handed in: decoded and parsed, never imported."""

import ast
import codecs
import io
import itertools
import re
import tokenize
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from twidder_cli.model.words import printable
from twidder_cli.submissions.reading.syntax import (
    FUNCTIONS,
    catches_import,
    imported,
    set_by,
    walked,
)

_ENCODINGS = {"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252", "mac-roman"}
"""What students' editors write. Other codecs may take for ever on a hostile file (punycode)."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_FORMATTED = re.compile(r"""\b[rR]?[fF][rR]?['"]""")
_COSTLIEST = 300_000_000
_DOTTED = re.compile(r"\b(?:\w++[\s\\]*+\.[\s\\]*+){100}")
"""What takes Python's parser too long: an f-string's braces times its length, and names of very
many parts."""

_IMPORTS = 500
"""Of one file. More are no application's."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported module, and what is taken from it. `is_optional`: its absence is caught."""

    module: str
    names: tuple[str, ...]
    level: int
    is_optional: bool
    line: int = field(compare=False)


@dataclass(frozen=True, eq=False)
class Source:
    """One Python file.

    `nodes` are all there is, in the file's order, the whole first, but for what
    is only done when the file is run by hand. Where Python can't read it,
    `broken` says why and `broken_line` where.
    """

    path: str
    text: str
    nodes: list[ast.AST]
    broken: str = ""
    broken_line: int = 0

    @cached_property
    def module_level(self) -> list[ast.AST]:
        """What binds the module's names: nothing inside functions and classes."""
        return list(walked(self.nodes[0], (*FUNCTIONS, ast.ClassDef)))

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The module's own functions, by name."""
        return {node.name: node for node in self.module_level if isinstance(node, Function)}

    @cached_property
    def at_import(self) -> list[ast.AST]:
        """What is carried out when it is imported, the functions called there included."""
        nodes = list(walked(self.nodes[0], FUNCTIONS))
        entered: set[str] = set()
        for node in nodes:  # which grows meanwhile
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                    if name not in entered:
                        entered.add(name)
                        for statement in self.functions[name].body:
                            nodes.extend(walked(statement, FUNCTIONS))
                case _:
                    pass
        return nodes

    @cached_property
    def settings(self) -> dict[str, list[ast.expr]]:
        """What variables, attributes and settings are set to, by name."""
        values: dict[str, list[ast.expr]] = defaultdict(list)
        for node in self.nodes:
            for name, value in set_by(node):
                values[name].append(value)
        return values

    @cached_property
    def imports(self) -> list[Import]:
        """What it imports, wherever that stands."""
        optional = {
            id(node)
            for attempt in self.nodes
            if isinstance(attempt, ast.Try) and any(map(catches_import, attempt.handlers))
            for statement in attempt.body
            for node in walked(statement, ())
        }
        found = (
            Import(module, names, level, is_optional=id(node) in optional, line=line)
            for node in self.nodes
            for module, names, level, line in imported(node)
        )
        return list(dict.fromkeys(found))[:_IMPORTS]


def parsed(path: str, data: bytes, most: int) -> Source | None:
    """Return a file's source, without nodes where it is no Python; it never fails.

    None where it would take too long, or has more than `most` nodes.
    """
    text, complaint = decoded(data)
    is_costly = _FORMATTED.search(text) and text.count("{") * len(text) > _COSTLIEST
    if is_costly or _DOTTED.search(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" and the like
            tree = ast.parse(text)
    except SyntaxError as error:
        return Source(
            path, text, [_NOTHING], complaint or printable(error.msg, 200), error.lineno or 0
        )
    except (ValueError, RecursionError, MemoryError):
        why = "it holds null bytes" if "\0" in text else "it is nested too deeply"
        return Source(path, text, [_NOTHING], complaint or why)
    nodes = list(itertools.islice(walked(tree, ()), most + 1))
    return Source(path, text, nodes, complaint) if len(nodes) <= most else None


def decoded(data: bytes) -> tuple[str, str]:
    """Return a file's text, and what Python would say against its encoding."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace"), "it is in UTF-16, save it as UTF-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if codecs.lookup(encoding).name in _ENCODINGS:
            return data.decode(encoding), ""
        complaint = "it is in an encoding that is not read here"
    except (SyntaxError, UnicodeDecodeError):
        complaint = "it is not in UTF-8 and names no other encoding"
    return data.decode("latin-1"), complaint


_NOTHING = ast.Module(body=[], type_ignores=[])

"""What the values in a function are: the request, its parts, the socket, and what came on it.

A value's *kind* is followed through assignments, through `or`, and into
functions that are called with it or hand it back.
"""

import ast
from collections.abc import Callable
from typing import Any

from twidder_cli.learn.program import Program, texts_in

KEYED = frozenset({"json", "form", "query", "headers", "cookies", "message"})
"""Kinds of what is looked up by key."""

LOOK_UPS = frozenset({"get", "pop", "getlist"})
"""Methods that look a key up."""

_PARTS = {
    "json": "json",
    "form": "form",
    "values": "form",
    "args": "query",
    "headers": "headers",
    "cookies": "cookies",
    "data": "raw",
}
"""Attributes of Flask's request, and their kinds."""

_HANDED_BACK = {
    ("request", "get_json"): "json",
    ("request", "get_data"): "raw",
    ("socket", "receive"): "heard",
    ("socket", "recv"): "heard",
}
_LOADED = {"raw": "json", "heard": "message"}
_SAME = {"strip", "decode", "copy", "to_dict", "lower"}
_OPENS = {"Server", "accept"}
"""simple_websocket's ways to make a socket of a request's environment."""


def name_of(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


class Kinds:
    """The kinds of the values in one call of a function, and the texts that variables may hold.

    A text that a message holds under a key has the kind `value:KEY`.
    """

    def __init__(self, program: Program, file: str) -> None:
        self._program = program
        self._file = file
        self._of: dict[type, Callable[[Any], str | None]] = {
            ast.Name: self._of_name,
            ast.Attribute: self._of_attribute,
            ast.Subscript: lambda node: self._of_value(node.value, node.slice),
            ast.BoolOp: lambda node: self.of(node.values[0]),
            ast.IfExp: lambda node: self.of(node.body),
            ast.NamedExpr: lambda node: self.of(node.value),
            ast.Call: self._of_call,
        }
        self.names: dict[str, str] = {}
        self.texts: dict[str, tuple[str, ...]] = {}
        self.results: dict[int, str | None] = {}

    def of(self, node: ast.expr | None) -> str | None:
        """Return the kind of a value, None where it is of no interest."""
        return self._of[type(node)](node) if type(node) in self._of else None

    def texts_of(self, *nodes: ast.expr) -> tuple[str, ...]:
        """Return the texts that a value may be: itself, or those that a loop goes through."""
        match nodes:
            case [ast.Constant(value=str(text))]:
                return (text,)
            case [ast.Name(id=name)]:
                return self.texts.get(name) or self._program.constant(name, self._file)
            case [node]:
                return texts_in(node)
            case _:
                return ()

    def bind(self, name: str, kind: str | None, texts: tuple[str, ...]) -> None:
        """Know what a variable holds from now on."""
        if kind is not None:
            self.names[name] = kind
        self.texts[name] = texts

    def _of_name(self, node: ast.Name) -> str | None:
        return self.names.get(node.id) or ("request" if node.id == "request" else None)

    def _of_attribute(self, node: ast.Attribute) -> str | None:
        if node.attr == "request":
            return "request"
        return _PARTS.get(node.attr) if self.of(node.value) == "request" else None

    def _of_value(self, holder: ast.expr, *keys: ast.expr) -> str | None:
        texts = self.texts_of(*keys[:1]) if self.of(holder) == "message" else ()
        return f"value:{texts[0]}" if texts else None

    def _of_call(self, call: ast.Call) -> str | None:
        name = name_of(call.func)
        first = self.of(call.args[0]) if call.args else None
        if name == "loads":
            return _LOADED.get(first or "")
        if name in {"dict", "str"}:
            return first
        if name in _OPENS and any(name_of(value) == "environ" for value in call.args):
            return "socket"
        result = self.results.get(id(call))
        return self._of_method(call.func, *call.args) if result is None else result

    def _of_method(self, function: ast.expr, *arguments: ast.expr) -> str | None:
        if not isinstance(function, ast.Attribute):
            return None
        base = self.of(function.value)
        if function.attr in LOOK_UPS and base == "message":
            return self._of_value(function.value, *arguments)
        if function.attr in _SAME:
            return base
        return _HANDED_BACK.get((base or "", function.attr))

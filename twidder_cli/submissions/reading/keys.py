"""The names a server reads from requests: JSON keys and headers."""

import ast
import re
from collections.abc import Iterator, Sequence

from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.syntax import called
from twidder_cli.submissions.reading.values import Values

_NAME = re.compile(r"[A-Za-z_][\w.-]{0,39}")
_MOST = 200
_NO_BODIES = {"app", "config", "environ", "session"}
"""What is asked for names that no client sends."""
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def keys(sources: Sequence[Source]) -> list[str]:
    """Return the keys that are read from anything that may be a request's body."""
    found = (key for source in sources for key in _keys(source))
    names = (key for key in dict.fromkeys(found) if _NAME.fullmatch(key))
    return [name for name in names if name not in _METHODS][:_MOST]


def headers(sources: Sequence[Source]) -> list[str]:
    """Return the names of the headers that are read."""
    values = Values(sources, "")
    found = (name for source in sources for name, _ in headers_read(source, values))
    return [name for name in dict.fromkeys(found) if _NAME.fullmatch(name)][:_MOST]


def headers_read(source: Source, values: Values) -> Iterator[tuple[str, int]]:
    """Yield the name of each header that is read, and the line."""
    for node in source.nodes:
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Attribute(value=ast.Name(id="request"), attr="authorization"):
                yield "Authorization", line
            case _:
                subject, asked = _asked(node)
                name = values.text(asked, source) if subject and asked else None
                if name and "header" in subject.lower():
                    yield name, line
                elif name and subject == "environ" and name.startswith("HTTP_"):
                    yield name.removeprefix("HTTP_").replace("_", "-").title(), line


def _keys(source: Source) -> Iterator[str]:
    exported = {
        id(node.value)
        for node in source.nodes
        if isinstance(node, ast.Assign) and _last_name(node.targets[0]) == "__all__"
    }
    for node in source.nodes:
        if id(node) in exported:
            continue
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                yield from _fields(parts)
            case ast.Call(args=[_, _, *_] as parts):
                yield from _fields(parts)
            case _:
                pass
        subject, asked = _asked(node)
        is_body = subject not in _NO_BODIES and "header" not in subject.lower()
        if is_body and isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            yield asked.value


def _fields(parts: list[ast.expr]) -> Iterator[str]:
    """Yield the texts of what may be a list of required fields."""
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    names = [text for text in texts if isinstance(text, str) and _NAME.fullmatch(text)]
    yield from names if len(names) > 1 else ()


def _asked(node: ast.AST) -> tuple[str, ast.expr | None]:
    """Return the name of what is asked, and for what: `data` and "email" of `data["email"]`."""
    match node:
        case ast.Subscript(value=subject, slice=asked, ctx=ast.Load()):
            return _last_name(subject), asked
        case ast.Call(func=ast.Attribute(value=subject), args=[asked, *_]):
            is_question = called(node) in {"get", "pop", "getlist"}
            return (_last_name(subject), asked) if is_question else ("", None)
        case ast.Compare(left=asked, ops=[ast.In() | ast.NotIn()], comparators=[subject]):
            return _last_name(subject), asked
        case _:
            return "", None


def _last_name(expression: ast.expr) -> str:
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call():
            return called(expression)
        case _:
            return ""

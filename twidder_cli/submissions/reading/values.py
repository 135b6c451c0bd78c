"""What an expression comes to, as far as that can be told by reading: texts, and paths of files."""

import ast
import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence

from twidder_cli.submissions.reading.sources import Source

_ROOT = "/submission"
"""Where the submission is while expressions with `__file__` are worked out."""

_LONGEST = 4096
_EFFORT = 5000
"""Expressions looked at for one answer: they may refer to each other in circles."""

_UNCHANGED = {"Path", "PurePath", "PosixPath", "str", "fspath", "as_posix"}
_MADE_ABSOLUTE = {"abspath", "realpath", "resolve", "absolute"}
_ASKED = {"get", "getenv", "setdefault"}
_SETTING = {"from_mapping", "update", "dict"}


class Values:
    """The values in some sources, for a server that works in `folder`."""

    def __init__(self, sources: Sequence[Source], folder: str) -> None:
        self._folder = posixpath.join(_ROOT, folder)
        self._set = {source.path: _what_is_set(source) for source in sources}
        self._sources = sources
        self._left = 0

    def text(self, expression: ast.expr, source: Source) -> str | None:
        """Return the text an expression comes to; None where it can't be told."""
        self._left = _EFFORT
        try:
            return self._text(expression, source)
        except RecursionError:
            return None

    def path(self, text: str, folder: str) -> str | None:
        """Return a path that is relative to a folder as seen from the submission's root.

        None where it leads out of it.
        """
        whole = posixpath.normpath(posixpath.join(_ROOT, folder, text))
        return whole[len(_ROOT) + 1 :] if whole.startswith(f"{_ROOT}/") else None

    def _text(  # noqa: C901, PLR0911  one case for each kind of expression
        self, expression: ast.expr, source: Source
    ) -> str | None:
        self._left -= 1
        if self._left < 0:
            return None
        match expression:
            case ast.Constant(value=str() as text):
                return text if len(text) < _LONGEST else None
            case ast.JoinedStr(values=parts):
                return self._joined("", parts, source)
            case ast.FormattedValue(value=inner):
                return self._text(inner, source)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined("", [left, right], source)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._joined("/", [left, right], source)
            case ast.Name(id="__file__"):
                return posixpath.join(_ROOT, source.path)
            case ast.Attribute(attr="root_path"):
                return posixpath.dirname(posixpath.join(_ROOT, source.path))
            case ast.Attribute(attr="parent", value=inner):
                below = self._text(inner, source)
                return None if below is None else posixpath.dirname(below)
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.Subscript(slice=ast.Constant(value=str() as name))
            ):
                return self._named(name, source)
            case ast.Call():
                return self._called(expression, source)
            case _:
                return None

    def _called(  # noqa: PLR0911  one case for each function
        self, call: ast.Call, source: Source
    ) -> str | None:
        name = called(call)
        match call:
            case ast.Call(func=ast.Attribute(value=subject), args=args) if name == "joinpath":
                return self._joined("/", [subject, *args], source)
            case ast.Call(args=args) if name == "join":
                return self._joined("/", args, source)
            case ast.Call() if name in {"getcwd", "cwd"}:
                return self._folder
            case ast.Call(args=[ast.Constant(value=str() as key), *default]) if name in _ASKED:
                value = self._named(key, source)
                return self._text(default[0], source) if value is None and default else value
            case ast.Call(args=[subject, *_]) | ast.Call(func=ast.Attribute(value=subject)):
                text = self._text(subject, source)
            case _:
                return None
        if text is None or name in _UNCHANGED:
            return text
        if name in _MADE_ABSOLUTE:
            return self._absolute(text)
        return posixpath.dirname(text) if name == "dirname" else None

    def _joined(self, by: str, parts: Sequence[ast.expr], source: Source) -> str | None:
        texts = [self._text(part, source) for part in parts]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts) or sum(map(len, known)) > _LONGEST:
            return None
        return posixpath.join(*known) if by and known else by.join(known)

    def _absolute(self, path: str) -> str:
        return posixpath.join(self._folder, path)

    def _named(self, name: str, source: Source) -> str | None:
        """Return what a variable, an attribute or a setting is set to, by its own source first."""
        for one in (source, *self._sources):
            for value in self._set.get(one.path, {}).get(name, ()):
                text = self._text(value, one)
                if text is not None:
                    return text
        return None


def called(call: ast.Call) -> str:
    """Return the last name of what is called: `join` for `os.path.join(...)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _what_is_set(source: Source) -> dict[str, list[ast.expr]]:
    values: dict[str, list[ast.expr]] = defaultdict(list)
    for node in source.nodes:
        for name, value in set_by(node):
            values[name].append(value)
    return values


def set_by(  # noqa: C901  one case for each kind of node
    node: ast.AST,
) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of variables, attributes and settings that a node sets, with the values."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from ((name, value) for name in _target(target))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from ((name, value) for name in _target(target))
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.Call(keywords=keywords) if called(node) in _SETTING:
            yield from ((word.arg, word.value) for word in keywords if word.arg)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.arguments(args=args, defaults=[_, *_] as defaults):
            for arg, default in zip(args[-len(defaults) :], defaults, strict=False):
                yield arg.arg, default
        case _:
            pass


def _target(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            yield name
        case _:
            pass

"""What an expression comes to, as far as that can be told by reading: texts, and paths of files."""

import ast
import posixpath
from collections.abc import Sequence

from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.syntax import called

_ROOT = "/submission"
"""Where the submission is while expressions with `__file__` are worked out."""

_LONGEST = 4096
_EFFORT = 2000
_EFFORT_OF_ALL = 100_000
"""Expressions looked at for one answer, and for all: they may refer to each other in circles."""

_UNCHANGED = {"Path", "PurePath", "PosixPath", "str", "fspath", "as_posix"}
_MADE_ABSOLUTE = {"abspath", "realpath", "resolve", "absolute"}
_ASKED = {"get", "getenv", "setdefault"}


class Values:
    """The values in some sources, for a server that works in `folder`."""

    def __init__(self, sources: Sequence[Source], folder: str) -> None:
        self._folder = posixpath.join(_ROOT, folder)
        self._sources = sources
        self._left = _EFFORT_OF_ALL
        self._enough = 0

    def text(self, expression: ast.expr, source: Source) -> str | None:
        """Return the text an expression comes to; None where it can't be told."""
        self._enough = max(self._left - _EFFORT, 0)
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
        if self._left <= self._enough:
            return None
        self._left -= 1
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
            for value in one.settings.get(name, ()):
                text = self._text(value, one)
                if text is not None:
                    return text
        return None

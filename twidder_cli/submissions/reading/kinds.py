"""Which names of a submission's modules are Flask applications, or functions that make one."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from twidder_cli.submissions.reading.imports import file_of
from twidder_cli.submissions.reading.sources import Function, Import, Source
from twidder_cli.submissions.reading.syntax import FUNCTIONS, walked
from twidder_cli.submissions.reading.tree import Tree

Kind = Literal["class", "factory", "application"]
"""Flask or what is made from it; a function that returns an application; an application."""

_ROUNDS = 10
"""How often a name may be handed on from module to module."""
_FLASK = "flask"


@dataclass(frozen=True)
class Named:
    """What a name stands for, since which line. `is_handed_on`: it has another name elsewhere."""

    kind: Kind
    line: int
    is_handed_on: bool


@dataclass
class _Scope:
    """The names of a module or a function: what they stand for, and which module they are."""

    source: Source
    names: dict[str, Named] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)

    def inner(self) -> "_Scope":
        return _Scope(self.source, dict(self.names), dict(self.modules))


class Kinds:
    """What the names of all modules stand for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes = {path: _Scope(source) for path, source in tree.sources.items()}
        for _ in range(_ROUNDS):
            before = self._count()
            for scope in self._scopes.values():
                for node in scope.source.module_level:
                    self._bind(node, scope)
            if self._count() == before:
                return

    def of(self, path: str) -> dict[str, Named]:
        """Return the names of a module that mean anything here."""
        return self._scopes[path].names

    def _count(self) -> int:
        return sum(len(scope.names) for scope in self._scopes.values())

    def _bind(self, node: ast.AST, scope: _Scope) -> None:
        """Take note of the names that a statement binds; the first meaning of a name stays."""
        is_handed_on = isinstance(node, ast.ImportFrom) or isinstance(
            getattr(node, "value", None), ast.Name | ast.Attribute
        )
        for name, kind in self._bound(node, scope):
            line = getattr(node, "lineno", 0)
            scope.names.setdefault(name, Named(kind, line, is_handed_on))

    def _bound(  # noqa: C901  one case for each kind of statement
        self, node: ast.AST, scope: _Scope
    ) -> Iterator[tuple[str, Kind]]:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from self._imported(node, scope)
            case ast.Assign(targets=targets, value=value):
                kind = self._kind(value, scope)
                for target in targets:
                    if isinstance(target, ast.Name) and kind:
                        yield target.id, kind
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                if kind := self._kind(value, scope):
                    yield name, kind
            case ast.FunctionDef(name=name):
                if self._makes_application(node, scope):
                    yield name, "factory"
            case ast.ClassDef(name=name, bases=bases):
                if any(self._kind(base, scope) == "class" for base in bases):
                    yield name, "class"
            case _:
                pass

    def _imported(
        self, node: ast.Import | ast.ImportFrom, scope: _Scope
    ) -> Iterator[tuple[str, Kind]]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name
                file = self._file(alias.name, 0, scope)
                scope.modules.setdefault(local, file or alias.name)
            return
        file = self._file(node.module or "", node.level, scope)
        there = self._scopes[file].names if file in self._scopes else {}
        for alias in node.names:
            if alias.name == "*":
                yield from ((name, one.kind) for name, one in there.items() if name[0] != "_")
            elif alias.name in there:
                yield alias.asname or alias.name, there[alias.name].kind
            elif sub := self._file(_dotted(node.module, alias.name), node.level, scope):
                scope.modules.setdefault(alias.asname or alias.name, sub)
        if file is None and node.module == _FLASK:
            for alias in node.names:
                if alias.name in {"Flask", "*"}:
                    yield alias.asname or "Flask", "class"

    def _file(self, module: str, level: int, scope: _Scope) -> str | None:
        one = Import(module, (), level, is_optional=False, line=0)
        return file_of(self._tree, one, scope.source.path)

    def _makes_application(self, function: Function, scope: _Scope) -> bool:
        match function.returns:
            case ast.expr() as annotation if self._kind(annotation, scope) == "class":
                return True
            case ast.Constant(value="Flask"):
                return True
            case _:
                pass
        inner = scope.inner()
        for statement in function.body:
            for node in walked(statement, (*FUNCTIONS, ast.ClassDef)):
                if isinstance(node, ast.Return) and node.value:
                    if self._kind(node.value, inner) == "application":
                        return True
                elif not isinstance(node, FUNCTIONS):
                    self._bind(node, inner)
        return False

    def _kind(self, expression: ast.expr, scope: _Scope) -> Kind | None:
        """Return what an expression stands for, whichever of its branches is taken."""
        waiting = [expression]
        while waiting:
            match waiting.pop():
                case ast.IfExp(body=body, orelse=orelse):
                    waiting += [orelse, body]
                case ast.BoolOp(values=values):
                    waiting += reversed(values)
                case ast.NamedExpr(value=value):
                    waiting.append(value)
                case ast.Call(func=function):
                    if self._looked_up(function, scope) in {"class", "factory"}:
                        return "application"
                case one:
                    if kind := self._looked_up(one, scope):
                        return kind
        return None

    def _looked_up(self, expression: ast.expr, scope: _Scope) -> Kind | None:
        match expression:
            case ast.Name(id=name) if name in scope.names:
                return scope.names[name].kind
            case ast.Attribute(attr=attribute):
                module = scope.modules.get(_path_of(expression.value), "")
                if module in self._scopes and attribute in self._scopes[module].names:
                    return self._scopes[module].names[attribute].kind
                return "class" if (module, attribute) == (_FLASK, "Flask") else None
            case _:
                return None


def needs_nothing(function: Function | None) -> bool:
    """Whether a function can be called without arguments."""
    if not isinstance(function, ast.FunctionDef):
        return False
    given = function.args
    positional = len(given.posonlyargs) + len(given.args)
    return positional == len(given.defaults) and None not in given.kw_defaults


def _dotted(module: str | None, name: str) -> str:
    return f"{module}.{name}" if module else name


def _path_of(expression: ast.expr) -> str:
    """Return `a.b` for the expression a.b, nothing for what is no such path."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return ".".join([expression.id, *reversed(parts)]) if isinstance(expression, ast.Name) else ""

"""A submission's source as functions that can be found: by place, and by the name they go by."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_HOOKS = {"before_request", "before_app_request"}


class Function(NamedTuple):
    """A function's definition, and the file it is in."""

    file: str
    node: FunctionNode


class Program:
    """The functions and constants of source files, by file name; what is no Python is left out."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._functions: dict[str, list[Function]] = {}
        self._constants: dict[tuple[str, str], tuple[str, ...]] = {}
        for file, text in sources.items():
            for node in _nodes(text):
                if isinstance(node, FunctionNode):
                    self._functions.setdefault(node.name, []).append(Function(file, node))
                elif isinstance(node, ast.Assign):
                    for target in node.targets:
                        if isinstance(target, ast.Name):
                            self._constants[file, target.id] = texts_in(node.value)

    def at(self, file: str, line: int) -> Function | None:
        """Return the function that begins at a place, its decorators included."""
        return next((f for f in self._all() if f.file == file and _begins(f.node) == line), None)

    def called(self, name: str, file: str) -> Function | None:
        """Return the function that a name stands for in a file; elsewhere it has to be unique."""
        known = self._functions.get(name, [])
        same = [function for function in known if function.file == file]
        found = same or known
        return found[0] if len(found) == 1 else None

    def constant(self, name: str, file: str) -> tuple[str, ...]:
        """Return the texts of a list that a name stands for in a file."""
        return self._constants.get((file, name), ())

    def hooks(self) -> Iterator[Function]:
        """Yield the functions that look at every request before its own function does."""
        for function in self._all():
            decorators = function.node.decorator_list
            if any(isinstance(d, ast.Attribute) and d.attr in _HOOKS for d in decorators):
                yield function

    def _all(self) -> Iterator[Function]:
        return (function for known in self._functions.values() for function in known)


def texts_in(node: ast.expr) -> tuple[str, ...]:
    """Return the texts of a literal list; those of anything else are none."""
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return ()
    constants = [item.value for item in node.elts if isinstance(item, ast.Constant)]
    return tuple(value for value in constants if isinstance(value, str))


def _nodes(text: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it can't be imported either, and so has no part in a server that answers


def _begins(node: FunctionNode) -> int:
    return min(part.lineno for part in (node, *node.decorator_list))

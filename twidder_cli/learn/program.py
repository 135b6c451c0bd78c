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
    """The functions and constants of source files, by file name; what is no Python is left out.

    `hooks` are the functions that look at every request before its own function does.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._by_name: dict[str, list[Function]] = {}
        self._by_place: dict[tuple[str, int], Function] = {}
        self._constants: dict[tuple[str, str], tuple[str, ...]] = {}
        self.hooks: list[Function] = []
        for file, text in sources.items():
            for node in _nodes(text):
                if isinstance(node, FunctionNode):
                    self._add(Function(file, node))
                elif isinstance(node, ast.Assign):
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                    texts = texts_in(node.value)
                    self._constants.update({(file, name): texts for name in names})

    def _add(self, function: Function) -> None:
        file, node = function
        begin = min(part.lineno for part in (node, *node.decorator_list))
        self._by_place[file, begin] = function
        self._by_name.setdefault(node.name, []).append(function)
        if any(isinstance(d, ast.Attribute) and d.attr in _HOOKS for d in node.decorator_list):
            self.hooks.append(function)

    def at(self, file: str, line: int) -> Function | None:
        """Return the function that begins at a place, its decorators included."""
        return self._by_place.get((file, line))

    def called(self, name: str, file: str) -> Function | None:
        """Return the function that a name stands for in a file; elsewhere it has to be unique."""
        known = self._by_name.get(name, [])
        found = [function for function in known if function.file == file] or known
        return found[0] if len(found) == 1 else None

    def constant(self, name: str, file: str) -> tuple[str, ...]:
        """Return the texts of a list that a name stands for in a file."""
        return self._constants.get((file, name), ())


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

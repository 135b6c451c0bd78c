"""What nodes of Python's syntax tree say: what is called, what is set, what is imported."""

import ast
from collections.abc import Iterable, Iterator

_SETTING = {"dict", "from_mapping", "update"}
"""Functions that are given settings as keywords."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def walked(node: ast.AST, closed: tuple[type[ast.AST], ...]) -> Iterator[ast.AST]:
    """Yield nodes in the file's order; of what is `closed`, the outside only.

    What stands under `if __name__ == "__main__"` is left out. Not recursive:
    source may be nested deeply.
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, closed):
            waiting.extend(reversed(list(_children(node))))


def _children(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.If) and _is_for_others(node.test):
        return node.orelse
    return ast.iter_child_nodes(node)


def _is_for_others(test: ast.expr) -> bool:
    """Whether a branch is for running a file by hand, or for type checkers."""
    match test:
        case ast.Compare(
            left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]
        ):
            return True
        case ast.Compare(
            left=ast.Constant("__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]
        ):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "TYPE_CHECKING"
        case _:
            return False


def catches_import(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches that a module is not there."""
    match handler.type:
        case None:
            return True
        case ast.Tuple(elts=types):
            return any(_is_import_error(one) for one in types)
        case one:
            return _is_import_error(one)


def _is_import_error(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {
        "ImportError",
        "ModuleNotFoundError",
        "Exception",
    }


def imported(node: ast.AST) -> Iterator[tuple[str, tuple[str, ...], int, int]]:
    """Yield what a node imports: the module, the names from it, the level, and the line."""
    match node:
        case ast.Import(names=aliases, lineno=line):
            for alias in aliases:
                yield alias.name, (), 0, line
        case ast.ImportFrom(module=module, names=aliases, level=level, lineno=line):
            yield module or "", tuple(alias.name for alias in aliases), level, line
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(str() as module), *_],
            lineno=line,
        ) if module.replace(".", "_").isidentifier() and not module.startswith("."):
            yield module, (), 0, line
        case _:
            pass


def called(call: ast.Call) -> str:
    """Return the last name of what is called: `join` for `os.path.join(...)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


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

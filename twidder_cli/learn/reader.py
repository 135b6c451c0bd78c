"""Reads source: which names a view function reads from a request, and what it answers."""

import ast
import contextlib
from collections.abc import Iterable, Mapping

from twidder_cli.learn.kinds import KEYED, LOOK_UPS, Kinds, name_of
from twidder_cli.learn.program import Function, FunctionNode, Program
from twidder_cli.learn.reading import Reading
from twidder_cli.model.routes import Route, RouteTable

_DEEPEST = 4
"""Calls that are followed into one another."""

_MOST_CALLS = 200
"""Calls that are followed for one route; a source may be made to have no end of them."""


def readings(table: RouteTable, sources: Mapping[str, str]) -> dict[Route, Reading]:
    """Return what the function behind each route reads, where its source is among `sources`."""
    program = Program(sources)
    found: dict[Route, Reading] = {}
    for route in table.routes:
        function = program.at(route.file, route.line)
        with contextlib.suppress(RecursionError):  # nested too deeply to be read
            if function is not None:
                found[route] = _reading(program, function, is_socket=route.websocket)
    return found


def _reading(program: Program, function: Function, *, is_socket: bool) -> Reading:
    """Read a view function, its decorators, and what looks at every request before it."""
    notes = _Notes()
    around = [program.called(_decorator(d), function.file) for d in function.node.decorator_list]
    for other in (*program.hooks, *filter(None, around)):
        _Call(program, other, notes).read()
    call = _Call(program, function, notes)
    if is_socket:
        notes.add("socket", ["socket"])
        call.kinds.names.update(dict.fromkeys(_parameters(function.node)[:1], "socket"))
    call.read()
    return notes.reading()


def _parameters(node: FunctionNode) -> list[str]:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _decorator(node: ast.expr) -> str:
    return name_of(node.func if isinstance(node, ast.Call) else node)


class _Notes:
    """What has been seen so far: names by what they are names of, each once and in order."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}
        self._choices: dict[str, dict[str, None]] = {}
        self._statuses: dict[int, None] = {}
        self.calls = 0

    def add(self, what: str, names: Iterable[str]) -> None:
        self._names.setdefault(what, {}).update(dict.fromkeys(names))

    def add_choices(self, key: str, texts: Iterable[str]) -> None:
        self._choices.setdefault(key, {}).update(dict.fromkeys(texts))

    def add_status(self, status: int) -> None:
        self._statuses[status] = None

    def reading(self) -> Reading:
        return Reading(
            **{what: tuple(self._names.get(what, ())) for what in (*KEYED, "heard", "replies")},
            choices={key: tuple(texts) for key, texts in self._choices.items()},
            statuses=tuple(self._statuses),
            socket="socket" in self._names,
            bearer="bearer" in self._names,
        )


class _Call(ast.NodeVisitor):
    """One call of a function, with what is known of its arguments."""

    def __init__(
        self, program: Program, function: Function, notes: _Notes, *callers: FunctionNode
    ) -> None:
        self._program = program
        self._function = function
        self._notes = notes
        self._callers = (*callers, function.node)
        self._result: str | None = None
        self.kinds = Kinds(program, function.file)

    def read(self) -> str | None:
        """Read the function's body; return the kind of what it hands back."""
        for statement in self._function.node.body:
            self.visit(statement)
        return self._result

    # Variables

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow a value into the names it is given."""
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)
            self.visit(target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Follow a value into its name."""
        self.visit(node.value)
        self._bind(node.target, node.value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._bind(one, other)
        elif isinstance(target, ast.Name):
            kind = self.kinds.of(value)
            self.kinds.bind(target.id, kind, self.kinds.texts_of(value))
            if kind == "heard":
                self._notes.add("heard", [target.id])

    def visit_For(self, node: ast.For) -> None:
        """Know the texts that a loop goes through."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Know the texts that a comprehension goes through."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.kinds.bind(target.id, None, self.kinds.texts_of(over))

    def generic_visit(self, node: ast.AST) -> None:
        """Visit what is inside; what a comprehension goes through before what it makes of it."""
        for generator in getattr(node, "generators", ()):
            self.visit(generator)
        super().generic_visit(node)

    # What is read

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Take note of `data["email"]`."""
        self.generic_visit(node)
        self._note(node.value, node.slice)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Take note of `"email" in data`, and of what a message's key is compared with."""
        self.generic_visit(node)
        self._note(node.comparators[0], node.left)
        what, _, key = (self.kinds.of(node.left) or "").partition(":")
        if what == "value":
            self._notes.add_choices(key, self.kinds.texts_of(node.comparators[0]))

    def visit_Constant(self, node: ast.Constant) -> None:
        """Take note of the word Bearer."""
        if isinstance(node.value, str) and node.value.lower().startswith("bearer"):
            self._notes.add("bearer", [node.value])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Take note of `request.authorization`, which is what comes after Bearer."""
        self.generic_visit(node)
        if node.attr == "authorization" and self.kinds.of(node.value) == "request":
            self._notes.add("headers", ["Authorization"])
            self._notes.add("bearer", ["Bearer"])

    def _note(self, holder: ast.expr, key: ast.expr) -> None:
        kind = self.kinds.of(holder)
        if kind in KEYED:
            self._notes.add(str(kind), self.kinds.texts_of(key))

    # Calls, and what is answered

    def visit_Call(self, node: ast.Call) -> None:
        """Take note of `data.get("email")`, and follow calls of the submission's own functions."""
        self.generic_visit(node)
        self.kinds.results[id(node)] = self._followed(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in LOOK_UPS:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
            for key in (*node.args[:1], *named):
                self._note(node.func.value, key)
        if self.kinds.of(node) == "socket":
            self._notes.add("socket", ["socket"])

    def _followed(self, call: ast.Call) -> str | None:
        """Read a function of the submission's that is called; return its result's kind."""
        function = self._program.called(name_of(call.func), self._function.file)
        is_deep = len(self._callers) == _DEEPEST or self._notes.calls == _MOST_CALLS
        if function is None or function.node in self._callers or is_deep:
            return None
        self._notes.calls += 1
        inner = _Call(self._program, function, self._notes, *self._callers)
        inner.take(call, self.kinds)
        return inner.read()

    def take(self, call: ast.Call, caller: Kinds) -> None:
        """Know what a caller hands over as arguments."""
        node = self._function.node
        names = _parameters(node)
        given = dict(zip(names, call.args, strict=False))
        given.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
        for name, value in given.items():
            self.kinds.bind(name, caller.of(value), caller.texts_of(value))
        if node.args.vararg is not None:
            rest = [text for value in call.args[len(names) :] for text in caller.texts_of(value)]
            self.kinds.bind(node.args.vararg.arg, None, tuple(rest))

    def visit_Return(self, node: ast.Return) -> None:
        """Take note of what is answered: keys and statuses."""
        self.generic_visit(node)
        self._result = self._result or self.kinds.of(node.value)
        for part in ast.walk(node):
            match part:
                case ast.Dict(keys=keys):
                    texts = [text for key in keys if key for text in self.kinds.texts_of(key)]
                    self._notes.add("replies", texts)
                case ast.Call(func=ast.Name(id="jsonify"), keywords=keywords):
                    self._notes.add("replies", [key.arg for key in keywords if key.arg])
                case ast.Constant(value=int(status)) if 200 <= status < 600:
                    self._notes.add_status(status)
                case _:
                    pass

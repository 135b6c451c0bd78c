"""Reads source: which names a view function reads from a request, and what it answers.

A value's *kind* says what it is: the request, its JSON body, the socket, what
came on it. Kinds are followed through assignments and `or`, and into functions
that are called with such a value or hand one back.
"""

import ast
from collections.abc import Iterable, Mapping

from twidder_cli.learn.program import Function, FunctionNode, Program, texts_in
from twidder_cli.learn.reading import Reading
from twidder_cli.model.routes import Route, RouteTable

_DEEPEST = 4
"""Calls that are followed into one another."""

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

_KEYED = {"json", "form", "query", "headers", "cookies", "message"}
_LOOK_UPS = {"get", "pop", "getlist"}
_SAME = {"strip", "decode", "copy", "to_dict", "lower"}
_LOADED = {"raw": "json", "heard": "message"}


def readings(table: RouteTable, sources: Mapping[str, str]) -> dict[Route, Reading]:
    """Return what the function behind each route reads, where its source is among `sources`."""
    program = Program(sources)
    found: dict[Route, Reading] = {}
    for route in table.routes:
        function = program.at(route.file, route.line)
        if function is not None:
            found[route] = _reading(program, function, is_socket=route.websocket)
    return found


def _reading(program: Program, function: Function, *, is_socket: bool) -> Reading:
    notes = _Notes()
    first = [name for name in _parameters(function.node) if name != "self"][:1]
    kinds = dict.fromkeys(first, "socket") if is_socket else {}
    around = [program.called(name, function.file) for name in _decorators(function.node)]
    for other in (*program.hooks(), *filter(None, around)):
        _Frame(program, other, notes, ()).run()
    frame = _Frame(program, function, notes, ())
    frame.kinds.update(kinds)
    frame.run()
    return notes.reading(is_socket=is_socket)


def _parameters(node: FunctionNode) -> list[str]:
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def _decorators(node: FunctionNode) -> list[str]:
    calls = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return [_name(call) for call in calls]


def _name(node: ast.expr) -> str:
    """Return the last part of a dotted name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


class _Notes:
    """What has been seen so far, each once and in order."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, None]] = {}
        self.choices: dict[str, dict[str, None]] = {}
        self.statuses: dict[int, None] = {}
        self.opens_socket = False

    def add(self, kind: str, names: Iterable[str]) -> None:
        self.names.setdefault(kind, {}).update(dict.fromkeys(names))

    def reading(self, *, is_socket: bool) -> Reading:
        names = {kind: tuple(found) for kind, found in self.names.items()}
        return Reading(
            **{kind: names.get(kind, ()) for kind in (*_KEYED, "heard", "replies")},
            choices={key: tuple(texts) for key, texts in self.choices.items()},
            statuses=tuple(self.statuses),
            socket=is_socket or self.opens_socket,
            bearer=bool(names.get("bearer")),
        )


class _Frame(ast.NodeVisitor):
    """One call of a function: the kinds of its variables, and the texts that some may hold."""

    def __init__(
        self, program: Program, function: Function, notes: _Notes, callers: tuple[FunctionNode, ...]
    ) -> None:
        self._program = program
        self._function = function
        self._notes = notes
        self._callers = (*callers, function.node)
        self._returned: dict[int, str | None] = {}
        self._result: str | None = None
        self.kinds: dict[str, str] = {}
        self.texts: dict[str, tuple[str, ...]] = {}

    def run(self) -> str | None:
        """Read the function's body; return the kind of what it hands back."""
        for statement in self._function.node.body:
            self.visit(statement)
        return self._result

    # What values are

    def kind(self, node: ast.expr | None) -> str | None:
        """Return the kind of a value that was visited before."""
        match node:
            case ast.Name(id=name):
                return self.kinds.get(name) or ("request" if name == "request" else None)
            case ast.Attribute(value=value, attr=attribute):
                if attribute == "request":
                    return "request"
                return _PARTS.get(attribute) if self.kind(value) == "request" else None
            case ast.BoolOp(values=[first, *_]) | ast.IfExp(body=first):
                return self.kind(first)
            case ast.NamedExpr(value=value):
                return self.kind(value)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                return f"value:{key}" if self.kind(value) == "message" else None
            case ast.Call():
                return self._kind_of_call(node)
            case _:
                return None

    def _kind_of_call(self, call: ast.Call) -> str | None:
        name = _name(call.func)
        first = self.kind(call.args[0]) if call.args else None
        base = self.kind(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if base == "request":
            return {"get_json": "json", "get_data": "raw"}.get(name)
        if base == "socket":
            return "heard" if name in {"receive", "recv"} else None
        if name in _SAME:
            return base
        if base == "message" and name in _LOOK_UPS:
            return next((f"value:{key}" for key in self._texts_of(*call.args[:1])), None)
        if name == "loads":
            return _LOADED.get(first or "")
        if name in {"dict", "str"}:
            return first
        if name in {"Server", "accept"} and self._is_environment(*call.args[:1]):
            self._notes.opens_socket = True
            return "socket"
        return self._returned.get(id(call))

    def _is_environment(self, *nodes: ast.expr) -> bool:
        return any(isinstance(n, ast.Attribute) and n.attr == "environ" for n in nodes)

    def _texts_of(self, *nodes: ast.expr) -> tuple[str, ...]:
        """Return the texts that a key may be: itself, or those that a loop goes through."""
        match nodes:
            case [ast.Constant(value=str(text))]:
                return (text,)
            case [ast.Name(id=name)]:
                return self.texts.get(name) or self._program.constant(name, self._function.file)
            case [node]:
                return texts_in(node)
            case _:
                return ()

    # What is done with them

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
            kind = self.kind(value)
            if kind is not None:
                self.kinds[target.id] = kind
            if kind == "heard":
                self._notes.add("heard", [target.id])
            self.texts[target.id] = texts_in(value)

    def visit_For(self, node: ast.For) -> None:
        """Take note of the texts that a loop goes through."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Take note of the texts that a comprehension goes through."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Visit what is inside a node; what a comprehension goes through before what it makes."""
        for generator in getattr(node, "generators", ()):
            self.visit(generator)
        super().generic_visit(node)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.texts[target.id] = self._texts_of(over)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Take note of `data["email"]`."""
        self.generic_visit(node)
        self._note(self.kind(node.value), node.slice)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Take note of `"email" in data`, and of what a message's key is compared with."""
        self.generic_visit(node)
        left, right = node.left, node.comparators[0]
        self._note(self.kind(right), left)
        kind = self.kind(left) or ""
        if kind.startswith("value:"):
            choices = self._notes.choices.setdefault(kind.removeprefix("value:"), {})
            choices.update(dict.fromkeys(self._texts_of(right)))

    def visit_Constant(self, node: ast.Constant) -> None:
        """Take note of the word Bearer."""
        if isinstance(node.value, str) and node.value.lower().startswith("bearer"):
            self._notes.add("bearer", [node.value])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Take note of `request.authorization`."""
        self.generic_visit(node)
        if node.attr == "authorization" and self.kind(node.value) == "request":
            self._notes.add("headers", ["Authorization"])
            self._notes.add("bearer", ["Bearer"])

    def visit_Call(self, node: ast.Call) -> None:
        """Take note of `data.get("email")`, and follow calls of the submission's own functions."""
        self.generic_visit(node)
        self._returned[id(node)] = self._followed(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _LOOK_UPS:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
            for key in (*node.args[:1], *named):
                self._note(self.kind(node.func.value), key)
        self.kind(node)  # it may open a socket

    def visit_Return(self, node: ast.Return) -> None:
        """Take note of what is answered: keys and status."""
        self.generic_visit(node)
        self._result = self._result or self.kind(node.value)
        for part in ast.walk(node):
            match part:
                case ast.Dict(keys=keys):
                    self._notes.add(
                        "replies", [k for key in keys if key for k in self._texts_of(key)]
                    )
                case ast.Call(func=ast.Name(id="jsonify"), keywords=keywords):
                    self._notes.add("replies", [k.arg for k in keywords if k.arg])
                case ast.Constant(value=int(status)) if 200 <= status < 600:
                    self._notes.statuses[status] = None
                case _:
                    pass

    def _note(self, kind: str | None, key: ast.expr) -> None:
        if kind in _KEYED:
            self._notes.add(str(kind), self._texts_of(key))

    def _followed(self, call: ast.Call) -> str | None:
        """Read a function of the submission's that is called here; return its result's kind."""
        function = self._program.called(_name(call.func), self._function.file)
        is_new = function is not None and function.node not in self._callers
        if function is None or not is_new or len(self._callers) >= _DEEPEST:
            return None
        frame = _Frame(self._program, function, self._notes, self._callers)
        frame.take(call, self)
        return frame.run()

    def take(self, call: ast.Call, caller: "_Frame") -> None:
        """Know what a caller hands over as arguments."""
        node = self._function.node
        names = [name for name in _parameters(node) if name not in {"self", "cls"}]
        given = dict(zip(names, call.args, strict=False))
        given.update({k.arg: k.value for k in call.keywords if k.arg})
        for name, value in given.items():
            kind = caller.kind(value)
            if kind is not None:
                self.kinds[name] = kind
            self.texts[name] = caller._texts_of(value)  # noqa: SLF001  of the same class
        if node.args.vararg is not None:
            rest = call.args[len(names) :]
            self.texts[node.args.vararg.arg] = tuple(t for v in rest for t in caller._texts_of(v))  # noqa: SLF001

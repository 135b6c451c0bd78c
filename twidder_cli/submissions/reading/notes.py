"""Remarks on a server's source: what explains why it does not start, or does not answer."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from twidder_cli.model.submission import Note
from twidder_cli.model.words import printable
from twidder_cli.submissions.reading.candidates import Candidate
from twidder_cli.submissions.reading.keys import headers_read
from twidder_cli.submissions.reading.opens import opened
from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.starts import server_started
from twidder_cli.submissions.reading.syntax import called
from twidder_cli.submissions.reading.tree import Tree
from twidder_cli.submissions.reading.values import Values

_MOST = 40
_ORDER = (
    "syntax",
    "server",
    "exit",
    "input",
    "monkey",
    "file",
    "environment",
    "service",
    "socket",
    "dns",
    "header",
)
"""The kinds of notes, the gravest first."""

SERVICES = {
    "asyncpg": "PostgreSQL",
    "flask_mysqldb": "MySQL",
    "flask_pymongo": "MongoDB",
    "flask_redis": "Redis",
    "mariadb": "MySQL",
    "mongoengine": "MongoDB",
    "mysql": "MySQL",
    "MySQLdb": "MySQL",
    "pg8000": "PostgreSQL",
    "psycopg": "PostgreSQL",
    "psycopg2": "PostgreSQL",
    "pymongo": "MongoDB",
    "pymysql": "MySQL",
    "redis": "Redis",
}
_PROTOCOLS = {
    "flask_socketio": "speaks Socket.IO, which is more than a WebSocket: a plain client can't",
    "flask_sockets": "brings WebSockets under gevent's worker only",
    "geventwebsocket": "brings WebSockets under gevent's worker only",
}
_VALIDATORS = {"email_validator", "validate_email"}
_LOOKUPS = {"check_deliverability", "check_dns", "check_mx"}
_VARIABLE = re.compile(r"^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=", re.MULTILINE)
_ENDS = "ends the program when the module is imported"
_CALL_OF_FLASK = re.compile(r"\bFlask\(")


def notes(tree: Tree, applications: list[Candidate]) -> list[Note]:
    """Return what is worth knowing of an application's source, the gravest first."""
    if not applications:
        return [*_flask_elsewhere(tree)][:_MOST]
    best = applications[0]
    given = _variables_set(tree, best.reach.sources)
    values = Values(best.reach.sources, best.folder)
    found: list[Note] = []
    for source in best.reach.sources:
        found += _broken(source)
        found += _at_import(source)
        found += _from_outside(source, given)
        found += _in_requests(source, values)
    found += _files(tree, best)
    ranked = sorted(dict.fromkeys(found), key=lambda note: _ORDER.index(note.kind))
    return ranked[:_MOST]


def _note(source: Source, node: ast.AST | int, kind: str, says: str) -> Note:
    line = node if isinstance(node, int) else getattr(node, "lineno", 0)
    return Note(file=source.path, line=line, kind=kind, says=printable(says, 300))


def _flask_elsewhere(tree: Tree) -> Iterator[Note]:
    """Yield where Flask is called when no application can be told of."""
    for source in tree.sources.values():
        if found := _CALL_OF_FLASK.search(source.text):
            line = source.text.count("\n", 0, found.start()) + 1
            says = "makes an application, but not where gunicorn could find it"
            yield _note(source, line, "flask", says)


def _broken(source: Source) -> Iterator[Note]:
    if source.broken:
        says = f"can't be read by Python: {source.broken}"
        yield _note(source, source.broken_line, "syntax", says)


def _at_import(source: Source) -> Iterator[Note]:
    if started := server_started(source):
        line, words = started
        yield _note(source, line, "server", f"{words} starts a server when the module is imported")
    for node in source.at_import:
        match node:
            case ast.Raise(
                exc=ast.Name(id="SystemExit") | ast.Call(func=ast.Name(id="SystemExit"))
            ):
                yield _note(source, node, "exit", _ENDS)
            case ast.Call(func=ast.Name(id="exit" | "quit")):
                yield _note(source, node, "exit", _ENDS)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="os" | "sys"), attr="exit" | "_exit")
            ):
                yield _note(source, node, "exit", _ENDS)
            case ast.Call(func=ast.Name(id="input")):
                yield _note(source, node, "input", "waits for the keyboard when it is imported")
            case ast.Call() if called(node) in {"monkey_patch", "patch_all"}:
                says = "replaces Python's threads, which can hang under gunicorn's"
                yield _note(source, node, "monkey", says)
            case _:
                pass


def _from_outside(source: Source, given: set[str]) -> Iterator[Note]:
    """Yield what a submission takes from its surroundings, and was not handed in."""
    for one in source.imports:
        top = one.module.partition(".")[0]
        if top in SERVICES:
            says = f"{top} wants a {SERVICES[top]} server, which was not handed in"
            yield _note(source, one.line, "service", says)
        if top in _PROTOCOLS:
            yield _note(source, one.line, "socket", f"{top} {_PROTOCOLS[top]}")
    with_default = {
        id(node.values[0])
        for node in source.nodes
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
    }
    for node in source.nodes:
        name = _variable(node)
        if name and name not in given and id(node) not in with_default:
            says = f"{name} is taken from the environment, where nothing sets it"
            yield _note(source, node, "environment", says)


def _variable(node: ast.AST) -> str:
    """Return the environment variable that is read without a default; '' for anything else."""
    match node:
        case ast.Subscript(
            value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
            slice=ast.Constant(value=str() as name),
            ctx=ast.Load(),
        ):
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="environ") | ast.Name(id="environ")),
            args=[ast.Constant(value=str() as name)],
            keywords=[],
        ) if called(node) == "get":
            return name
        case ast.Call(args=[ast.Constant(value=str() as name)], keywords=[]):
            return name if called(node) == "getenv" else ""
        case _:
            return ""


def _variables_set(tree: Tree, sources: Iterable[Source]) -> set[str]:
    """Return the environment variables that the submission sets itself."""
    files = (text for path, text in tree.texts.items() if path.endswith("env"))
    given = {name for text in files for name in _VARIABLE.findall(text)}
    for source in sources:
        for node in source.nodes:
            match node:
                case ast.Assign(
                    targets=[
                        ast.Subscript(
                            value=ast.Attribute(attr="environ") | ast.Name(id="environ"),
                            slice=ast.Constant(value=str() as name),
                        )
                    ]
                ):
                    given.add(name)
                case _:
                    pass
    return given


def _in_requests(source: Source, values: Values) -> Iterator[Note]:
    for name, line in headers_read(source, values):
        if "_" in name:
            says = f"reads the header {name}, but gunicorn drops headers with an underscore"
            yield _note(source, line, "header", says)
    if not _VALIDATORS & {one.module.partition(".")[0] for one in source.imports}:
        return
    for node in source.nodes:
        match node:
            case ast.Call(keywords=words) if called(node) == "validate_email":
                if not _LOOKUPS & {word.arg for word in words}:
                    says = "asks DNS whether an address exists, and there is none here"
                    yield _note(source, node, "dns", says)
            case _:
                pass


def _files(tree: Tree, best: Candidate) -> Iterator[Note]:
    """Yield the files that are read and are not there, or are where only their author has them."""
    opens = opened(best.reach.sources, best.folder)
    written = {one.path for one in opens if one.how == "written"}
    for one in opens:
        if "\\" in one.name:
            says = f"{one.name} is a path of Windows; here it is a file of that name"
            yield _note(one.source, one.line, "file", says)
        elif one.path is None:
            says = f"{one.name} is outside of what was handed in"
            yield _note(one.source, one.line, "file", says)
        elif one.how == "read" and one.path not in tree.files | written:
            name = posixpath.basename(one.path)
            others = [path for path in tree.files if posixpath.basename(path) == name]
            says = f"opens {one.name}, which is {', '.join(others[:2]) or 'not there'}"
            yield _note(one.source, one.line, "file", says)

"""What data a server may be started with: a schema, an initialising function, a committed file."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from twidder_cli.model.submission import Database
from twidder_cli.submissions.reading.candidates import Candidate
from twidder_cli.submissions.reading.imports import module_name
from twidder_cli.submissions.reading.kinds import needs_nothing
from twidder_cli.submissions.reading.labs import spare
from twidder_cli.submissions.reading.opens import opened
from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.syntax import called, walked
from twidder_cli.submissions.reading.tree import Tree

_USUAL = "database.db"
_MOST = 2
"""How many schemas, functions and committed files are tried for one application."""

_TABLES = re.compile(r"\bcreate\s+(?:temp\w*\s+)?table\b", re.IGNORECASE)
_CREATE_ALL = re.compile(r"\b\w+\.create_all\(")
_MAKES_TABLES = re.compile(
    r"^_*(?:init|create|setup|set_up|make|build|reset)_?(?:the_)?(?:all|db|database|tables?|schema)s?$",
    re.IGNORECASE,
)


def databases(tree: Tree, applications: list[Candidate]) -> list[Database]:
    """Return what to try for some applications, all schemas first, then as `kind` lists them."""
    found = [one for application in applications for one in _for_one(tree, application)]
    order = ("schema", "initialise", "committed", "nothing")
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.kind))


def _for_one(tree: Tree, application: Candidate) -> Iterator[Database]:
    sources = application.reach.sources
    opens = [one for one in opened(sources, application.folder) if one.how == "database"]
    files = list(dict.fromkeys(one.path for one in opens if one.path))[:_MOST]
    if not opens:  # not that it could be told: what is there is the likeliest
        files = tree.databases[:_MOST]
    usual = [] if opens else [posixpath.join(application.folder, _USUAL)]
    for file in files or usual:
        for schema in _schemas(tree, application):
            why = f"{schema} makes its tables"
            yield Database(kind="schema", file=file, source=schema, why=why)
    for source, why in _initialisers(tree, application):
        yield Database(kind="initialise", file=next(iter(files), ""), source=source, why=why)
    for file in files:
        if file in tree.databases:
            yield Database(kind="committed", file=file, why="it was handed in")
    for file in files or [""]:
        yield Database(kind="nothing", file=file, why="the server may make its own at the start")


def _schemas(tree: Tree, application: Candidate) -> list[str]:
    """Return the files of SQL that make tables; first what the source names, and what is near."""
    text = "\n".join(source.text for source in application.reach.sources)
    near = posixpath.dirname(application.path)

    def unlikeliness(path: str) -> tuple[bool, bool, bool, int, str]:
        name = posixpath.basename(path)
        distance = len(posixpath.relpath(path, near or ".").split("/"))
        return name not in text, bool(spare(path)), "schema" not in name.lower(), distance, path

    found = [path for path, text in tree.texts.items() if _is_schema(path, text)]
    return sorted(found, key=unlikeliness)[:_MOST]


def _is_schema(path: str, text: str) -> bool:
    return path.lower().endswith(".sql") and _TABLES.search(text) is not None


def _initialisers(tree: Tree, application: Candidate) -> list[tuple[str, str]]:
    """Return what makes the tables when it is called, where importing the application does not."""
    reached = application.reach.sources
    if any(_makes_tables(one, one.at_import) for one in reached):
        return []
    done = _called_at_import(reached)
    near = (posixpath.dirname(application.path), application.folder)
    others = [
        source
        for path, source in tree.sources.items()
        if posixpath.dirname(path) in near and source not in reached and not spare(path)
    ]
    found: list[tuple[str, str]] = []
    for source in (*reached, *others):
        module = module_name(source.path, application.folder)
        if module is None:
            continue
        ways = list(_functions(source, done))
        if source in others and _makes_tables(source, source.at_import):
            ways = [("", f"importing {source.path} makes the tables")]
        found += [(f"{module}:{name}", why) for name, why in ways]
    return found[:_MOST]


def _functions(source: Source, done: set[str]) -> Iterator[tuple[str, str]]:
    """Yield a module's functions that make the tables and are not called at import."""
    made = [
        (name, function.lineno)
        for name, function in source.functions.items()
        if needs_nothing(function) and not function.decorator_list and name not in done
        if _MAKES_TABLES.search(name) or _makes_tables(source, walked(function, ()))
    ]
    for name, line in sorted(made, key=lambda one: not _MAKES_TABLES.search(one[0])):
        yield name, f"`{name}()` in {source.path}, line {line}, makes the tables"
    if not made and (found := _CREATE_ALL.search(source.text)) and "create_all" not in done:
        name = found[0].rstrip("(")
        yield name, f"`{name}()` in {source.path} is only called when that is run by hand"


def _called_at_import(sources: Sequence[Source]) -> set[str]:
    """Return the names of the functions called at import, and of those called by these."""
    functions = [source.functions for source in sources]
    waiting = [_calls(source.at_import) for source in sources]
    done: set[str] = set()
    while waiting:
        new = waiting.pop() - done
        done |= new
        known = [named[name] for named in functions for name in new if name in named]
        waiting += [_calls(walked(function, ())) for function in known]
    return done


def _calls(nodes: Iterable[ast.AST]) -> set[str]:
    return {called(node) for node in nodes if isinstance(node, ast.Call)}


def _makes_tables(source: Source, nodes: Iterable[ast.AST]) -> bool:
    """Whether some nodes of a source carry out SQL that makes tables."""
    for node in nodes:
        match node:
            case ast.Call() if called(node) in {"create_all", "executescript"}:
                return True
            case ast.Call(args=[ast.Constant(value=str() as text), *_]):
                if called(node) == "execute" and _TABLES.search(text):
                    return True
            case ast.Call(args=[ast.Name(), *_]) if called(node) == "execute":
                if _TABLES.search(source.text):
                    return True
            case _:
                pass
    return False

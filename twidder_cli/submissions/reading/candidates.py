"""Every way in which a submission's modules could be given to gunicorn, and what each brings."""

import ast
import itertools
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from twidder_cli.submissions.reading.imports import Reached, module_name, reached
from twidder_cli.submissions.reading.kinds import Kinds, needs_nothing
from twidder_cli.submissions.reading.labs import lab_rank, spare
from twidder_cli.submissions.reading.opens import opened
from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.starts import server_started
from twidder_cli.submissions.reading.tree import Tree, above, is_in

_MODULES = 12
_TARGETS = 4
_PLACES = 4
"""How many modules are looked at, how many applications in each, and folders above it."""

_USUAL = ("server", "app", "wsgi", "main", "run", "runserver")
_FUNCTIONS = 9
_LINE_OF_FLASK = re.compile(
    r"^(\w+)(?:[ \t]*:[ \t]*\w+)?[ \t]*=[ \t]*(?:\w+\.)?Flask\(", re.MULTILINE
)
_ROUTE = re.compile(
    r"^[ \t]*@(?!\w*sock)[\w.]+\.(?:route|get|post|put|delete|patch)\("
    r"|\badd_url_rule\(|\badd_resource\(",
    re.MULTILINE,
)
_SOCKET = re.compile(
    r"\bflask_sock\b|\bsimple_websocket\b|\bgeventwebsocket\b|\bflask_sockets\b|\bflask_socketio\b"
    r"|wsgi\.websocket|^[ \t]*@\w*sock\w*\.route\(",
    re.MULTILINE,
)
_PAGE = re.compile(r"send_static_file|send_from_directory|render_template|\.html\b")


@dataclass(frozen=True)
class Target:
    """Something in a module that gunicorn may be told to serve. `how` says for people what it is.

    `is_certain`: it is known to be a Flask application. `is_handed_on`: it is
    another module's, or has another name too.
    """

    source: Source
    name: str
    how: str
    is_certain: bool = True
    is_handed_on: bool = False


@dataclass(frozen=True)
class Candidate:
    """A target, from one working folder, with what is reached so."""

    target: Target
    folder: str
    module: str
    reach: Reached

    @property
    def path(self) -> str:
        """The file of the module."""
        return self.target.source.path

    @property
    def has_socket(self) -> bool:
        """Whether something of a WebSocket is reached."""
        return self._counted(_SOCKET) > 0

    @property
    def routes(self) -> int:
        """How many routes are reached."""
        return self._counted(_ROUTE)

    @property
    def worth(self) -> tuple[bool, int]:
        """How much of a Twidder it is: a socket, and routes for the nine functions."""
        return self.has_socket, min(self.routes, _FUNCTIONS)

    @property
    def has_page(self) -> bool:
        """Whether it serves pages."""
        return self._counted(_PAGE) > 0

    @property
    def starts_server(self) -> bool:
        """Whether a server is started when it is imported."""
        return any(server_started(source) for source in self.reach.sources)

    def _counted(self, pattern: re.Pattern[str]) -> int:
        return sum(len(pattern.findall(source.text)) for source in self.reach.sources)


def candidates(tree: Tree) -> list[Candidate]:
    """Return every candidate; a module's folders are those from which its imports are found."""
    kinds = Kinds(tree)
    modules = sorted(tree.sources.values(), key=_likelihood)
    targets = (list(itertools.islice(_targets(one, kinds), _TARGETS)) for one in modules)
    likely = [found for found in targets if found][:_MODULES]
    return [
        Candidate(target, folder, module, reach)
        for found in likely
        for folder, module, reach in _places(tree, found[0].source.path)
        for target in found
    ]


def _likelihood(source: Source) -> tuple[int, bool, int, int, str]:
    path = source.path
    return lab_rank(path), bool(spare(path)), usual(path), path.count("/"), path


def usual(path: str) -> int:
    """Return how usual a module's name is for one that is started; 0 is `server`."""
    stem = posixpath.basename(path).removesuffix(".py")
    return _USUAL.index(stem) if stem in _USUAL else len(_USUAL)


def _targets(source: Source, kinds: Kinds) -> Iterator[Target]:
    where = source.path
    if source.broken and len(source.nodes) == 1:
        yield from _targets_in_text(source)
        return
    found = dict(sorted(kinds.of(where).items(), key=lambda item: item[1].line))
    applications = [(name, one) for name, one in found.items() if one.kind == "application"]
    lines = {one.line for _, one in applications}
    for name, one in applications:
        if one.line not in lines:
            continue  # the same one by another name
        lines.remove(one.line)
        how = f"`{name}` in {where}, line {one.line}"
        yield Target(source, name, how, is_handed_on=one.is_handed_on)
    if applications:
        return
    for name, one in found.items():
        if one.kind == "factory" and needs_nothing(source.functions.get(name)):
            how = f"`{name}()` in {where}, line {one.line}, makes one"
            yield Target(source, f"{name}()", how)
    if not any(one.kind == "factory" for one in found.values()) and usual(where) < len(_USUAL):
        for name in ("app", "application"):
            if name in _bound(source):
                yield Target(source, name, f"{where} binds `{name}`", is_certain=False)


def _targets_in_text(source: Source) -> Iterator[Target]:
    """Yield what a file that Python can't read seems to hold: its start will tell the mistake."""
    names = _LINE_OF_FLASK.findall(source.text)
    how = f"{source.path} can't be read by Python ({source.broken})"
    if names:
        yield Target(source, names[0], f"`{names[0]}`, though {how}")
    elif usual(source.path) == 0:
        yield Target(source, "app", how, is_certain=False)


def _bound(source: Source) -> set[str]:
    """Return the names that a module may bind."""
    names: set[str] = set()
    for node in source.module_level:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name):
                names.add(name)
            case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
            case _:
                pass
    return names | ({"app"} if "*" in names else set())


def _places(tree: Tree, path: str) -> list[tuple[str, str, Reached]]:
    """Return the working folders for a module, its name there, and what it reaches from there.

    The nearest comes first. A folder from which less is found than from
    another is none; one further up is one for a package, or where it is needed.
    """
    places = [(folder, name, reached(tree, path, folder)) for folder, name in _names(path)]
    fewest = min((len(reach.missing) for _, _, reach in places), default=0)
    kept: list[tuple[str, str, Reached]] = []
    for folder, name, reach in places:
        is_package = all(f"{inner}/__init__.py" in tree.files for inner in _between(folder, path))
        if len(reach.missing) == fewest and (is_package or not kept):
            kept.append((folder, name, reach))

    def files_found(place: tuple[str, str, Reached]) -> int:
        return sum(one.path in tree.files for one in opened(place[2].sources, place[0]))

    return sorted(kept, key=files_found, reverse=True)


def _between(folder: str, path: str) -> Iterator[str]:
    return (inner for inner in above(path) if inner != folder and is_in(inner, folder))


def _names(path: str) -> Iterator[tuple[str, str]]:
    """Yield the folders above a module from which Python can import it, and its name there."""
    for folder in itertools.islice(above(path), _PLACES):
        if name := module_name(path, folder):
            yield folder, name

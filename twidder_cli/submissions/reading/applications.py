"""Chooses among the candidates: which application is the submission's, and what is left out."""

import posixpath
from collections.abc import Iterator, Mapping

from twidder_cli.model.submission import Application
from twidder_cli.submissions.reading.candidates import Candidate, candidates, usual
from twidder_cli.submissions.reading.labs import lab_of, lab_rank, spare
from twidder_cli.submissions.reading.tree import Tree, above, is_in

_MOST = 8

Hints = Mapping[tuple[str, str], str]


def chosen(tree: Tree, hints: Hints) -> tuple[list[Candidate], dict[str, str]]:
    """Return the candidates to try, the likeliest first, and what they leave out, with reasons."""
    found = sorted(candidates(tree), key=lambda one: _rank(one, hints))
    if not found:
        return [], {}
    best = found[0]
    left_out = dict(_other_labs(tree, best))
    kept: list[Candidate] = []
    for one in found:
        if any(is_in(one.path, gone) for gone in left_out):
            continue
        if why := _why_worse(one, best):
            where = spare(one.path) or one.path
            if not any(is_in(source.path, where) for source in best.reach.sources):
                left_out[where] = why
        elif not any(_is_part(one, of=better) for better in kept):
            kept.append(one)
    return kept[:_MOST], left_out


def application(one: Candidate, hints: Hints) -> Application:
    """Return a candidate as gunicorn is told of it, with the reasons for people."""
    return Application(
        folder=one.folder or ".",
        module=one.module,
        target=one.target.name,
        file=one.path,
        why="; ".join(_reasons(one, hints)),
    )


def _rank(one: Candidate, hints: Hints) -> tuple[object, ...]:
    has_socket, routes = one.worth
    return (
        lab_rank(one.path),
        bool(spare(one.path)),
        not one.target.is_certain,
        not has_socket,
        -routes,
        not one.has_page,
        one.starts_server,
        (one.module, one.target.name) not in hints,
        usual(one.path),
        one.path.count("/"),
    )


def _why_worse(one: Candidate, best: Candidate) -> str:
    """Return why a candidate is not even an alternative; nothing where it is one."""
    if lab_rank(one.path) > lab_rank(best.path):
        return "another lab"
    if spare(one.path) and not spare(best.path):
        return "by its name a copy or a test"
    if best.target.is_certain and not one.target.is_certain:
        return f"{best.path} is surely a Flask application"
    if one.worth < best.worth:
        return f"{best.path} has more of a Twidder"
    return ""


def _is_part(one: Candidate, *, of: Candidate) -> bool:
    """Whether a candidate only hands on what belongs to another."""
    return one.target.is_handed_on and one.target.source in of.reach.sources


def _other_labs(tree: Tree, best: Candidate) -> Iterator[tuple[str, str]]:
    """Yield the folders of other labs than the chosen one."""
    known = lab_of(best.path) | {"3"}
    outer = "\0"
    for folder in sorted({folder for path in tree.files for folder in above(path)}):
        numbers = lab_of(posixpath.basename(folder))
        is_other = numbers and not numbers & known
        if is_other and not is_in(best.path, folder) and not is_in(folder, outer):
            yield folder, "another lab"
            outer = folder


def _reasons(one: Candidate, hints: Hints) -> Iterator[str]:
    routes = "1 route" if one.routes == 1 else f"{one.routes} routes"
    yield f"{one.target.how}, with {'a WebSocket and ' if one.has_socket else ''}{routes}"
    if one.reach.missing:
        yield f"{', '.join(one.reach.missing[:3])} is not found from any folder"
    elif "." in one.module or posixpath.basename(one.path) == "__init__.py":
        yield "it is a package, so the folder above is where it works"
    if hint := hints.get((one.module, one.target.name)):
        yield f"{hint} starts it so"

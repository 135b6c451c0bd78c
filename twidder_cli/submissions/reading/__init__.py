"""Reads a submission's source, without running any of it, and says what could be started."""

from pathlib import Path

from twidder_cli.model.submission import Inspection
from twidder_cli.submissions.reading.applications import application, chosen
from twidder_cli.submissions.reading.client import client_notes
from twidder_cli.submissions.reading.databases import databases
from twidder_cli.submissions.reading.hints import start_hints
from twidder_cli.submissions.reading.imports import own_modules
from twidder_cli.submissions.reading.keys import headers, keys
from twidder_cli.submissions.reading.notes import notes
from twidder_cli.submissions.reading.requirements import requirements
from twidder_cli.submissions.reading.tree import read_tree


def inspect(root: Path, name: str = "") -> Inspection:
    """Return what the source in a folder tells; never fails, and runs nothing.

    With a `name` all paths are relative to the folder above, in which the
    folder has that name: a package needs that when it is all that was handed in.
    """
    tree = read_tree(root, name)
    hints = start_hints(tree)
    found, left_out = chosen(tree, hints)
    tree = tree.without(left_out)
    modules = tuple(own_modules(tree))
    if not found:
        return Inspection(left_out=tree.left_out, notes=tuple(notes(tree, [])), modules=modules)
    best = found[0]
    return Inspection(
        applications=tuple(application(one, hints) for one in found),
        databases=tuple(databases(tree, found)),
        imports=best.reach.foreign,
        requirements=tuple(requirements(tree, best.folder)),
        keys=tuple(keys(best.reach.sources)),
        headers=tuple(headers(best.reach.sources)),
        left_out=tree.left_out,
        notes=(*notes(tree, found), *client_notes(tree, best)),
        modules=modules,
    )

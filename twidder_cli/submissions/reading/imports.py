"""Which file an import means, and all the files that an application is made of."""

import posixpath
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions

from twidder_cli.submissions.reading.sources import Import, Source
from twidder_cli.submissions.reading.tree import Tree, above, is_in

_HIDDEN = {"twidder", "twidder_cli"}
"""Our own packages, which a submission can't import."""


@dataclass(frozen=True)
class Reached:
    """What a module imports, itself first, when Python looks for modules in one folder.

    `missing` are modules of its own that are not found there; `foreign` are
    other people's.
    """

    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]


def reached(tree: Tree, module: str, folder: str) -> Reached:
    """Return what importing `module`, a path, reaches from `folder`."""
    waiting = [module, *_packages_of(tree, module, folder)]
    seen = dict.fromkeys(waiting)
    missing: dict[str, None] = {}
    foreign: dict[str, None] = {}
    while waiting:
        path = waiting.pop()
        for one in tree.sources[path].imports if path in tree.sources else ():
            files = _files_of(tree, one, path, folder)
            top = one.module.partition(".")[0]
            if files is not None:
                new = [file for file in files if file not in seen]
                seen.update(dict.fromkeys(new))
                waiting.extend(new)
            elif one.level or is_own(tree, top, path):
                missing[one.module or "."] = None
            elif top not in sys.stdlib_module_names and not one.is_optional:
                foreign[top] = None
    sources = tuple(tree.sources[path] for path in seen if path in tree.sources)
    return Reached(sources, tuple(missing), tuple(foreign))


def file_of(tree: Tree, one: Import, importer: str) -> str | None:
    """Return the file of the module that an import names, looked for from the importer outwards."""
    for folder in above(importer):
        base = _base(one, importer, folder)
        chain = None if base is None else _chain(tree, base, one.module)
        if chain:
            return chain[-1]
        if base and not one.module and f"{base}/__init__.py" in tree.files:
            return f"{base}/__init__.py"
    return None


def module_name(path: str, folder: str) -> str | None:
    """Return the name a file is imported by from a folder; None where it can't be."""
    if not path.endswith(".py") or not is_in(path, folder):
        return None
    inner = path[len(folder) :].lstrip("/").removesuffix(".py").removesuffix("/__init__")
    is_folder_itself = inner == "__init__" and folder  # which is imported from further out
    return None if "." in inner or is_folder_itself else inner.replace("/", ".")


def is_own(tree: Tree, top: str, importer: str) -> bool:
    """Whether a top-level module is one that the submission should have brought."""
    if top in sys.stdlib_module_names:
        return False
    if top in _HIDDEN or top.lower() in tree.modules:
        return True  # also where it is called otherwise by its capitals only
    is_near = any(posixpath.join(folder, top) in tree.folders for folder in above(importer))
    return is_near and not is_installed(top)


def own_modules(tree: Tree) -> list[str]:
    """Return the names of all modules and packages of the submission, in small letters."""
    folders = {posixpath.basename(folder) for folder in tree.folders if folder}
    return sorted(tree.modules | {name.lower() for name in folders if not is_installed(name)})


def is_installed(top: str) -> bool:
    """Whether a package brings this top-level module here."""
    return top in _installed()


@cache
def _installed() -> frozenset[str]:
    return frozenset(packages_distributions()) - _HIDDEN


def _packages_of(tree: Tree, module: str, folder: str) -> list[str]:
    """Return the packages that a module is in, as far as `folder` lets Python see them."""
    inits = [f"{one}/__init__.py" for one in above(module) if one != folder and is_in(one, folder)]
    return [path for path in inits if path in tree.files and path != module]


def _files_of(tree: Tree, one: Import, importer: str, folder: str) -> list[str] | None:
    """Return the files that an import runs; None where it finds nothing."""
    base = _base(one, importer, folder)
    files = None if base is None else _chain(tree, base, one.module)
    if base is None or files is None:
        return None
    below = posixpath.join(base, *one.module.split("."))
    for name in one.names:
        files += _chain(tree, below, name) or []
    # Python prefers an installed package to a mere folder.
    is_foreign = not files and not one.level and is_installed(one.module.partition(".")[0])
    return None if is_foreign else files


def _base(one: Import, importer: str, folder: str) -> str | None:
    """Return the folder an import starts from; None where its parent package is unknown."""
    if not one.level:
        return folder
    outwards = list(above(importer))
    base = outwards[one.level - 1] if one.level <= len(outwards) else ""
    return base if base != folder and is_in(base, folder) else None


def _chain(tree: Tree, base: str, dotted: str) -> list[str] | None:
    """Return the files that `import dotted` runs, looked for in one folder."""
    path = base
    files: list[str] = []
    parts = dotted.split(".") if dotted else []
    for number, part in enumerate(parts, 1):
        path = posixpath.join(path, part)
        package, module = f"{path}/__init__.py", f"{path}.py"
        if package in tree.files:
            files.append(package)
        elif module in tree.files and number == len(parts):
            files.append(module)
        elif path not in tree.folders:
            return None
    return files

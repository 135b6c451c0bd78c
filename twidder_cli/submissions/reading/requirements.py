"""Other people's packages that a submission names in its requirements files."""

import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from twidder_cli.submissions.reading.tree import Tree, is_in

_LONGEST = 32 * 1024
_REQUIREMENTS = re.compile(r"^requirements.*\.txt$", re.IGNORECASE)


def requirements(tree: Tree, folder: str) -> list[str]:
    """Return name or name==version of what requirements files near a folder ask for plainly.

    What comes from elsewhere than the package index is dropped, and of a
    version only an exact one is kept.
    """
    found: dict[str, str] = {}
    for path in sorted(tree.texts, key=lambda path: path.count("/")):
        where = posixpath.dirname(path)
        if is_in(folder, where) or is_in(where, folder):
            for text in _asked(path, tree.texts[path]):
                for name, plain in _plain(text):
                    found.setdefault(name, plain)
    return list(found.values())


def _asked(path: str, text: str) -> Iterator[str]:
    """Yield the requirements in a file, as they stand there."""
    name = posixpath.basename(path)
    if len(text) > _LONGEST:
        return  # a person writes some twenty lines
    if _REQUIREMENTS.search(name):
        lines = text.replace("\\\n", " ").splitlines()
        yield from (re.split(r"\s(?:#|--)", line)[0] for line in lines)
    elif name == "Pipfile":
        packages = _table(text, "packages")
        yield from (_from_table(name, version) for name, version in packages.items())
    elif name == "pyproject.toml":
        listed = _table(text, "project").get("dependencies")
        yield from (
            (one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
        )
        poetry = _table(text, "tool", "poetry", "dependencies")
        yield from (_from_table(name, version) for name, version in poetry.items())


def _table(text: str, *names: str) -> dict[str, Any]:
    try:
        table: Any = tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def _from_table(name: str, wanted: Any) -> str:
    """Return an entry of a TOML table as a requirement; '' for what the package index has not."""
    if isinstance(wanted, dict):
        wanted = wanted.get("version")
    if not isinstance(wanted, str):
        return ""
    return f"{name}{wanted}" if wanted.startswith("==") else name


def _plain(text: str) -> Iterator[tuple[str, str]]:
    """Yield a requirement's canonical name, and its name with the version if that is exact."""
    try:
        wanted = Requirement(text.strip())
        is_for_others = wanted.marker is not None and not wanted.marker.evaluate()
    except ValueError:
        return
    if wanted.url or is_for_others:
        return
    name = canonicalize_name(wanted.name)
    exact = [one.version for one in wanted.specifier if one.operator == "=="]
    is_plain = len(exact) == len(wanted.specifier) == 1 and not exact[0].endswith("*")
    yield name, f"{name}=={exact[0]}" if is_plain else name

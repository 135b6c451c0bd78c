"""The source files of a submission, as far as they are worth reading."""

import os
from pathlib import Path

_MOST_FILES = 300
_LARGEST = 512 * 1024
_NOT_OWN = {"node_modules", "site-packages", "venv", "env", "__pycache__"}


def sources_in(folder: Path) -> dict[str, str]:
    """Return the Python files below a folder, by their paths from it, with slashes."""
    found: dict[str, str] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_own(Path(place, name)))
        for path in sorted(Path(place, name) for name in names if name.endswith(".py")):
            if len(found) < _MOST_FILES and path.is_file() and path.stat().st_size <= _LARGEST:
                found[path.relative_to(folder).as_posix()] = path.read_text("utf-8", "replace")
    return found


def _is_own(path: Path) -> bool:
    return not (
        path.name.startswith(".") or path.name in _NOT_OWN or (path / "pyvenv.cfg").exists()
    )

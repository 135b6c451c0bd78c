"""The source files of a submission, as far as they are worth reading."""

import os
from pathlib import Path

_MOST_FILES = 200
_LARGEST = 256 * 1024
_LARGEST_SUM = 2 * 1024 * 1024
_NOT_OWN = {"node_modules", "site-packages", "venv", "env", "__pycache__"}


def sources_in(folder: Path) -> dict[str, str]:
    """Return the Python files below a folder, by their paths from it, with slashes.

    Links are not followed; files of no reasonable size or number are left out.
    """
    found: dict[str, str] = {}
    left = _LARGEST_SUM
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_own(Path(place, name)))
        for path in sorted(Path(place, name) for name in names if name.endswith(".py")):
            if path.is_symlink() or not path.is_file() or len(found) == _MOST_FILES:
                continue
            size = path.stat().st_size
            if size <= min(_LARGEST, left) and os.access(path, os.R_OK):
                left -= size
                found[path.relative_to(folder).as_posix()] = path.read_text("utf-8", "replace")
    return found


def _is_own(path: Path) -> bool:
    is_foreign = path.name in _NOT_OWN or (path / "pyvenv.cfg").exists()
    return not (path.name.startswith(".") or is_foreign)

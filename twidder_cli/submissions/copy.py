"""Copies a submission's folder: its own work, and nothing from outside the folder."""

import os
import shutil
import stat
from pathlib import Path

from twidder_cli.submissions.belongs import ENVIRONMENT, belongs
from twidder_cli.submissions.limits import LIMITS, Budget, Limits, Refused


def copied(source: Path, target: Path, limits: Limits = LIMITS) -> None:
    """Copy files and folders that can be read; no pipes, no devices, no links out of the folder.

    A link inside becomes what it leads to. Raises Refused when it is too much,
    with a part of it copied: whoever called this removes `target`.
    """
    source = source.resolve()
    budget = Budget(limits.size)
    entries = 0

    def left_out(folder: str, names: list[str]) -> set[str]:
        nonlocal entries
        own = {name for name in names if _is_own(Path(folder, name), names, source)}
        entries += len(own)
        if entries > limits.entries:
            raise Refused(f"it holds more than {limits.entries} files and folders")
        if len(Path(folder).relative_to(source).parts) > limits.depth:
            raise Refused(f"it is more than {limits.depth} folders deep")
        return set(names) - own

    def copied_file(file: str, copy: str) -> None:
        budget.spend(Path(file).stat().st_size)
        shutil.copy2(file, copy)

    shutil.copytree(source, target, ignore=left_out, copy_function=copied_file)
    for folder, folders, files in os.walk(target):
        for name in (*folders, *files):
            path = Path(folder, name)
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o777 | stat.S_IRUSR | stat.S_IWUSR)


def _is_own(path: Path, beside: list[str], root: Path) -> bool:
    if not belongs(path.name, in_environment=ENVIRONMENT in beside):
        return False
    try:
        mode = path.stat().st_mode  # before resolve(), which raises something else on a circle
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            return False
        if stat.S_ISREG(mode):
            return os.access(path, os.R_OK)
        return stat.S_ISDIR(mode) and _is_own_folder(path)
    except OSError:
        return False  # a link to nowhere, or in a circle


def _is_own_folder(path: Path) -> bool:
    if not os.access(path, os.R_OK | os.X_OK):
        return False
    if path.is_symlink() and path.parent.resolve().is_relative_to(path.resolve()):
        return False
    names = os.listdir(path)  # noqa: PTH208  names are all that is needed
    return ENVIRONMENT not in names or any(belongs(name, in_environment=True) for name in names)

"""Starts a submission's application under gunicorn. Run as a script, in the submission's process.

It hides our own packages: what a submission finds as `twidder` or
`twidder_cli` is its own or nothing. Standard library only, and as little of it
as will do, since everything here happens in the submission's name.
"""

import ctypes
import importlib.machinery
import os
import runpy
import sys
from collections.abc import Sequence
from types import ModuleType

_OURS = ("twidder", "twidder_cli")


class _Ours:
    """Finds modules with our names in the submission's folder only."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in _OURS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, [self._folder], target)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec


def end_with_parent() -> None:
    """Never outlive the worker."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL


def hide_us() -> None:
    """Leave the current folder and what is installed to be imported, and nothing of ours."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    working_tree = os.path.dirname(os.path.dirname(here))  # noqa: PTH120
    hidden = {here} if working_tree.endswith("-packages") else {here, working_tree}
    sys.path[:] = [path for path in sys.path if path not in hidden]
    sys.meta_path.insert(0, _Ours(os.getcwd()))  # noqa: PTH109  fewer imports


def main() -> None:
    """Be gunicorn, with the arguments given, in the current folder."""
    end_with_parent()
    # The folder itself comes last: gunicorn puts it first, after its own imports.
    hide_us()
    sys.argv[0] = "gunicorn"
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

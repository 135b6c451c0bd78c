"""Starts a submission's application under gunicorn. Run as a script, in the submission's process.

    launch.py DATA ARGUMENT...

prepares the data that DATA tells, and is gunicorn then, with the arguments
given, in the current folder; with the one argument `script:FILE` it is that
file of the submission. It hides our own packages: what a submission finds as
`twidder` or `twidder_cli` is its own or nothing. Standard library only, and as
little of it as will do, since everything here happens in the submission's name.
"""

import ctypes
import importlib
import importlib.machinery
import json
import operator
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType

_OURS = ("twidder", "twidder_cli")
_SCRIPT = "script:"
PACKAGES = "TWIDDER_PACKAGES"
"""The variable that names a folder of packages, beside those that are installed."""


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
    """Leave the current folder and what was installed to be imported, and nothing of ours."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    working_tree = os.path.dirname(os.path.dirname(here))  # noqa: PTH120
    hidden = {here} if working_tree.endswith("-packages") else {here, working_tree}
    sys.path[:] = [path for path in sys.path if path not in hidden]
    sys.path += filter(None, [os.environ.pop(PACKAGES, "")])
    sys.meta_path.insert(0, _Ours(os.getcwd()))  # noqa: PTH109  fewer imports


def prepare(kind: str, file: str, source: str, application: str, *, without_dns: bool) -> None:
    """Put the data in its place that the server is to find, as model/submission.py tells.

    What does not work is told in the log; whether the server can do without is seen later.
    """
    try:
        if without_dns:
            _take_addresses_unasked()
        if kind in {"schema", "nothing"} and os.path.isfile(file):  # noqa: PTH113
            os.remove(file)  # noqa: PTH107
        if kind == "schema":
            _run_schema(source, file)
        if kind == "initialise":
            _call(source, application)
    except Exception:  # noqa: BLE001  the submission's code and files can raise anything
        traceback.print_exc()


def _take_addresses_unasked() -> None:
    """Have e-mail addresses validated by their form only: nobody answers questions here."""
    try:
        import email_validator
        from email_validator import deliverability
    except ImportError:
        return  # then it asks nobody either

    email_validator.CHECK_DELIVERABILITY = False
    setattr(deliverability, "validate_email_deliverability", lambda *_, **__: {})  # noqa: B010  it is another's


def _run_schema(source: str, file: str) -> None:
    import sqlite3

    with open(source, encoding="utf-8", errors="replace") as schema:  # noqa: PTH123
        database = sqlite3.connect(file)
        try:
            database.executescript(schema.read())
            database.commit()
        finally:
            database.close()


def _call(function: str, application: str) -> None:
    """Call `module:name` of the submission, in a process that leaves nothing of it behind.

    The name may be dotted, `models:db.create_all`; without one, the module is imported.
    """
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        from gunicorn.util import import_app

        sys.path.insert(0, os.getcwd())  # noqa: PTH109  as gunicorn does
        module, _, name = function.partition(":")
        maker = importlib.import_module(module)
        if name:
            initialise = operator.attrgetter(name)(maker)
            with import_app(application).app_context():
                initialise()
    except BaseException:  # noqa: BLE001  as in prepare, but nothing may leave this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(0)


def main() -> None:
    """Be the submission's server, in the current folder."""
    data = json.loads(sys.argv.pop(1))
    end_with_parent()
    # The folder itself comes last: gunicorn puts it first, after its own imports.
    hide_us()
    prepare(**data)
    if sys.argv[1].startswith(_SCRIPT):
        file = sys.argv[1].removeprefix(_SCRIPT)
        sys.path.insert(0, os.path.dirname(os.path.abspath(file)))  # noqa: PTH100, PTH120
        sys.argv[:] = [file]
        runpy.run_path(file, run_name="__main__")
    else:
        sys.argv[0] = "gunicorn"
        runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""From what the operator typed to a Submission."""

import ast
import socket
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from twidder_cli.errors import OperatorError
from twidder_cli.model.job import Submission

REFERENCE = Submission(name="reference", kind="reference", location="twidder.server:app")

_CONNECT = 5.0


def find(target: str) -> Submission:
    """Return the submission a target names; raises OperatorError where there is none.

    A target is a URL where a server listens, or a folder that holds a
    `server.py` with `app`.
    """
    if "://" in target:
        return _at_url(target)
    folder = Path(target)
    try:
        if not folder.exists():
            raise OperatorError(f"{target}: there is no such folder, and it is no URL (http://...)")
        if not folder.is_dir():
            raise OperatorError(f"{target}: expected a folder that holds server.py, got a file")
        _require_application(folder, target)
        place = str(folder.resolve())
        place.encode()
    except OSError as error:
        raise OperatorError(f"{target}: {error.strerror or error}") from None
    except UnicodeError:
        raise OperatorError(f"{target!a}: expected a name in UTF-8; rename the folder") from None
    return Submission(name=Path(place).name, kind="folder", location=place)


def _at_url(target: str) -> Submission:
    try:
        url = urlsplit(target)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError as error:
        raise OperatorError(f"{target}: {error}") from None
    if url.scheme not in {"http", "https"} or not url.hostname or port is None:
        raise OperatorError(f"{target}: expected a URL such as http://127.0.0.1:5000")
    if url.query or url.fragment or url.username:
        raise OperatorError(f"{target}: expected a URL without a query, a fragment or a user")
    try:
        socket.create_connection((url.hostname, port), _CONNECT).close()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise OperatorError(
            f"{target}: nothing listens there ({why}). Is the server started?"
        ) from None
    return Submission(name=target, kind="url", location=urlunsplit(url))


def _require_application(folder: Path, target: str) -> None:
    module = folder / "server.py"
    if not module.is_file():
        others = sorted(path.name for path in folder.glob("*.py"))[:5]
        seen = f"; there is {', '.join(others)}" if others else ""
        raise OperatorError(f"{target}: there is no server.py in this folder{seen}")
    try:
        tree = ast.parse(module.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the server's own start will tell, as the submission's fault
    if "app" not in _names(tree):
        raise OperatorError(
            f"{target}: server.py defines no 'app'; gunicorn is started with server:app"
        )


def _names(tree: ast.Module) -> set[str]:
    """Return the names a module may bind at its top level, also in branches."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    return names | ({"app"} if "*" in names else set())

"""Submissions as students hand them in, written file by file."""

from pathlib import Path

from tests.broken_servers.base import ROUTES
from twidder_cli.model.submission import Inspection
from twidder_cli.submissions.reading import inspect

Files = dict[str, str | bytes]


def put(folder: Path, files: Files) -> Path:
    """Write files below a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def found(tmp_path: Path, files: Files) -> Inspection:
    """Return what reading some files tells."""
    return inspect(put(tmp_path / "submission", files))


def routes(app: str = "app") -> str:
    """Return the nine functions, which do nothing."""
    return "".join(
        f"@{app}.route({path!r}, methods=[{method!r}])\ndef {name}(**_): return 'x'\n"
        for name, (method, path) in ((name, text.split()) for name, text in ROUTES.items())
    )


IMPORTS = "from flask import Flask, request\nfrom flask_sock import Sock\n"
SOCKET = "@Sock(app).route('/ws')\ndef ws(socket): socket.receive()\n"
FLASK = "app = Flask(__name__)\n"
SERVER = IMPORTS + FLASK + routes() + SOCKET
"""All functions and a socket, in one module."""

WITHOUT_SOCKET = "from flask import Flask\n" + FLASK + routes()

SCHEMA = "CREATE TABLE users (email TEXT PRIMARY KEY);\n"
SQLITE = b"SQLite format 3\0" + bytes(84)
"""The beginning of a database, which is enough to be taken for one."""

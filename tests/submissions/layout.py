"""The folder that is handed in: where the server is, what lies beside it, and how it is packed."""

import shutil
import sqlite3
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

from tests.submissions import names, page_source, server_source
from tests.submissions.axes import Combination
from tests.submissions.rendering import FOLDER, rendered
from twidder_cli.model.submission import Database

NAME = "anna_bob"
"""What the students call what they hand in."""

_PLACES = {"top": "", "one-down": "lab3", "two-down": "Twidder/Lab 3"}
_WRAPPED = {"zip-nested", "zip-macos", "tar-gz"}

_DISTRIBUTIONS = {
    "email_validator": "email-validator",
    "flask_bcrypt": "Flask-Bcrypt",
    "flask_cors": "Flask-Cors",
    "flask_sock": "flask-sock",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "jwt": "PyJWT",
    "psycopg2": "psycopg2-binary",
    "tddd97_mailer_2019": "tddd97-mailer-2019",
}

_FREEZE = """\
click==7.1.2
Flask==3.0.2
Flask-Sock==0.4.0
itsdangerous==1.1.0
Jinja2==2.11.3
MarkupSafe==1.1.1
pkg-resources==0.0.0
pywin32==227
simple-websocket==0.2.0
Werkzeug==1.0.1
"""

_APPLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02\x00\x00\x00\x09\xb0\xff\xfe"

_INVALID = "CREATE TABLE users (\n    email VARCHAR(120) PRIMARY KEY\n    password VARCHAR(200)\n"


def folder(c: Combination) -> str:
    """Return the working folder, relative to what was handed in."""
    wrapped = [NAME] if c.delivery in _WRAPPED else []
    return "/".join([*wrapped, *filter(None, [_PLACES[c.place]])]) or "."


def databases(c: Combination) -> tuple[Database, ...]:
    """Return the set-ups with which the server works."""
    form, at = server_source.FORMS[c.form], Path(folder(c))
    beside = at / form.package
    file, tables = (beside / "database.db").as_posix(), (beside / "schema.sql").as_posix()
    helper = ".".join(filter(None, [form.package, "database_helper"]))
    by_schema = Database(kind="schema", file=file, source=tables)
    committed = Database(kind="committed", file=file)
    match c.database:
        case "fits":
            return by_schema, committed
        case "older" | "schema":
            return (by_schema,)
        case "init":
            return (Database(kind="initialise", file=file, source=f"{helper}:init_db"),)
        case "invalid-schema":
            return (committed,)
        case "sqlalchemy":
            return (Database(kind="nothing", file=(at / "instance/database.db").as_posix()),)
        case _:
            return (Database(kind="nothing", file=file),)


def lay_out(c: Combination, into: Path) -> str:
    """Write what is handed in below `into`; returns the name of the file or folder."""
    root = into / NAME
    lab = root / _PLACES[c.place]
    lab.mkdir(parents=True)
    _write(lab, server_source.files(c))
    beside = lab / server_source.FORMS[c.form].package
    write_page(c, beside / "static")
    _write_data(c, beside)
    _write_requirements(c, lab)
    if c.hindrance == "configuration":
        (lab / ".gitignore").write_text("settings.py\n__pycache__/\n")
    if c.place != "top":
        _write_other_labs(c, lab.parent)
    if c.place == "two-down":
        _write_clutter(root, lab)
    return _packed(c, root)


def _write(into: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def write_page(c: Combination, into: Path) -> None:
    """Write the page's files into a folder."""
    files = page_source.files(
        names.contract(c),
        transport=c.page,
        notice=names.notice(c),
        token_header=names.TOKEN_HEADER.get(c.token_sent, ""),
        habits=page_source.Habits(c.session, c.secrecy, c.afterwards, c.dials),
    )
    _write(into, files)


def _write_data(c: Combination, beside: Path) -> None:
    """Write the database and the schema, as far as they are committed."""
    if c.database in {"fits", "older", "schema", "at-import-once"}:
        (beside / "schema.sql").write_text(f"{server_source.schema(c)}\n")
    if c.database == "invalid-schema":
        (beside / "schema.sql").write_text(_INVALID)
    if c.database in {"fits", "older", "at-import-once", "invalid-schema"}:
        with closing(sqlite3.connect(beside / "database.db")) as connection:
            connection.executescript(server_source.schema(c, is_older=c.database == "older"))


def _write_requirements(c: Combination, lab: Path) -> None:
    file = lab / "requirements.txt"
    match c.requirements:
        case "right":
            wanted = [_DISTRIBUTIONS.get(name, name) for name in server_source.imported(c)]
            file.write_text("".join(f"{name}\n" for name in [*wanted, "gunicorn"]))
        case "freeze":
            file.write_text(_FREEZE, encoding="utf-16", newline="\r\n")


def _write_other_labs(c: Combination, parent: Path) -> None:
    """Write the labs before, of which the second has a server as well."""
    old = rendered("lab2.jinja", {})
    page = {name: (FOLDER / name).read_text() for name in ("client.html", "client.css")}
    _write(parent / "lab1", {**page, "client.js": "", "serverstub.js": "var serverstub = {};\n"})
    if c.hindrance != "no-application":
        _write(parent / "lab2", {"server.py": old, "static/client.html": page["client.html"]})


def _write_clutter(root: Path, lab: Path) -> None:
    """Write what should not have been committed: an environment, caches, an editor's files."""
    packages = "venv/lib/python3.8/site-packages"
    example = "from flask import Flask\n\napp = Flask(__name__)\n"
    _write(
        root,
        {
            "venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.8.10\n",
            f"{packages}/flask/__init__.py": "class Flask:\n    pass\n",
            f"{packages}/examples/server.py": example,
            ".idea/workspace.xml": "<project/>\n",
            "README.md": "# Twidder\n",
        },
    )
    cache = lab / "__pycache__"
    cache.mkdir()
    (cache / "server.cpython-38.pyc").write_bytes(b"U\r\r\n\x00\x00\x00\x00")


def _packed(c: Combination, root: Path) -> str:
    """Make an archive of the folder, where one is handed in; the folder is gone then."""
    if c.delivery == "folder":
        return root.name
    files = sorted(path for path in root.rglob("*") if path.is_file())
    top = root.parent if c.delivery in _WRAPPED else root
    if c.delivery == "tar-gz":
        archive = root.with_suffix(".tar.gz")
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(root, root.name)
    else:
        archive = root.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in files:
                name = path.relative_to(top).as_posix()
                packed.write(path, name)
                if c.delivery == "zip-macos":
                    before, _, last = name.rpartition("/")
                    packed.writestr(f"__MACOSX/{before}/._{last}", _APPLE)
    shutil.rmtree(root)
    return archive.name

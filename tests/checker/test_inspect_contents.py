"""Reading a submission's source: its data, its packages, its names, and what is worth a note."""

import sqlite3
from pathlib import Path

import pytest

from tests.checker.handed_in import SCHEMA, SERVER, SQLITE, Files, found, put
from twidder_cli.submissions.reading import inspect

# Databases


def data(tmp_path: Path, files: Files) -> list[str]:
    """Return what is tried, as `kind file source`."""
    databases = found(tmp_path, files).databases
    return [f"{one.kind} {one.file} {one.source}".strip() for one in databases]


def opening(expression: str, *, before: str = "") -> str:
    imports = "import os, sqlite3\nfrom pathlib import Path\n"
    return f"{imports}{before}\nsqlite3.connect({expression})\n{SERVER}"


@pytest.mark.parametrize(
    ("expression", "before"),
    [
        ("'database.db'", ""),
        ("DATABASE", "DATABASE = 'database.db'"),
        ("app.config['DATABASE']", "app.config['DATABASE'] = 'database.db'"),
        ("current_app.config['DB']", "app.config.from_mapping(DB='database.db')"),
        ("app.config.get('DB')", "class Config:\n    DB = 'database.db'"),
        ("Config.DB", "class Config:\n    DB = 'database.db'"),
        ("os.path.join(app.root_path, 'database.db')", ""),
        ("os.path.join(os.path.dirname(os.path.abspath(__file__)), 'database.db')", ""),
        ("HERE + '/database.db'", "HERE = os.path.dirname(__file__)"),
        ("f'{HERE}/database.db'", "HERE = os.path.realpath(os.path.dirname(__file__))"),
        ("Path(__file__).parent / 'database.db'", ""),
        ("str(Path(__file__).resolve().parent.joinpath('database.db'))", ""),
        ("os.environ.get('DB', 'database.db')", ""),
        ("os.getenv('DB', 'database.db')", ""),
        ("database='./database.db'", ""),
        ("'file:database.db?mode=rw', uri=True", ""),
        ("path", "def connect(path='database.db'): ..."),
        ("self.path", "self.path = 'database.db'"),
    ],
)
def test_the_file_a_source_opens_is_told(expression: str, before: str, tmp_path: Path) -> None:
    files: Files = {"lab3/server.py": opening(expression, before=before)}
    assert data(tmp_path, files) == ["nothing lab3/database.db"]


@pytest.mark.parametrize(
    "line",
    [
        "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///database.db'",
        "SQLALCHEMY_DATABASE_URI = 'sqlite:///' + 'database.db?timeout=1'",
    ],
)
def test_sqlalchemy_keeps_its_file_in_the_instance_folder(line: str, tmp_path: Path) -> None:
    files: Files = {"lab3/server.py": f"{SERVER}{line}\n"}
    assert data(tmp_path, files) == ["nothing lab3/instance/database.db"]


@pytest.mark.parametrize("expression", ["':memory:'", "unknown()", "'/home/anna/database.db'"])
def test_a_database_that_is_no_file_of_the_submission(expression: str, tmp_path: Path) -> None:
    assert data(tmp_path, {"server.py": opening(expression)}) == ["nothing"]


def test_a_path_may_be_set_in_another_module(tmp_path: Path) -> None:
    files: Files = {
        "lab3/server.py": "import database_helper\n" + SERVER,
        "lab3/database_helper.py": "from sqlite3 import connect\nfrom config import *\n"
        "def get_db(): return connect(DATABASE)\n",
        "lab3/config.py": "import os\nDATABASE = os.path.join(os.path.dirname(__file__), 'd.db')\n",
    }
    assert data(tmp_path, files) == ["nothing lab3/d.db"]


def test_expressions_that_refer_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    circle = "a = b + b\nb = a + a\nc0 = 'x'\n"
    doubling = "".join(f"c{n + 1} = c{n} + c{n}\n" for n in range(60))
    deep = "d = " + "+".join(["'x'"] * 900)
    text = f"{circle}{doubling}{deep}\n" + "".join(
        f"sqlite3.connect({n})\n" for n in ("a", "c60", "d")
    )
    assert data(tmp_path, {"server.py": f"import sqlite3\n{text}{SERVER}"})[-1].startswith(
        "nothing"
    )


def test_schema_then_committed_file_then_nothing(tmp_path: Path) -> None:
    files: Files = {
        "server.py": opening("'database.db'"),
        "schema.sql": SCHEMA,
        "queries.sql": "SELECT 1;",
        "database.db": SQLITE,
    }
    assert data(tmp_path, files) == [
        "schema database.db schema.sql",
        "committed database.db",
        "nothing database.db",
    ]


def test_the_schema_that_the_source_names_is_first(tmp_path: Path) -> None:
    files: Files = {
        "server.py": opening("'database.db'") + "# tables.sql\n",
        "schema.sql": SCHEMA,
        "sql/tables.sql": "create   table\nif not exists x (y);",
    }
    assert data(tmp_path, files)[:2] == [
        "schema database.db sql/tables.sql",
        "schema database.db schema.sql",
    ]


def test_only_files_that_are_databases_are_committed_ones(tmp_path: Path) -> None:
    files: Files = {"server.py": opening("'database.db'"), "database.db": b"", "Thumbs.db": b"x"}
    assert data(tmp_path, files) == ["nothing database.db"]


def test_what_can_not_be_told_is_looked_for(tmp_path: Path) -> None:
    files: Files = {"server.py": opening("unknown()"), "data.sqlite3": SQLITE, "schema.sql": SCHEMA}
    assert data(tmp_path, files) == [
        "schema data.sqlite3 schema.sql",
        "committed data.sqlite3",
        "nothing data.sqlite3",
    ]


def test_a_real_database_is_known(tmp_path: Path) -> None:
    folder = put(tmp_path / "submission", {"server.py": opening("'twidder'")})
    with sqlite3.connect(folder / "twidder") as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert [one.kind for one in inspect(folder).databases] == ["committed", "nothing"]


MAKING = (
    "import sqlite3\ndef init_db():\n    sqlite3.connect('d.db').execute('CREATE TABLE x(y)')\n"
)


@pytest.mark.parametrize(
    ("helper", "server"),
    [
        (MAKING, ""),
        (f"SQL = 'CREATE TABLE x (y)'\n{MAKING}", ""),
        (MAKING, "if __name__ == '__main__':\n    database_helper.init_db()\n"),
        (MAKING + "if __name__ == '__main__':\n    init_db()\n", ""),
        (MAKING, "def reset():\n    database_helper.init_db()\n"),
    ],
)
def test_a_function_that_makes_the_tables_is_told_when_nothing_calls_it(
    helper: str, server: str, tmp_path: Path
) -> None:
    files: Files = {
        "server.py": f"import database_helper\n{SERVER}{server}",
        "database_helper.py": helper,
    }
    assert data(tmp_path, files) == ["initialise d.db database_helper:init_db", "nothing d.db"]


@pytest.mark.parametrize(
    "server",
    [
        "database_helper.init_db()\n",
        "with app.app_context():\n    database_helper.init_db()\n",
        "def set_up():\n    database_helper.init_db()\nset_up()\n",
        "def a():\n    b()\ndef b():\n    database_helper.init_db()\na()\n",
        "SQL = 'CREATE TABLE x (y)'\ndb.execute(SQL)\n",
    ],
)
def test_tables_that_are_made_at_import_need_no_call(server: str, tmp_path: Path) -> None:
    files: Files = {
        "server.py": f"import database_helper\n{SERVER}{server}",
        "database_helper.py": MAKING,
    }
    assert data(tmp_path, files) == ["nothing d.db"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("def create_tables():\n    run(TABLES)\n", "server:create_tables"),
        ("def setup_database(path='x'): ...\n", "server:setup_database"),
        ("def go():\n    with open('schema.sql') as f: db.executescript(f.read())\n", "server:go"),
        ("if __name__ == '__main__':\n    db.create_all()\n", "server:db.create_all"),
    ],
)
def test_functions_that_make_tables_are_known(text: str, source: str, tmp_path: Path) -> None:
    assert f"initialise  {source}" in data(tmp_path, {"server.py": SERVER + text})


@pytest.mark.parametrize(
    "text",
    [
        "def init_db(path): ...\n",
        "@app.cli.command('init')\ndef init_db(): ...\n",
        "def get_users(): ...\n",
    ],
)
def test_functions_that_can_not_be_called_alone_are_left_alone(text: str, tmp_path: Path) -> None:
    assert data(tmp_path, {"server.py": SERVER + text}) == ["nothing"]


def test_a_script_that_makes_the_tables_is_told(tmp_path: Path) -> None:
    files: Files = {
        "server.py": opening("'d.db'"),
        "make.py": "import sqlite3\nsqlite3.connect('d.db').execute('CREATE TABLE x (y)')\n",
    }
    assert data(tmp_path, files) == ["initialise d.db make:", "nothing d.db"]


# Packages


def test_imports_are_those_that_are_reached_and_nobodys_own(tmp_path: Path) -> None:
    files: Files = {
        "server.py": "import os, jwt, helper\nimport flask_cors as c\n" + SERVER,
        "helper.py": "from email_validator import validate_email\ndef f():\n    import bcrypt\n",
        "script.py": "import numpy\n",
    }
    assert set(found(tmp_path, files).imports) == {
        "jwt",
        "flask_cors",
        "flask",
        "flask_sock",
        "email_validator",
        "bcrypt",
    }


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import ujson\nexcept ImportError:\n    ujson = None\n",
        "try:\n    import ujson\nexcept (ValueError, ModuleNotFoundError):\n    ujson = None\n",
        "if __name__ == '__main__':\n    import ujson\n",
        "if TYPE_CHECKING:\n    import ujson\n",
        "import twidder\n",
        "import Helper\n",
        "import importlib\nimportlib.import_module('.ujson')\n",
    ],
)
def test_what_need_not_be_installed_is_no_import(text: str, tmp_path: Path) -> None:
    files: Files = {"server.py": text + SERVER, "helper.py": ""}
    assert found(tmp_path, files).imports == ("flask", "flask_sock")


@pytest.mark.parametrize(
    "files", [{"flask/server.py": SERVER}, {"server.py": SERVER, "flask/helper.py": ""}]
)
def test_a_folder_called_like_a_package_does_not_hide_it(files: Files, tmp_path: Path) -> None:
    assert found(tmp_path, files).imports == ("flask", "flask_sock")


PIPFILE = """
[packages]
flask = '*'
bcrypt = '==4.0.1'
x = {path = '.'}
y = {version = '>=1', extras = ['z']}
"""


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("requirements.txt", "Flask==3.0.0\nflask_sock\n", ("flask==3.0.0", "flask-sock")),
        ("requirements.txt", "flask>=2,<4 # why\nbcrypt ~= 4.0\n\n# x\n", ("flask", "bcrypt")),
        ("requirements-dev.txt", "jwt==1.*\nPyYAML===6\n", ("jwt", "pyyaml")),
        (
            "requirements.txt",
            "a @ file:///home/anna/a\nb @ git+https://x/y\n-e .\n-r other.txt\n",
            (),
        ),
        ("requirements.txt", "./wheel.whl\nhttps://x/y.whl\n--index-url https://x\n", ()),
        ("requirements.txt", "a==1 \\\n    --hash=sha256:00\n", ("a==1",)),
        (
            "requirements.txt",
            "pywin32==300; sys_platform == 'win32'\nx; python_version > '3'\n",
            ("x",),
        ),
        ("requirements.txt", "qrcode[pil]==7.4\nQRcode==8\n", ("qrcode==7.4",)),
        ("Pipfile", PIPFILE, ("flask", "bcrypt==4.0.1", "y")),
        ("pyproject.toml", "[project]\ndependencies = ['flask==3.1.0', 5]\n", ("flask==3.1.0",)),
        ("pyproject.toml", "[tool.poetry.dependencies]\nflask = '^3'\n", ("flask",)),
        ("pyproject.toml", "this is [no TOML", ()),
        ("Pipfile", "packages = 5", ()),
    ],
)
def test_requirements_are_names_and_exact_versions(
    file: str, text: str, wanted: tuple[str, ...], tmp_path: Path
) -> None:
    inspection = found(tmp_path, {"server.py": SERVER, file: text})
    assert inspection.requirements == wanted


def test_requirements_of_powershell_are_read(tmp_path: Path) -> None:
    files: Files = {
        "server.py": SERVER,
        "requirements.txt": "flask==3.0.0\r\njwt\r\n".encode("utf-16"),
    }
    assert found(tmp_path, files).requirements == ("flask==3.0.0", "jwt")


def test_requirements_of_other_labs_are_none(tmp_path: Path) -> None:
    files: Files = {
        "lab3/server.py": SERVER,
        "lab3/requirements.txt": "a\n",
        "requirements.txt": "b\n",
        "lab2/requirements.txt": "c\n",
    }
    assert found(tmp_path, files).requirements == ("b", "a")


# Keys and headers


@pytest.mark.parametrize(
    "text",
    [
        "data['email']\n",
        "data.get('email')\n",
        "data.get('email', '').strip()\n",
        "request.json['email']\n",
        "request.get_json()['email']\n",
        "request.get_json(force=True).get('email')\n",
        "request.form['email']\n",
        "'email' in data\n",
        "'email' not in request.json\n",
        "data.pop('email')\n",
    ],
)
def test_the_keys_that_are_read(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER + text}).keys == ("email",)


@pytest.mark.parametrize(
    "text",
    [
        "for x in ('email', 'city'): ...\n",
        "NEEDED = ['email', 'city']\n",
        "need('email', 'city')\n",
    ],
)
def test_lists_of_fields_are_keys(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER + text}).keys == ("email", "city")


@pytest.mark.parametrize(
    "text",
    [
        "data['email'] = 1\n",
        "app.config['SECRET_KEY']\n",
        "os.environ['HOME']\n",
        "session['user']\n",
        "request.headers['token']\n",
        "x = 'not a key' in data\n",
        "__all__ = ['email', 'city']\n",
        "request.method in ('GET', 'POST')\n",
        "open('a/b', 'c d')\n",
    ],
)
def test_what_is_no_key(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER + text}).keys == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("request.headers.get('Authorization')\n", "Authorization"),
        ("request.headers['token']\n", "token"),
        ("headers = request.headers\nheaders.get('auth', None)\n", "auth"),
        ("'X-Token' in request.headers\n", "X-Token"),
        ("NAME = 'X-Token'\nrequest.headers.get(NAME)\n", "X-Token"),
        ("request.authorization\n", "Authorization"),
        ("request.environ.get('HTTP_X_TOKEN')\n", "X-Token"),
    ],
)
def test_the_headers_that_are_read(text: str, name: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER + text}).headers == (name,)


def test_keys_and_headers_of_what_is_not_reached_are_not_told(tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": SERVER, "other.py": "d['x']\nr.headers['y']\n"})
    assert (inspection.keys, inspection.headers) == ((), ())


# Notes


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("app.run()\n", "server"),
        ("twidder = Flask('x')\ntwidder.run()\n", "server"),
        ("\nweb.run(port=5000)\n", "server"),
        ("def main():\n    app.run()\nmain()\n", "server"),
        ("WSGIServer(('', 5000), app).serve_forever()\n", "server"),
        ("class X:\n    serve(app, port=1)\n", "server"),
        ("eventlet.wsgi.server(eventlet.listen(('', 1)), app)\n", None),
        ("wsgi.server(eventlet.listen(('', 1)), app)\n", "server"),
        ("exit()\n", "exit"),
        ("import sys\nif True:\n    sys.exit(1)\n", "exit"),
        ("raise SystemExit('no')\n", "exit"),
        ("name = input('name?')\n", "input"),
        ("import eventlet\neventlet.monkey_patch()\n", "monkey"),
        ("from gevent import monkey; monkey.patch_all()\n", "monkey"),
        ("open('config.json')\n", "file"),
        ("open('/home/anna/config.json')\n", "file"),
        ("app.config.from_pyfile('settings.cfg')\n", "file"),
        ("config.read('db.ini')\n", "file"),
        ("import sqlite3\nsqlite3.connect('data\\\\x.db')\n", "file"),
        ("os.environ['SECRET']\n", "environment"),
        ("os.environ.get('SECRET')\n", "environment"),
        ("os.getenv('SECRET')\n", "environment"),
        ("import psycopg2\n", "service"),
        ("from redis import Redis\n", "service"),
        ("from flask_socketio import SocketIO\n", "socket"),
        ("from geventwebsocket import WebSocketError\n", "socket"),
        (
            "from email_validator import validate_email as v, validate_email\nvalidate_email(x)\n",
            "dns",
        ),
        ("request.headers.get('user_token')\n", "header"),
    ],
)
def test_what_is_worth_a_note(text: str, kind: str | None, tmp_path: Path) -> None:
    notes = found(tmp_path, {"server.py": SERVER + text}).notes
    last = len((SERVER + text).splitlines())
    assert [(note.file, note.kind) for note in notes] == ([("server.py", kind)] if kind else [])
    assert all(len(SERVER.splitlines()) < note.line <= last for note in notes)


@pytest.mark.parametrize(
    "text",
    [
        "if __name__ == '__main__':\n    app.run()\n",
        "if '__main__' == __name__:\n    app.run()\n    exit()\n",
        "def main():\n    app.run()\n    exit()\n",
        "subprocess.run(['x'])\nasyncio.run(f())\nscheduler.run()\n",
        "self.exit()\n",
        "os.getenv('SECRET', 'x')\nos.environ.get('A') or 'x'\n",
        "os.environ['A'] = 'x'\nos.environ['A']\n",
        "open('made.txt', 'w')\nopen('made.txt')\n",
        "open('server.py')\n",
        "app.config.from_pyfile('settings.cfg', silent=True)\n",
        "config.read(path)\nfile.read('x')\n",
        "from email_validator import *\nvalidate_email(x, check_deliverability=False)\n",
        "validate_email(x)\n",
    ],
)
def test_what_is_not_worth_a_note(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER + text}).notes == ()


def test_variables_in_a_file_of_the_submission_are_set(tmp_path: Path) -> None:
    files: Files = {"server.py": SERVER + "os.environ['SECRET']\n", ".env": "export SECRET=x\n"}
    assert found(tmp_path, files).notes == ()


def test_a_file_that_lies_elsewhere_is_told(tmp_path: Path) -> None:
    files: Files = {"server.py": SERVER + "open('schema.sql')\n", "sql/schema.sql": ""}
    (note,) = found(tmp_path, files).notes
    assert note.says == "opens schema.sql, which is sql/schema.sql"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('new WebSocket("ws://127.0.0.1:5000/ws")', "dials ws://127.0.0.1:5000"),
        ("new WebSocket('wss://twidder.example.com/ws')", "dials wss://twidder.example.com"),
        ('fetch("http://localhost:8080/sign_in")', "dials http://localhost:8080"),
        ('new WebSocket("ws://" + document.domain + ":5000/ws")', "dials the port 5000"),
        ("new WebSocket(`ws://${location.hostname}:5000/ws`)", "dials the port 5000"),
    ],
)
def test_an_address_in_the_client_is_told(text: str, said: str, tmp_path: Path) -> None:
    files: Files = {
        "server.py": SERVER,
        "static/client.js": f"\n{text}\n",
        "static/x.min.js": "ws://x.y",
    }
    (note,) = found(tmp_path, files).notes
    assert (note.file, note.line, note.kind) == ("static/client.js", 2, "origin")
    assert note.says == f"{said}, wherever the page comes from"


@pytest.mark.parametrize(
    "text",
    [
        'new WebSocket("ws://" + location.host + "/ws")',
        "new WebSocket(`ws://${location.host}/ws`)",
        '<script src="https://cdn.example.com/x.js"></script>',
    ],
)
def test_a_client_that_goes_where_it_came_from_is_right(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"server.py": SERVER, "static/client.html": text}).notes == ()

"""Reading a submission's source: what is found, in which order, and what is left alone."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.handed_in import (
    FLASK,
    IMPORTS,
    SCHEMA,
    SERVER,
    SOCKET,
    WITHOUT_SOCKET,
    Files,
    found,
    put,
    routes,
)
from twidder_cli.model.submission import Inspection
from twidder_cli.submissions.reading import inspect, tree


def starts(tmp_path: Path, files: Files) -> list[str]:
    """Return what would be started, as `folder module:target`."""
    return [
        f"{one.folder} {one.module}:{one.target}" for one in found(tmp_path, files).applications
    ]


# Where the application is


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("app", "app = Flask(__name__)"),
        ("application", "application = Flask(__name__)"),
        ("twidder", "twidder = Flask('twidder', static_folder='static')"),
        ("app", "app: Flask = Flask(__name__)"),
        ("app", "print(app := Flask(__name__))"),
        ("app", "app = application = Flask(__name__)"),
        ("app", "if True:\n    app = Flask(__name__)"),
        ("app", "try:\n    app = Flask(__name__)\nexcept Exception:\n    raise"),
        ("app", "if 1:\n    pass\nelse:\n    app = Flask(__name__)"),
        ("app", "with open(__file__):\n    app = Flask(__name__)"),
        ("app", "app = None\napp = Flask(__name__)"),
        ("app", "app = Flask(__name__) if True else None"),
        ("app", "class Twidder(Flask):\n    pass\napp = Twidder(__name__)"),
        ("app", "def make(name):\n    return Flask(name)\napp = make('x')"),
        ("app", "app = Flask(__name__)\nif __name__ == '__main__':\n    app.run()"),
    ],
)
def test_an_application_is_found_however_it_is_bound(name: str, line: str, tmp_path: Path) -> None:
    files: Files = {"server.py": f"from flask import Flask\n{line}\n"}
    assert starts(tmp_path, files) == [f". server:{name}"]


@pytest.mark.parametrize(
    "text",
    [
        "import flask\napp = flask.Flask(__name__)\n",
        "import flask as f\napp = f.Flask(__name__)\n",
        "from flask import Flask as F\napp = F(__name__)\n",
        "from flask import *\napp = Flask(__name__)\n",
        "try:\n    from flask import Flask\nexcept ImportError:\n    raise\napp = Flask('x')\n",
    ],
)
def test_an_application_is_found_however_flask_is_imported(text: str, tmp_path: Path) -> None:
    assert starts(tmp_path, {"server.py": text}) == [". server:app"]


@pytest.mark.parametrize(
    "function",
    [
        "def create_app():\n    app = Flask(__name__)\n    return app\n",
        "def create_app(config=None, *, debug=False):\n    return Flask(__name__)\n",
        "def create_app() -> Flask:\n    return build()\n",
        "def create_app():\n    from flask import Flask as F\n    app = F('x')\n    return app\n",
        "def inner():\n    return Flask('x')\ndef create_app():\n    return inner()\n",
    ],
)
def test_a_factory_is_called(function: str, tmp_path: Path) -> None:
    files: Files = {"server.py": f"from flask import Flask\n{function}"}
    assert ". server:create_app()" in starts(tmp_path, files)


@pytest.mark.parametrize(
    "text",
    [
        "def create_app(config):\n    return Flask(config)\n",
        "def create_app(*, config):\n    return Flask(config)\n",
        "async def create_app():\n    return Flask('x')\n",
        "def create_app():\n    app = Flask('x')\n    def inner():\n        return app\n",
        "class Server:\n    app = Flask('x')\n",
        "if __name__ == '__main__':\n    app = Flask('x')\n",
        "def run():\n    app = Flask('x')\n    app.run()\n",
    ],
)
def test_what_gunicorn_can_not_call_or_find_is_no_application(text: str, tmp_path: Path) -> None:
    files: Files = {"lab.py": f"from flask import Flask\n{text}"}
    assert starts(tmp_path, files) == []


def test_where_flask_is_called_is_told_when_there_is_no_application(tmp_path: Path) -> None:
    files: Files = {"lab.py": "from flask import Flask\ndef f(x):\n    return Flask(x)\n"}
    (note,) = found(tmp_path, files).notes
    assert (note.file, note.line, note.kind) == ("lab.py", 3, "flask")


def test_a_module_that_was_handed_an_application_starts_it(tmp_path: Path) -> None:
    files: Files = {"application.py": WITHOUT_SOCKET, "runserver.py": "from application import app"}
    assert starts(tmp_path, files) == [". runserver:app", ". application:app"]


def test_the_module_that_adds_the_routes_is_the_one_to_start(tmp_path: Path) -> None:
    files: Files = {
        "app.py": "from flask import Flask\n" + FLASK,
        "main.py": "from app import app\nfrom flask_sock import Sock\n" + routes() + SOCKET,
    }
    assert starts(tmp_path, files) == [". main:app"]
    assert found(tmp_path, files).left_out == {}


def test_modules_that_only_use_the_application_are_no_alternatives(tmp_path: Path) -> None:
    files: Files = {
        "twidder/__init__.py": "from flask import Flask\n" + FLASK + "from . import views\n",
        "twidder/views.py": "from twidder import app\n" + routes(),
    }
    assert starts(tmp_path, files) == [". twidder:app"]


def test_what_starts_a_server_when_imported_comes_last(tmp_path: Path) -> None:
    files: Files = {
        "twidder/__init__.py": WITHOUT_SOCKET,
        "runserver.py": "from twidder import app\napp.run(debug=True)\n",
    }
    assert starts(tmp_path, files) == [". twidder:app", ". runserver:app"]


def test_a_module_that_calls_a_factory_comes_before_the_factory(tmp_path: Path) -> None:
    files: Files = {
        "twidder/__init__.py": "from flask import Flask\n"
        "def create_app(config='x'):\n    app = Flask(__name__)\n    return app\n",
        "server.py": "from twidder import create_app\napp = create_app()\n",
    }
    assert starts(tmp_path, files) == [". server:app", ". twidder:create_app()"]


def test_an_application_reached_through_a_module_is_found(tmp_path: Path) -> None:
    files: Files = {
        "twidder/__init__.py": "",
        "twidder/core.py": "from flask import Flask\ndef make_app():\n    return Flask('x')\n",
        "server.py": "import twidder.core\nfrom twidder import core as c\n"
        "app = twidder.core.make_app()\nother = c.make_app()\n",
    }
    assert starts(tmp_path, files)[:2] == [". server:app", ". server:other"]


@pytest.mark.parametrize(
    "text",
    [
        "def app(environ, start_response): ...",
        "from elsewhere import app",
        "from elsewhere import *",
    ],
)
def test_a_server_that_binds_app_in_some_other_way_is_tried(text: str, tmp_path: Path) -> None:
    assert starts(tmp_path, {"server.py": text}) == [". server:app"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("from flask import Flask\napp = Flask(__name__)\ndef broken(:\n", 3),
        ("from flask import Flask\napp = Flask(__name__)\nprint 'x'\n", 3),
        ("this is no Python", 1),
        ("(" * 5000, 1),
        ("-" * 100_000 + "1", 0),
        ("x = '\x00'", 0),
    ],
)
def test_a_server_that_python_can_not_read_is_tried_and_says_so(
    text: str, line: int, tmp_path: Path
) -> None:
    inspection = found(tmp_path, {"server.py": text})
    assert [f"{one.module}:{one.target}" for one in inspection.applications] == ["server:app"]
    (note,) = inspection.notes
    assert (note.kind, note.file, note.line) == ("syntax", "server.py", line)


@pytest.mark.parametrize(
    "data",
    [
        ("# coding: latin-1\n" + SERVER + "# på\n").encode("latin-1"),
        b"\xef\xbb\xbf" + SERVER.encode(),
        SERVER.replace("\n", "\r\n").encode(),
        b"# -*- coding: cp1252 -*-\n" + SERVER.encode() + b"# \x80\n",
    ],
)
def test_python_in_other_encodings_is_read(data: bytes, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": data})
    assert [one.target for one in inspection.applications] == ["app"]
    assert inspection.notes == ()


TWIDDER = SERVER.replace("app", "twidder")


@pytest.mark.parametrize(
    "data",
    [
        TWIDDER.encode("utf-16"),
        TWIDDER.encode() + "# på\n".encode("latin-1"),
        b"# coding: punycode\n" + TWIDDER.encode(),
        b"# coding: nonsense\n" + TWIDDER.encode(),
    ],
)
def test_python_in_encodings_that_python_refuses_is_read_and_noted(
    data: bytes, tmp_path: Path
) -> None:
    inspection = found(tmp_path, {"server.py": data})
    assert [one.target for one in inspection.applications] == ["twidder"]
    assert [note.kind for note in inspection.notes] == ["syntax"]


# The working folder


def test_a_module_starts_in_its_own_folder(tmp_path: Path) -> None:
    files: Files = {
        "a/b/server.py": "import database_helper\n" + SERVER,
        "a/b/database_helper.py": "",
    }
    assert starts(tmp_path, files) == ["a/b server:app"]


def test_a_package_starts_in_the_folder_above(tmp_path: Path) -> None:
    assert starts(tmp_path, {"a/Twidder/__init__.py": SERVER}) == ["a Twidder:app"]


@pytest.mark.parametrize(
    "line",
    [
        "from . import database_helper",
        "from .database_helper import x",
        "from Twidder import database_helper",
        "import Twidder.database_helper",
        "from Twidder.database_helper import *",
    ],
)
def test_imports_decide_for_the_folder_above(line: str, tmp_path: Path) -> None:
    files: Files = {
        "Twidder/__init__.py": "",
        "Twidder/server.py": f"{line}\n{SERVER}",
        "Twidder/database_helper.py": "",
    }
    assert starts(tmp_path, files) == [". Twidder.server:app"]


def test_a_folder_is_a_package_where_an_import_says_so(tmp_path: Path) -> None:
    files: Files = {
        "Twidder/server.py": "from Twidder.database_helper import x\n" + SERVER,
        "Twidder/database_helper.py": "",
    }
    assert starts(tmp_path, files) == [". Twidder.server:app"]


def test_imports_decide_for_the_own_folder_of_a_package(tmp_path: Path) -> None:
    files: Files = {
        "Twidder/__init__.py": "",
        "Twidder/server.py": "import database_helper\n" + SERVER,
        "Twidder/database_helper.py": "",
    }
    assert starts(tmp_path, files) == ["Twidder server:app"]


def test_both_folders_are_tried_where_nothing_decides(tmp_path: Path) -> None:
    files: Files = {"Twidder/__init__.py": "", "Twidder/server.py": SERVER}
    assert starts(tmp_path, files) == ["Twidder server:app", ". Twidder.server:app"]


def test_the_folder_from_which_the_files_are_found_is_tried_first(tmp_path: Path) -> None:
    files: Files = {
        "Twidder/__init__.py": "",
        "Twidder/server.py": SERVER + "open('Twidder/schema.sql')\n",
        "Twidder/schema.sql": SCHEMA,
    }
    assert starts(tmp_path, files) == [". Twidder.server:app", "Twidder server:app"]


def test_a_package_that_is_all_there_is_can_be_given_its_name(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "Twidder", {"__init__.py": "from .views import x\n" + SERVER, "views.py": ""}
    )
    (application,) = inspect(folder, "Twidder").applications
    assert (application.folder, application.module) == (".", "Twidder")
    assert application.file == "Twidder/__init__.py"


def test_a_package_without_a_folder_above_is_started_all_the_same(tmp_path: Path) -> None:
    assert starts(tmp_path, {"__init__.py": SERVER}) == [". __init__:app"]


# Which of several


def test_lab_3_is_preferred_and_the_others_are_left_out(tmp_path: Path) -> None:
    files: Files = {
        "lab1/client.html": "",
        "lab2/server.py": SERVER,
        "lab3/server.py": WITHOUT_SOCKET,
        "lab4/server.py": SERVER,
    }
    inspection = found(tmp_path, files)
    assert [one.file for one in inspection.applications] == ["lab3/server.py"]
    assert inspection.left_out == dict.fromkeys(("lab1", "lab2", "lab4"), "another lab")


@pytest.mark.parametrize(
    "name", ["lab3", "Lab 3", "lab_3", "LAB-03".replace("0", ""), "TDDD97_labb3", "Laboration 3"]
)
def test_lab_3_is_known_by_its_names(name: str, tmp_path: Path) -> None:
    files: Files = {f"{name}/server.py": WITHOUT_SOCKET, "lab2/server.py": SERVER}
    assert starts(tmp_path, files) == [f"{name} server:app"]


@pytest.mark.parametrize("name", ["lab2", "lab4", "assignment_1", "lab2_2023"])
def test_the_only_lab_is_taken_whatever_its_name(name: str, tmp_path: Path) -> None:
    assert starts(tmp_path, {f"{name}/server.py": SERVER}) == [f"{name} server:app"]


def test_without_a_lab_3_the_one_with_a_socket_is_taken(tmp_path: Path) -> None:
    files: Files = {"lab2/server.py": WITHOUT_SOCKET, "lab4/server.py": SERVER}
    assert starts(tmp_path, files) == ["lab4 server:app"]


@pytest.mark.parametrize(
    "name",
    [
        "backup/server.py",
        "old/server.py",
        "server_old.py",
        "server copy.py",
        "server (1).py",
        "server_backup.py",
        "tests/server.py",
        "test_server.py",
        "Twidder - Copy/server.py",
    ],
)
def test_copies_and_tests_are_left_out(name: str, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": WITHOUT_SOCKET, name: SERVER})
    assert [one.file for one in inspection.applications] == ["server.py"]
    assert list(inspection.left_out.values()) == ["by its name a copy or a test"]


def test_a_copy_is_taken_where_it_is_all_there_is(tmp_path: Path) -> None:
    assert starts(tmp_path, {"backup/server.py": SERVER}) == ["backup server:app"]


def test_less_of_a_twidder_is_left_out(tmp_path: Path) -> None:
    inspection = found(tmp_path, {"chat/app.py": SERVER, "hello/server.py": WITHOUT_SOCKET})
    assert [one.file for one in inspection.applications] == ["chat/app.py"]
    assert inspection.left_out == {"hello/server.py": "chat/app.py has more of a Twidder"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("Procfile", "web: gunicorn app:application"),
        ("README.md", "Start it:\n\n    gunicorn -b 0.0.0.0:5000 --threads 100 app:application\n"),
        ("run.sh", "exec gunicorn --bind=127.0.0.1:5000 'app:application'\n"),
        ("Dockerfile", 'CMD ["gunicorn", "-b", "0.0.0.0:5000", "app:application"]\n'),
    ],
)
def test_what_is_written_about_the_start_decides(file: str, text: str, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": SERVER, "app.py": _renamed(SERVER), file: text})
    assert [one.file for one in inspection.applications] == ["app.py", "server.py"]
    assert f"{file} starts it so" in inspection.applications[0].why


def _renamed(text: str) -> str:
    return text.replace("app", "application")


# What is not looked at


@pytest.mark.parametrize(
    ("path", "left_out", "why"),
    [
        ("venv/pyvenv.cfg", "venv", "a virtual environment"),
        ("env/Scripts/activate", "env", "a virtual environment"),
        ("py/bin/activate", "py", "a virtual environment"),
        (".venv/x.py", ".venv", "a virtual environment"),
        (
            "env/lib/python3/site-packages/x.py",
            "env/lib/python3/site-packages",
            "installed packages",
        ),
        ("static/node_modules/x.js", "static/node_modules", "installed packages"),
        ("__pycache__/x.py", "__pycache__", "a cache"),
        (".git/x.py", ".git", "version control"),
        (".history/server.py", ".history", "hidden"),
        ("__MACOSX/server.py", "__MACOSX", "what macOS adds to an archive"),
    ],
)
def test_what_is_not_the_students_is_left_out(
    path: str, left_out: str, why: str, tmp_path: Path
) -> None:
    folder = path.rpartition("/")[0]
    files: Files = {"server.py": WITHOUT_SOCKET, path: SERVER, f"{folder}/lib/server.py": SERVER}
    inspection = found(tmp_path, files)
    assert [one.file for one in inspection.applications] == ["server.py"]
    assert inspection.left_out == {left_out: why}


def test_an_application_in_the_folder_of_an_environment_is_found(tmp_path: Path) -> None:
    files: Files = {
        "lab3/pyvenv.cfg": "",
        "lab3/lib/x.py": SERVER,
        "lab3/bin/activate": "",
        "lab3/server.py": SERVER,
    }
    inspection = found(tmp_path, files)
    assert [one.file for one in inspection.applications] == ["lab3/server.py"]
    assert set(inspection.left_out) == {"lab3/lib", "lab3/bin"}


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "secret", {"server.py": SERVER})
    folder = put(tmp_path / "submission", {"real/code.py": SERVER})
    (folder / "server.py").symlink_to(tmp_path / "secret/server.py")
    (folder / "there").symlink_to(tmp_path / "secret")
    (folder / "circle").symlink_to("circle")
    (folder / "own.py").symlink_to("real/code.py")
    inspection = inspect(folder)
    assert {one.file for one in inspection.applications} == {"own.py", "real/code.py"}
    assert inspection.left_out == dict.fromkeys(("circle", "server.py", "there"), "a link")


def test_pipes_and_folders_called_like_modules_are_not_opened(tmp_path: Path) -> None:
    folder = put(tmp_path / "submission", {"app.py/x.txt": "", "server.py": SERVER})
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / "data.db")
    assert [one.file for one in inspect(folder).applications] == ["server.py"]


def test_a_name_that_is_not_in_utf_8_is_left_out(tmp_path: Path) -> None:
    folder = put(tmp_path / "submission", {"server.py": SERVER})
    (folder / os.fsdecode(b"l\xe5b")).mkdir()
    (folder / os.fsdecode(b"l\xe5b/server.py")).write_text(SERVER)
    assert inspect(folder).left_out == {r"l\xe5b": "its name is not in UTF-8"}


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 50_000,
        "a," * 100_000,
        "x = f'" + "{x}" * 20_000 + "'\n",
        "import " + ".".join(["a"] * 100_000),
    ],
    ids=["long", "full", "costly", "dotted"],
)
def test_too_much_python_is_left_out(text: str, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"data.py": text, "server.py": SERVER})
    assert inspection.left_out == {"data.py": "there is too much Python to read it all"}
    assert [one.file for one in inspection.applications] == ["server.py"]


def test_many_files_are_not_all_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_ENTRIES", 20)
    files: Files = {"server.py": SERVER, **{f"static/{n}.js": "" for n in range(30)}}
    inspection = found(tmp_path, files)
    assert [one.file for one in inspection.applications] == ["server.py"]
    assert inspection.left_out == {"static": "there are more than 20 files"}


def test_a_deep_tree_has_an_end(tmp_path: Path) -> None:
    inspection = found(tmp_path, {"/".join(["d"] * 60) + "/server.py": SERVER})
    assert inspection.applications == ()
    assert list(inspection.left_out.values()) == ["it is too deep"]


# Nothing stops it


def written(inspection: Inspection) -> Inspection:
    """Return an inspection as it arrives in another process."""
    return msgspec.json.decode(msgspec.json.encode(inspection), type=Inspection)


PIECES = st.sampled_from(
    [
        b"from flask import Flask\n",
        b"app = Flask(__name__)\n",
        b"def create_app(): return Flask('x')\n",
        b"from . import x\n",
        b"from server import *\n",
        b"import sqlite3\nsqlite3.connect(",
        b"'\\ud800'",
        b"open('\\ud800')\n",
        b"a = b + a\n",
        b"if __name__ == '__main__':\n    ",
        b"\xff\xfe",
        b"# coding: utf-7\n",
        b"(",
        b")\n",
        b"\0",
        b"\x1b[31m",
        b"requests.headers['\\x1b_x']\n",
        b"importlib.import_module('\\ud800')\n",
        b"os.environ['\\ud800']\n",
    ]
)
ANYTHING = st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=12).map(b"".join))
NAMES = st.sampled_from(
    [
        "server.py",
        "app/__init__.py",
        "app/server.py",
        "lab3/x.py",
        "requirements.txt",
        "pyproject.toml",
        "Pipfile",
        "schema.sql",
        "database.db",
        "Procfile",
        ".env",
        "static/client.js",
        "a\x1b[31m/server.py",
        "a.b/server.py",
    ]
)


@given(files=st.dictionaries(NAMES, ANYTHING, max_size=5))
def test_whatever_was_handed_in_is_read(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = put(tmp_path_factory.mktemp("any"), dict(files))
    inspection = inspect(folder)
    assert written(inspection) == inspection


@pytest.mark.parametrize("call", ["sqlite3.connect", "open"])
def test_a_file_name_that_can_not_be_written_down_is_none(call: str, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": f"import sqlite3\n{SERVER}{call}('\\ud800.db')\n"})
    assert written(inspection) == inspection
    assert [one.file for one in inspection.databases] == [""]


def test_a_folder_that_is_not_there_is_an_empty_one(tmp_path: Path) -> None:
    assert inspect(tmp_path / "nowhere") == Inspection(left_out={".": "it can't be read"})


@pytest.mark.parametrize(
    "text",
    [
        "app = " + "+".join(["1"] * 50_000),
        "app = a" + ".b" * 50_000,
        "app = " + " if x else ".join(["a"] * 5_000),
        "x" + "=x" * 50_000,
        "import a\n" * 10_000,
        "import " + ".".join(["a"] * 90) + "\n",
        "from " + "." * 1000 + " import x\n",
        "".join(f"from m{n} import app as a{n}\n" for n in range(5_000)),
        "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(3_000)) + "f0()\n",
        "@app.route('/')\n" * 10_000,
        "[" * 150 + "]" * 150,
        "if x:\n" + "".join(" " * n + "if x:\n" for n in range(1, 95)) + " " * 99 + "app = 1\n",
    ],
    ids=range(12),
)
def test_hostile_source_comes_to_an_end(text: str, tmp_path: Path) -> None:
    inspection = found(tmp_path, {"server.py": IMPORTS + FLASK + text, "app.py": SERVER})
    assert inspection.applications != ()


def test_many_modules_that_hand_an_application_on_come_to_an_end(tmp_path: Path) -> None:
    files: Files = {f"m{n}.py": f"from m{n + 1} import app\n" for n in range(400)}
    files["m400.py"] = SERVER
    assert len(starts(tmp_path, files)) <= 8

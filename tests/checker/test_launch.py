"""What a submission finds when it is started: its own modules, its data, and nothing of ours."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.checker.waiting import LONG
from twidder_cli.submissions import launch

SERVER = """
import sqlite3
print([row[0] for row in sqlite3.connect("db").execute("SELECT name FROM sqlite_master")])
def app(environ, start_response): ...
"""
"""Prints the tables of its database when it is imported."""


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def launched(
    folder: Path,
    *arguments: str,
    kind: str = "committed",
    file: str = "",
    source: str = "",
    without_dns: bool = False,
) -> "subprocess.CompletedProcess[str]":
    """Start what is in a folder; with gunicorn as far as it is imported."""
    data = {
        "kind": kind,
        "file": file,
        "source": source,
        "application": "server:app",
        "without_dns": without_dns,
    }
    arguments = arguments or ("--check-config", "server:app")
    return subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(launch.__file__), json.dumps(data), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


# What a submission finds under our names

PROBE = """
import importlib
for name in ("twidder", "twidder_cli", "twidder.store"):
    try:
        print(name, getattr(importlib.import_module(name), "OWN", "has no mark"))
    except ImportError as error:
        print(name, type(error).__name__)
def app(environ, start_response): ...
"""


def found_by_a_submission(folder: Path) -> list[str]:
    """Return what a submission sees when gunicorn imports it."""
    put(folder / "server.py", PROBE)
    done = launched(folder)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_our_own_packages_are_hidden(tmp_path: Path) -> None:
    assert found_by_a_submission(tmp_path) == [
        "twidder ModuleNotFoundError",
        "twidder_cli ModuleNotFoundError",
        "twidder.store ModuleNotFoundError",
    ]


def test_a_module_of_our_name_is_the_submissions_own(tmp_path: Path) -> None:
    put(tmp_path / "twidder.py", "OWN = 'mine'")
    assert found_by_a_submission(tmp_path) == [
        "twidder mine",
        "twidder_cli ModuleNotFoundError",
        "twidder.store ModuleNotFoundError",
    ]


def test_a_package_of_our_name_is_the_submissions_own(tmp_path: Path) -> None:
    put(tmp_path / "twidder/__init__.py", "OWN = 'mine'")
    put(tmp_path / "twidder/store.py", "OWN = 'mine too'")
    put(tmp_path / "twidder_cli/notes.txt")
    assert found_by_a_submission(tmp_path) == [
        "twidder mine",
        "twidder_cli has no mark",
        "twidder.store mine too",
    ]


# The data that it finds


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return the folder of a submission with a committed database and the schema of another."""
    put(tmp_path / "server.py", SERVER)
    put(tmp_path / "schema.sql", "CREATE TABLE new (name TEXT);")
    put(tmp_path / "made.py", "def init():\n" + INIT)
    with closing(sqlite3.connect(tmp_path / "db")) as database:
        database.execute("CREATE TABLE old (name TEXT)")
    return tmp_path


INIT = """\
    import sqlite3, flask, server
    print("in", flask.current_app.name)
    sqlite3.connect("db").execute("CREATE TABLE made (name TEXT)")
"""


@pytest.mark.parametrize(
    ("kind", "source", "tables"),
    [
        ("committed", "", "['old']"),
        ("schema", "schema.sql", "['new']"),
        ("nothing", "", "[]"),
    ],
)
def test_a_server_finds_its_data(kind: str, source: str, tables: str, lab: Path) -> None:
    done = launched(lab, kind=kind, file="db", source=source)
    assert (done.stdout, done.stderr, done.returncode) == (f"{tables}\n", "", 0)


def test_a_function_that_makes_the_data_is_called_once_and_leaves_nothing_else(lab: Path) -> None:
    server = FLASK_SERVER + SERVER.replace("def app(environ, start_response): ...", "")
    put(lab / "server.py", server)
    done = launched(lab, kind="initialise", source="made:init")
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["['old']", "in server", "['old', 'made']"]


@pytest.mark.parametrize("source", ["made:tables.create_all", "maker:"])
def test_a_method_or_an_import_may_make_the_data(source: str, lab: Path) -> None:
    put(lab / "server.py", FLASK_SERVER)
    made = "import pathlib\nclass tables:\n    create_all = pathlib.Path('made').touch\n"
    put(lab / "made.py", made)
    put(lab / "maker.py", "import made\nmade.tables.create_all()\n")
    done = launched(lab, kind="initialise", source=source)
    assert (done.stderr, done.returncode) == ("", 0)
    assert (lab / "made").exists()


FLASK_SERVER = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        ("schema", "none.sql", "No such file or directory: 'none.sql'"),
        ("schema", "server.py", 'near "import": syntax error'),
        ("initialise", "made:none", "module 'made' has no attribute 'none'"),
        ("initialise", "made:init", "AttributeError"),  # this application has no context
    ],
)
def test_data_that_can_not_be_made_is_told_in_the_log_and_the_server_starts(
    kind: str, source: str, words: str, lab: Path
) -> None:
    done = launched(lab, kind=kind, file="db", source=source)
    assert words in done.stderr
    assert done.stdout.splitlines()[-1].startswith("[")
    assert done.returncode == 0


def test_addresses_are_taken_where_nobody_can_be_asked_about_them(tmp_path: Path) -> None:
    put(tmp_path / "server.py", VALIDATING)
    done = launched(tmp_path, without_dns=True)
    assert (done.stdout, done.stderr) == ("anna@no.such.name.se\n" * 2, "")


VALIDATING = """
from email_validator import validate_email
for asks in (None, True):
    print(validate_email("anna@no.such.name.se", check_deliverability=asks).normalized)
def app(environ, start_response): ...
"""


def test_data_is_made_though_no_addresses_can_be_validated(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "email_validator", None)
    schema, file = str(lab / "schema.sql"), str(lab / "db")
    launch.prepare("schema", file, schema, "server:app", without_dns=True)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("new",)]


# As a script


def test_a_script_runs_as_python_would_run_it(tmp_path: Path) -> None:
    put(tmp_path / "lab/neighbour.py", "WORDS = 'found'")
    script = "import sys, neighbour\nprint(__name__, sys.argv, neighbour.WORDS)\n"
    put(tmp_path / "lab/server.py", script)
    done = launched(tmp_path, "script:lab/server.py")
    assert (done.stdout, done.stderr) == ("__main__ ['lab/server.py'] found\n", "")


def test_a_script_finds_nothing_of_ours(tmp_path: Path) -> None:
    put(tmp_path / "server.py", PROBE)
    assert launched(tmp_path, "script:server.py").stdout.splitlines() == [
        "twidder ModuleNotFoundError",
        "twidder_cli ModuleNotFoundError",
        "twidder.store ModuleNotFoundError",
    ]

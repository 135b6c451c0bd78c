"""`twidder submission inspect`: what an assistant is shown."""

import json
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.checker.handed_in import FLASK, SCHEMA, SERVER, SQLITE, Files, put
from twidder_cli import cli
from twidder_cli.model.submission import Inspection
from twidder_cli.submissions.reading import inspect


@dataclass(frozen=True)
class Said:
    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.output.splitlines()]


def twidder(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    with pytest.raises(SystemExit) as exited:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(exited.value.code, int)
    return Said(exited.value.code, captured.out, captured.err)


ANNA: Files = {
    "lab2/server.py": SERVER,
    "lab3/twidder/server.py": "import database_helper, no_such_package\nimport eventlet\n"
    "eventlet.monkey_patch()\n" + SERVER + "data['email']\nrequest.headers['user_token']\n",
    "lab3/twidder/database_helper.py": "import sqlite3\n"
    "def connect():\n    return sqlite3.connect('database.db')\n"
    "def init_db():\n    connect().executescript(open('schema.sql').read())\n",
    "lab3/twidder/schema.sql": SCHEMA,
    "lab3/twidder/database.db": SQLITE,
    "lab3/twidder/requirements.txt": "flask==3.0.0\n",
    "lab3/twidder/static/client.js": 'new WebSocket("ws://localhost:5000/ws")\n',
    "lab3/twidder/server_old.py": SERVER,
    "lab3/venv/pyvenv.cfg": "",
}

SHOWN = """\
anna: server:app in lab3/twidder
  start     gunicorn --workers 1 --threads 100 --chdir lab3/twidder server:app
            `app` in server.py, line 6, with a WebSocket and 9 routes
  notice    server.py:3 replaces Python's threads, which can hang under
              gunicorn's
            server.py:28 reads the header user_token, but gunicorn drops
              headers with an underscore
            static/client.js:1 dials ws://localhost:5000, wherever the page
              comes from
  packages  not here: no_such_package, eventlet. Run with --install, which
              brings eventlet. No package is known to bring no_such_package: was
              it handed in?
            here: flask, flask_sock
            in its requirements: flask==3.0.0
  data      1. database.db with the tables of schema.sql
            2. what database_helper:init_db makes
            3. database.db as it was handed in
            4. no database.db at first
  keys      email
  headers   user_token
  left out  lab3/venv: a virtual environment
            lab2: another lab
            server_old.py: by its name a copy or a test
"""


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_all_that_was_found_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = twidder(capsys, "submission", "inspect", str(put(tmp_path / "anna", ANNA)))
    assert (said.code, said.errors) == (0, "")
    assert "\n".join(said.lines) + "\n" == SHOWN


def test_it_can_be_had_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = put(tmp_path / "anna", ANNA)
    said = twidder(capsys, "submission", "inspect", str(folder), "--json")
    assert (said.code, said.errors) == (0, "")
    assert msgspec.json.decode(said.output, type=Inspection) == inspect(folder)


def test_alternatives_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = put(tmp_path / "anna", {"twidder/__init__.py": "", "twidder/server.py": SERVER})
    said = twidder(capsys, "submission", "inspect", str(folder))
    assert said.lines[3] == "  or        gunicorn --workers 1 --threads 100 twidder.server:app"


def test_a_factory_is_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "from flask import Flask\ndef create_app(): return Flask('x')\n"
    folder = put(tmp_path / "anna", {"my lab/server.py": text})
    said = twidder(capsys, "submission", "inspect", str(folder))
    assert "--chdir 'my lab' 'server:create_app()' " in " ".join(said.output.split())


def test_usual_packages_are_brought_by_the_extra(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path / "anna", {"server.py": "import jwt, flask_bcrypt\n" + SERVER})
    here = put(tmp_path / "here", {"flask/__init__.py": "", "flask_sock/__init__.py": ""})
    monkeypatch.setattr("twidder_cli.submissions.packages._installed_in", lambda: [str(here)])
    said = twidder(capsys, "submission", "inspect", str(folder))
    words = " ".join(said.output.split())
    assert "not here: jwt, flask_bcrypt. For jwt and flask_bcrypt: pip install 'twidder[c" in words
    assert "here: flask, flask_sock" in words


def test_a_package_alone_is_started_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = put(tmp_path / "Twidder", {"__init__.py": "from .x import y\n" + SERVER, "x.py": ""})
    said = twidder(capsys, "submission", "inspect", str(folder))
    assert (said.code, said.lines[0]) == (0, "Twidder: Twidder:app")


def test_no_application_is_2_and_shows_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: Files = {
        "helper.py": "x = 1\n",
        "main.py": "from flask import Flask\ndef f(x): return Flask(x)\n",
        ".venv/x.py": SERVER,
    }
    folder = put(tmp_path / "anna", files)
    said = twidder(capsys, "submission", "inspect", str(folder))
    assert said.code == 2
    assert said.errors == f"twidder: {folder}: there is no Flask application in it\n"
    assert said.lines == [
        "anna: no Flask application was found",
        "  notice    main.py:2 makes an application, but not where gunicorn could find",
        "              it",
        "  left out  .venv: a virtual environment",
        "  modules   helper and main",
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nowhere", "there is no such file or folder, and it is no URL"),
        ("anna/server.py", "expected a folder, an archive or a URL"),
        ("http://127.0.0.1:5000", "expected a folder; a running server has no source to read"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_what_is_no_folder_is_2(
    target: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(tmp_path / "anna", {"server.py": SERVER})
    monkeypatch.chdir(tmp_path)
    told = twidder(capsys, "submission", "inspect", target)
    assert (told.code, told.output, told.errors) == (2, "", f"twidder: {target}: {said}\n")


ESCAPE = "\x1b[31m\x9b\u202e"


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_nothing_of_a_submission_is_shown_raw(
    option: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: Files = {
        f"lab3{ESCAPE}/server.py": FLASK + f"open('{ESCAPE}')\nx['{ESCAPE}']\n",
        f"lab2{ESCAPE}/server.py": SERVER,
        f"lab3{ESCAPE}/{ESCAPE}.sql": SCHEMA,
        f"lab3{ESCAPE}/requirements.txt": f"flask=={ESCAPE}\n{ESCAPE}\n",
        f"lab3{ESCAPE}/client.js": f"ws://x{ESCAPE}",
        f"lab3{ESCAPE}/README.md": f"gunicorn server:{ESCAPE}",
    }
    said = twidder(capsys, "submission", "inspect", *option, str(put(tmp_path / "anna", files)))
    assert said.code == 0
    assert "server" in said.output
    assert all(c.isprintable() for c in said.output.replace("\n", ""))


@pytest.mark.parametrize("columns", ["80", "40"])
def test_lines_keep_to_the_width(
    columns: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = twidder(capsys, "submission", "inspect", str(put(tmp_path / "anna", ANNA)))
    assert [line for line in said.lines if len(line) > int(columns)] == []


def test_the_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = twidder(capsys, "submission", "inspect", str(put(tmp_path / "a", ANNA)), "--json")
    assert json.loads(said.output)["applications"][0]["module"] == "server"

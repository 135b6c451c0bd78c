"""Where submissions are, and what they find when they are started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checker.hostile import free_port, hostile
from tests.checker.waiting import LONG
from twidder_cli.errors import OperatorError
from twidder_cli.model.job import Submission
from twidder_cli.submissions import launch
from twidder_cli.submissions.copy import copied
from twidder_cli.submissions.find import find

ROOT = Path(__file__).parents[2]


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def mistake(target: str) -> str:
    with pytest.raises(OperatorError) as raised:
        find(target)
    return str(raised.value)


# Finding


@pytest.mark.parametrize(
    "text",
    [
        "app = Flask(__name__)",
        "from twidder import app",
        "from package import application as app",
        "from package import *",
        "if True:\n    app = make()",
        "try:\n    app: Flask = make()\nexcept Exception:\n    raise",
        "def app(environ, start_response): ...",
        "this is no Python",
        "(" * 10_000,
        "app = '\x00'",
    ],
)
def test_a_folder_with_an_application_is_a_submission(text: str, tmp_path: Path) -> None:
    put(tmp_path / "lab/server.py", text)
    assert find(str(tmp_path / "lab")) == Submission(
        name="lab", kind="folder", location=str(tmp_path / "lab")
    )


def test_the_current_folder_has_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "lab/server.py", "app = 1")
    monkeypatch.chdir(tmp_path / "lab")
    assert find(".").name == "lab"


def test_no_folder(tmp_path: Path) -> None:
    target = str(tmp_path / "lab")
    assert mistake(target) == f"{target}: there is no such folder, and it is no URL (http://...)"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    target = str(put(tmp_path / "server.py", "app = 1"))
    assert mistake(target) == f"{target}: expected a folder that holds server.py, got a file"


def test_a_folder_without_a_server_says_what_there_is(tmp_path: Path) -> None:
    for name in ("main.py", "database_helper.py", "readme.txt"):
        put(tmp_path / name)
    assert mistake(str(tmp_path)) == (
        f"{tmp_path}: there is no server.py in this folder; there is database_helper.py, main.py"
    )


@pytest.mark.parametrize("text", ["", "application = 1", "import flask", "x.app = 1"])
def test_a_server_without_an_application(text: str, tmp_path: Path) -> None:
    put(tmp_path / "server.py", text)
    assert mistake(str(tmp_path)) == (
        f"{tmp_path}: server.py defines no 'app'; gunicorn is started with server:app"
    )


def test_a_url_where_a_server_listens_is_a_submission() -> None:
    with hostile(lambda visit: visit.stay()) as server:
        assert find(server.url) == Submission(name=server.url, kind="url", location=server.url)


def test_a_url_where_nobody_listens() -> None:
    target = f"http://127.0.0.1:{free_port()}"
    assert mistake(target) == (
        f"{target}: nothing listens there (Connection refused). Is the server started?"
    )


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1", "http://", "://x", "file:///etc/passwd", "http:///path"]
)
def test_no_url_of_a_server(target: str) -> None:
    assert mistake(target) == f"{target}: expected a URL such as http://127.0.0.1:5000"


@pytest.mark.parametrize("port", ["99999", "abc", "-1"])
def test_a_url_with_an_impossible_port(port: str) -> None:
    assert mistake(f"http://127.0.0.1:{port}").startswith(f"http://127.0.0.1:{port}: Port ")


@pytest.mark.parametrize("rest", ["/?a=b", "/#top"])
def test_a_url_with_more_than_a_place(rest: str) -> None:
    target = f"http://127.0.0.1:5000{rest}"
    assert mistake(target) == (f"{target}: expected a URL without a query, a fragment or a user")


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
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(launch.__file__), "--check-config", "server:app"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
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


# Copies

LISTING = """
from pathlib import Path
from flask import Flask
app = Flask(__name__)
here = Path(__file__).parent
seen = sorted(path.relative_to(here).as_posix() for path in here.rglob("*"))
app.add_url_rule("/", view_func=lambda: seen)
Path("left.txt").touch()
"""
STARTING = """
import sys
from pathlib import Path
from twidder_cli.processes import best_sandbox
from twidder_cli.submissions.find import find
from twidder_cli.submissions.server import started
from twidder_cli.wire import http

with started(find(sys.argv[1]), Path(sys.argv[2]), 60.0, best_sandbox()) as running:
    print(http.call("GET", running.url + "/", {}, None, timeout=60.0).body)
"""


def test_a_submission_is_started_in_a_copy_of_its_files_and_folders_alone(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    put(lab / "server.py", LISTING)
    put(lab / "static/client.html")
    put(lab / "env/pyvenv.cfg")
    put(lab / "env/lib/flask.py")
    for name in (".git", ".venv", "venv", "__pycache__", "node_modules"):
        put(lab / name / "something")
    put(tmp_path / "secret.txt")
    (lab / "link.txt").symlink_to(tmp_path / "secret.txt")
    (lab / "folder").symlink_to(tmp_path)
    (lab / "dangling").symlink_to("nothing")
    os.mkfifo(lab / "pipe")
    before = sorted(lab.rglob("*"))
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", STARTING, str(lab), str(tmp_path / "work")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (
        '["server.py","static","static/client.html"]',
        "",
    )
    assert sorted(lab.rglob("*")) == before
    assert not (tmp_path / "work").exists()


def test_a_link_inside_a_submission_is_copied_as_what_it_leads_to(tmp_path: Path) -> None:
    put(tmp_path / "lab/static/page.html", "page")
    (tmp_path / "lab/index.html").symlink_to("static/page.html")
    copied(tmp_path / "lab", tmp_path / "copy")
    assert (tmp_path / "copy/index.html").read_text() == "page"
    assert not (tmp_path / "copy/index.html").is_symlink()


def test_a_link_to_a_folder_above_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "lab/static/page.html")
    (tmp_path / "lab/static/up").symlink_to("..")
    copied(tmp_path / "lab", tmp_path / "copy")
    assert not (tmp_path / "copy/static/up").exists()


def test_what_is_read_only_may_be_written_in_the_copy(tmp_path: Path) -> None:
    put(tmp_path / "lab/data/twidder.db").chmod(0o444)
    (tmp_path / "lab/data").chmod(0o555)
    copied(tmp_path / "lab", tmp_path / "copy")
    modes = [(tmp_path / "copy" / name).stat().st_mode for name in ("data", "data/twidder.db")]
    assert all(mode & 0o200 for mode in modes)
    assert (tmp_path / "lab/data/twidder.db").stat().st_mode & 0o777 == 0o444


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "lab/secret.txt").chmod(0)
    copied(tmp_path / "lab", tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []

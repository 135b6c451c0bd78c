"""Route tables are told by the submission's own process, and not believed more than they say."""

from pathlib import Path

import pytest

from tests.checker.learn.running import table_of
from twidder_cli.model.routes import Route, RouteTable
from twidder_cli.submissions.table import TABLE_LIMIT, read_table, table_argv

APP = """\
from functools import partial, wraps

from flask import Blueprint, Flask
from flask.views import MethodView
from flask_sock import Sock

app = Flask(__name__, static_folder=None)
sock = Sock(app)
api = Blueprint("api", __name__, url_prefix="/api")


def signed_in(view):
    @wraps(view)
    def wrapper(*args):
        return view(*args)

    return wrapper


@app.route("/users/<path:email>", methods=["GET", "PUT"], defaults={"page": 1})
@signed_in
def user(email, page):
    return email


@api.post("/<token>")
def enter(token):
    return token


class Session(MethodView):
    def delete(self):
        return ""


def add(what):
    return what


app.register_blueprint(api)
app.add_url_rule("/session", view_func=Session.as_view("session"))
app.add_url_rule("/add", "add", partial(add, "x"), methods=["POST"])
sock.route("/ws")(lambda ws: ws.receive())
"""
AROUND = """

class Around:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


"""
ROUTES = {
    Route(
        rule="/users/<path:email>",
        methods=("GET", "PUT"),
        endpoint="user",
        arguments=("email",),
        function="user",
        file="server.py",
        line=20,
    ),
    Route(
        rule="/api/<token>",
        methods=("POST",),
        endpoint="api.enter",
        arguments=("token",),
        function="enter",
        file="server.py",
        line=26,
    ),
    Route(
        rule="/session",
        methods=("DELETE",),
        endpoint="session",
        function="delete",
        file="server.py",
        line=32,
    ),
    Route(
        rule="/add", methods=("POST",), endpoint="add", function="add", file="server.py", line=36
    ),
    Route(
        rule="/ws",
        methods=("GET",),
        endpoint="<lambda>",
        websocket=True,
        function="<lambda>",
        file="server.py",
        line=43,
    ),
}


def told(folder: Path, text: str, application: str = "server:app") -> RouteTable:
    (folder / "server.py").write_text(text)
    return table_of(folder, application)


@pytest.mark.parametrize("more", ["", "app.run(port=5000)"])
def test_every_route_is_told_with_the_function_that_a_person_wrote(
    more: str, tmp_path: Path
) -> None:
    table = told(tmp_path, APP + more)
    assert (set(table.routes), table.behind, table.problem) == (ROUTES, "", "")


@pytest.mark.parametrize("target", ["create_app()", 'create_app("x", debug=True)'])
def test_a_factory_is_called_as_gunicorn_calls_it(target: str, tmp_path: Path) -> None:
    factory = "\n\ndef create_app(name='', debug=False):\n    return app\n"
    assert set(told(tmp_path, APP + factory, f"server:{target}").routes) == ROUTES


def test_a_module_of_a_package_is_imported_from_the_folder_above(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/__init__.py").touch()
    (tmp_path / "lab/server.py").write_text(APP)
    files = {route.file for route in table_of(tmp_path, "lab.server:app").routes}
    assert files == {"lab/server.py"}


@pytest.mark.parametrize(
    ("more", "behind"),
    [
        ("app.wsgi_app = Around(app.wsgi_app)", "Around"),
        ("app = Around(app)", "Around"),
        ("app = Around(Around(app))", "Around"),
    ],
)
def test_a_wrapped_application_says_by_what(more: str, behind: str, tmp_path: Path) -> None:
    table = told(tmp_path, APP + AROUND + more)
    assert (set(table.routes), table.behind) == (ROUTES, behind)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import nothing_like_it", "ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("import twidder_cli", "ModuleNotFoundError: No module named 'twidder_cli'"),
        ("import launch", "ModuleNotFoundError: No module named 'launch'"),
        ("1 +", "SyntaxError: invalid syntax (server.py, line 1)"),
        ("exit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt: "),
        ("app = len", "a builtin_function_or_method has no table of routes"),
        ("", "AppImportError: Failed to find attribute 'app' in 'server'."),
        (
            "import os\nos._exit(0)",
            "its process ended, or was ended, without telling its routes",
        ),
        (
            "import os, sys\nos.write(int(sys.orig_argv[-1]), b'{')\nos._exit(0)",
            "what it wrote is no table of routes: Input data was truncated",
        ),
    ],
)
def test_an_import_that_fails_is_a_problem(text: str, problem: str, tmp_path: Path) -> None:
    table = told(tmp_path, text)
    assert table.routes == ()
    assert table.problem.replace(str(tmp_path) + "/", "") == problem


def test_an_import_without_end_is_ended(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("import time\ntime.sleep(1000)")
    table = table_of(tmp_path, seconds=1.0)
    assert table.problem == "its process ended, or was ended, without telling its routes"


def test_threads_of_an_import_do_not_keep_it_going(tmp_path: Path) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=[1000]).start()\n"
    assert set(told(tmp_path, APP + thread).routes) == ROUTES


def test_what_an_import_prints_is_not_taken_for_a_table(tmp_path: Path) -> None:
    text = "print('{\"routes\": []}' * 100_000)\n"
    assert len(told(tmp_path, APP + text).routes) == len(ROUTES)


def test_the_submission_may_have_modules_with_our_names(tmp_path: Path) -> None:
    (tmp_path / "launch.py").write_text("name = 'theirs'")
    table = told(tmp_path, "import launch\nassert launch.name == 'theirs'\n" + APP)
    assert table.problem == ""


@pytest.mark.parametrize(
    "lines",
    [
        b"[]",
        b"{",
        b"\xff",
        b'{"routes": 5}',
        b'{"roads": []}',
        b'{"routes": [{"rule": "no slash"}]}',
        b'{"routes": [{"rule": "/' + b"x" * 500 + b'"}]}',
        b'{"routes": [{"rule": "/", "methods": [' + b'"GET",' * 60 + b'"GET"]}]}',
        b'{"routes": [' + b'{"rule": "/"},' * 1000 + b'{"rule": "/"}]}',
        b'{"routes":' + b"[" * 100_000,
        b'{"problem": "' + b"x" * 3000 + b'"}',
    ],
)
def test_what_is_no_table_is_a_problem(lines: bytes) -> None:
    table = read_table(lines)
    assert table.routes == ()
    assert table.problem.startswith("what it wrote is no table of routes: ")
    assert len(table.problem) <= 300


def test_a_table_has_a_greatest_size() -> None:
    assert read_table(b" " * (TABLE_LIMIT + 1)).problem == (
        f"its table of routes has more than {TABLE_LIMIT} bytes"
    )


def test_the_command_can_be_shown() -> None:
    python, script, *rest = table_argv("{}", "lab:app", 7)
    assert (Path(python).name[:6], Path(script).name, rest) == (
        "python",
        "routes.py",
        ["{}", "lab:app", "7"],
    )

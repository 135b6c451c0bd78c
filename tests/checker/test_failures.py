"""Why a submission did not start: each class by a real start, where that can be provoked."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.checker.handed_in import FLASK, IMPORTS, Files, put
from tests.checker.waiting import LONG
from twidder_cli.model.submission import Database, Inspection, Note
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.failures import explained, no_application
from twidder_cli.submissions.reading import inspect

ROOT = Path(__file__).parents[2]
FAILED, UNCLEAR = Verdict.FAILED, Verdict.UNCLEAR
COMMAND = "gunicorn --workers 1 --threads 100 server:app"

STARTING = """
import sys, threading
from pathlib import Path
import msgspec
from twidder_cli import processes
from twidder_cli.model.submission import Application, Database, Setup
from twidder_cli.submissions.failures import explained
from twidder_cli.submissions.reading import inspect
from twidder_cli.submissions.server import NotStarted, Place

folder = Path(sys.argv[1])
place = Place(folder, processes.best_sandbox(), inspect(folder))
application = Application(folder=".", module="server", target="app", file="server.py", why="")
try:
    setup = Setup(application=application, database=Database(kind="nothing"))
    with place.started(setup, Path(sys.argv[2]), float(sys.argv[3])) as running:
        {meanwhile}
except NotStarted as not_started:
    print(msgspec.json.encode(explained(not_started.attempt)).decode())
"""


def finding(
    tmp_path: Path, files: Files, *, within: float = LONG, meanwhile: str = "pass"
) -> Finding:
    """Start a submission under gunicorn, in a process of its own, and return why it failed."""
    folder = put(tmp_path / "lab", files)
    done = subprocess.run(  # noqa: S603  our own script
        [
            sys.executable,
            "-c",
            STARTING.format(meanwhile=meanwhile),
            str(folder),
            str(tmp_path / "start-1"),
            str(within),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=2 * LONG,
        check=False,
    )
    assert done.stderr == ""
    return msgspec.json.decode(done.stdout, type=Finding)


# It dies

DEATHS: dict[tuple[Verdict, str], list[str]] = {
    (FAILED, "The server did not start"): [
        "raise ValueError('x')",
        "from server import nothing",
        "app.add_url_rule('/', 'a', print); app.add_url_rule('/x', 'a', open)",
        "c = sqlite3.connect('x.db'); c.execute(MAKE); c.execute(MAKE)",
        "sqlite3.connect('x.db').execute('CREATE TABLE ?')",
    ],
    (FAILED, "The module twidder is missing"): ["import twidder.views", "from twidder import x"],
    (FAILED, "The module helper.views is missing"): ["import helper.views"],
    (FAILED, "Python can't read server.py:6"): ["app = (", "  x = 1", "print 'x'"],
    (FAILED, "Python can't read server.py"): ["x = '\0'"],
    (FAILED, "gunicorn finds no application under that name"): ["app = None", "app = 5", "del app"],
    (FAILED, "It asks at the keyboard when it is imported"): ["input('name? ')"],
    (FAILED, "A server is started when the module is imported"): [
        "s = socket.socket(); s.bind(('', 0)); socket.socket().bind(s.getsockname())"
    ],
    (UNCLEAR, "The package no_such_package is not installed here"): ["import no_such_package.x"],
    (UNCLEAR, "The module deep is not where the server looks for it"): ["import deep"],
    (UNCLEAR, "The module Helper is not where the server looks for it"): ["import Helper"],
    (UNCLEAR, "The package it belongs to is not where the server looks for it"): [
        "from . import helper"
    ],
    (UNCLEAR, "It seems to be written for another version of flask"): [
        "import flask.ext.sqlalchemy",
        "from flask import escape",
        "app.before_first_request(print)",
    ],
    (UNCLEAR, "It seems to be written for another version of collections"): [
        "from collections import Mapping"
    ],
    (UNCLEAR, "It does not find the environment variable SECRET_KEY"): ["os.environ['SECRET_KEY']"],
    (UNCLEAR, "It does not find the file config.json"): [
        "open('config.json')",
        "app.config.from_pyfile('config.json')",
    ],
    (UNCLEAR, "It does not find the file /anna/config.json"): ["open('/anna/config.json')"],
    (UNCLEAR, "It does not find what it takes from outside"): [
        "os.environ.get('SECRET_KEY').encode()",
        "c = configparser.ConfigParser(); c.read('db.ini'); c['db']",
    ],
    (UNCLEAR, "It wants a MySQL server, which was not handed in"): ["import MySQLdb.cursors"],
    (UNCLEAR, "It wants another server, which was not handed in"): [
        "socket.create_connection(('127.0.0.1', 1))"
    ],
    (UNCLEAR, "It wanted what a submission may not do here"): [
        "socket.create_connection(('db.invalid', 5432))",
        "os.mkdir('/usr/x')",
    ],
    (UNCLEAR, "It met a limit of this machine"): [
        "bytearray(10**15)",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); open('server.py')",
    ],
    (UNCLEAR, "The database does not fit"): [
        "sqlite3.connect('x.db').execute('SELECT * FROM users')",
        "sqlite3.connect('no/x.db')",
        "sqlite3.connect('server.py').execute('SELECT * FROM users')",
    ],
}


@pytest.mark.parametrize(
    ("text", "verdict", "title"),
    [(text, *expected) for expected, texts in DEATHS.items() for text in texts],
)
def test_a_server_that_dies_is_explained(
    text: str, verdict: Verdict, title: str, tmp_path: Path
) -> None:
    files: Files = {
        "server.py": "import configparser, os, resource, socket, sqlite3\n"
        f"{IMPORTS}MAKE = 'CREATE TABLE x (y)'\n{FLASK}{text}\n",
        "helper.py": "",
        "sub/deep.py": "",
    }
    found = finding(tmp_path, files)
    assert (found.verdict, found.title) == (verdict, title)
    assert found.expected == f"{COMMAND} starts and answers"
    assert found.actual
    assert found.hint


def test_python_of_a_newer_version_is_no_mistake(tmp_path: Path) -> None:
    files: Files = {"server.py": "d = {'a': 1}\napp = f'{d['a']}'\n"}
    found = finding(tmp_path, files)
    expected = UNCLEAR if sys.version_info < (3, 12) else FAILED
    assert found.verdict is expected


def test_what_a_pinned_package_raises_may_be_its_versions_doing(tmp_path: Path) -> None:
    files: Files = {
        "server.py": f"{IMPORTS}{FLASK}app.url_for('x')\n",
        "requirements.txt": "flask==1.1.4\n",
    }
    found = finding(tmp_path, files)
    assert (found.verdict, found.title) == (
        UNCLEAR,
        "It seems to be written for another version of flask",
    )
    assert "its requirements ask for 1.1.4" in found.actual


def test_the_missing_packages_are_named_together_with_the_command(tmp_path: Path) -> None:
    files: Files = {"server.py": f"import eventlet, no_such_one\n{IMPORTS}{FLASK}"}
    assert finding(tmp_path, files).hint == (
        "Run with --install, which brings eventlet. "
        "No package is known to bring no_such_one: was it handed in?"
    )


def test_a_mistake_in_another_file_is_told_with_its_line(tmp_path: Path) -> None:
    files: Files = {"server.py": "import helper\n" + FLASK, "helper.py": "\n\nx = = 1\n"}
    assert finding(tmp_path, files).title == "Python can't read helper.py:3"


def test_the_last_words_of_a_submission_are_harmless(tmp_path: Path) -> None:
    text = "open('\\x1b[31m\\x9b')\nraise ValueError('\\x1b]0;x\\x07')\n"
    for number, line in enumerate(text.splitlines()):
        said = msgspec.json.decode(
            msgspec.json.encode(
                finding(tmp_path / str(number), {"server.py": f"app = 1\n{line}\n"})
            )
        )
        assert all(c.isprintable() for value in said.values() for c in str(value).replace("\n", ""))


# It never answers

TIME = "import time, threading, os, sys\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("app.run(port=0)", "A server is started when the module is imported"),
        ("app.run(port=0, debug=True)", "A server is started when the module is imported"),
        (
            (
                "from wsgiref.simple_server import make_server\n"
                "make_server('', 0, app).serve_forever()"
            ),
            "A server is started when the module is imported",
        ),
        ("time.sleep(1000)", "The server never answered"),
        (
            "while True:\n    print('x' * 1000)\n    time.sleep(0.001)",
            "It prints without end while it is imported",
        ),
    ],
)
def test_a_server_that_never_answers_is_explained(text: str, title: str, tmp_path: Path) -> None:
    found = finding(tmp_path, {"server.py": f"{TIME}{IMPORTS}{FLASK}{text}\n"}, within=12)
    assert (found.verdict, found.title) == (FAILED, title)


@pytest.mark.parametrize(
    ("text", "verdict", "title"),
    [
        ("sys.exit()", FAILED, "The server ends again and again"),
        (
            "os.kill(os.getpid(), 9)",
            UNCLEAR,
            "The server was killed, as happens when memory runs out",
        ),
        ("os.abort()", UNCLEAR, "The server was ended by SIGABRT"),
    ],
)
def test_a_server_that_ends_again_and_again_is_explained(
    text: str, verdict: Verdict, title: str, tmp_path: Path
) -> None:
    found = finding(tmp_path, {"server.py": f"{TIME}{IMPORTS}{FLASK}{text}\n"}, within=12)
    assert (found.verdict, found.title) == (verdict, title)
    assert ("server.py:5 ends the program" in found.actual) == (text == "sys.exit()")


# It answers at first

PROBING = """
        from twidder_cli.submissions.attempt import Attempt
        from twidder_cli.submissions.failures import explained
        from twidder_cli.submissions.reading import inspect
        from twidder_cli.wire import http
        try:
            http.call("GET", running.url + "/", {}, None, timeout=5.0)
        except http.Lost as lost:
            attempt = Attempt(
                command="it",
                lost=str(lost),
                answered=True,
                inspection=inspect(Path(sys.argv[1])),
            )
            print(msgspec.json.encode(explained(attempt)).decode())
"""


def test_a_server_that_hangs_after_its_first_answer_is_explained(tmp_path: Path) -> None:
    text = (
        f"{TIME}{IMPORTS}{FLASK}lock = threading.Lock()\n"
        "@app.before_request\ndef take(): lock.acquire()\n"
    )
    found = finding(
        tmp_path,
        {"server.py": text},
        meanwhile=PROBING,
    )
    assert (found.verdict, found.title) == (FAILED, "The server hangs after its first answer")


# What can't be provoked here: words of servers and tools that are not installed


def crashed(words: str, *notes: Note, database: Database | None = None) -> Finding:
    """Return why a server ended whose log ends so."""
    frame = '  File "/tmp/x/start-1/copy/server.py", line 3, in <module>\n    connect()\n'
    log = f"Traceback (most recent call last):\n{frame}{words}\n{words}\n"
    return explained(
        Attempt(
            command=COMMAND,
            exit_code=3,
            log=log,
            database=database or Database(kind="nothing"),
            inspection=Inspection(notes=notes),
        )
    )


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (
            (
                'psycopg2.OperationalError: connection to server at "localhost" (127.0.0.1), '
                "port 5432 failed: Connection refused"
            ),
            "PostgreSQL",
        ),
        (
            (
                "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server "
                'at "localhost" (::1), port 5432 failed: Connection refused'
            ),
            "PostgreSQL",
        ),
        (
            (
                "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. "
                "Connection refused."
            ),
            "Redis",
        ),
        (
            (
                "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on "
                "'localhost' ([Errno 111] Connection refused)\")"
            ),
            "MySQL",
        ),
        (
            (
                "pymongo.errors.ServerSelectionTimeoutError: localhost:27017: [Errno 111] "
                "Connection refused, Timeout: 30s"
            ),
            "MongoDB",
        ),
    ],
)
def test_a_service_that_was_not_handed_in_is_named(words: str, service: str) -> None:
    found = crashed(words)
    assert (found.verdict, found.title) == (
        UNCLEAR,
        f"It wants a {service} server, which was not handed in",
    )


def test_a_silent_server_that_wants_a_service_may_wait_for_it() -> None:
    note = Note(file="server.py", line=1, kind="service", says="redis wants a Redis server")
    found = explained(
        Attempt(command=COMMAND, lost="no answer", inspection=Inspection(notes=(note,)))
    )
    assert (found.verdict, found.title) == (
        UNCLEAR,
        "It wants a Redis server, which was not handed in",
    )


def test_a_table_that_is_there_already_may_be_our_doing() -> None:
    words = "sqlite3.OperationalError: table users already exists"
    schema = Database(kind="schema", file="d.db", source="schema.sql")
    assert crashed(words).verdict is FAILED
    found = crashed(words, database=schema)
    assert (found.verdict, found.title) == (UNCLEAR, "The database does not fit")
    assert "started with the tables that schema.sql makes" in found.actual


def test_a_factory_that_needs_an_argument_is_no_application() -> None:
    log = "TypeError: create_app() missing 1 required positional argument: 'config'\n"
    found = explained(Attempt(command="gunicorn app:create_app()", exit_code=4, log=log))
    assert (found.verdict, found.title) == (
        UNCLEAR,
        "gunicorn finds no application under that name",
    )


@pytest.mark.parametrize("tool", ["bwrap: Can't mount proc", "unshare: unshare failed: x"])
def test_a_confinement_that_fails_is_this_machines_fault(tool: str) -> None:
    found = explained(Attempt(command=COMMAND, exit_code=1, log=f"{tool}\n"))
    assert (found.verdict, found.title) == (UNCLEAR, "This machine could not start it")


@pytest.mark.parametrize(("code", "name"), [(-9, "killed"), (137, "killed"), (139, "SIGSEGV")])
def test_a_server_that_is_killed_as_a_whole_is_unclear(code: int, name: str) -> None:
    found = explained(Attempt(command=COMMAND, exit_code=code, log="x\n"))
    assert found.verdict is UNCLEAR
    assert name in found.title


def test_eventlet_is_blamed_where_it_is_imported() -> None:
    note = Note(file="server.py", line=2, kind="monkey", says="replaces threads")
    found = explained(
        Attempt(
            command=COMMAND,
            lost="no answer",
            answered=True,
            inspection=Inspection(notes=(note,)),
        )
    )
    assert found.hint.startswith("eventlet and gevent")
    assert "server.py:2 replaces threads" in found.actual


# There is nothing to start


def test_a_submission_without_an_application_fails(tmp_path: Path) -> None:
    found = no_application(inspect(put(tmp_path, {"helper.py": "x = 1\n", "a/b.py": ""})))
    assert (found.verdict, found.title) == (FAILED, "There is no Flask application in it")
    assert found.actual == "modules: a, b, helper"


def test_a_submission_without_any_code_is_unclear(tmp_path: Path) -> None:
    assert no_application(inspect(put(tmp_path, {"report.pdf": "%PDF"}))).verdict is UNCLEAR


def test_a_submission_that_was_not_read_as_a_whole_is_unclear(tmp_path: Path) -> None:
    found = no_application(inspect(put(tmp_path, {"server.py": "x = 1\n" * 60_000})))
    assert found.verdict is UNCLEAR
    assert found.actual == "server.py: there is too much Python to read it all"

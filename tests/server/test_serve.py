"""`twidder serve`: what it says, and how it fails."""

import json
import os
import re
import socket
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import websocket

from tests.server.support import PATIENCE, SERVE, environment, free_port, serve
from twidder.store import Store


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    output: str
    errors: str


def run(folder: Path, *options: str) -> Outcome:
    done = subprocess.run(  # noqa: S603  our own command
        [*SERVE, *options],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def mistake(text: str) -> Outcome:
    return Outcome(2, "", f"twidder: {text}\n")


def test_it_says_where_it_is_and_how_to_stop_it(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        assert server.process.stdout
        said = [server.process.stdout.readline() for _ in range(3)]
    data = tmp_path / "twidder.db"
    assert said == [f"Twidder:  {server.url}\n", f"Its data: {data}\n", "Stop it with Ctrl-C.\n"]


def test_it_keeps_its_data_where_it_says(tmp_path: Path) -> None:
    with serve(tmp_path, "--database", "kept.sqlite") as server:
        person = server.new_person()
    with serve(tmp_path, "--database", "kept.sqlite") as server:
        person.server = server
        assert person.sign_in().is_signed_in()
    assert not (tmp_path / "twidder.db").exists()


def test_it_is_not_misled_by_what_lies_in_the_current_folder(tmp_path: Path) -> None:
    for name in ("twidder.py", "server.py", "flask.py", "gunicorn.conf.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong one')\n")
    with serve(tmp_path) as server:
        assert server.call("GET", "/").status_code == 200


def test_it_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    with serve(tmp_path):
        files = {file.name.partition("-")[0] for file in tmp_path.iterdir()}
    assert files == {"twidder.db"}


def test_sockets_leave_a_thread_for_http(tmp_path: Path) -> None:
    with serve(tmp_path, "--threads", "2") as server:
        person = server.new_person().sign_in()
        assert server.open_socket(person.token).all_so_far() == []
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            server.open_socket(person.token)
        assert refused.value.status_code == 503
        assert refused.value.resp_headers
        assert refused.value.resp_headers["retry-after"] == "5"
        assert json.loads(refused.value.resp_body or b"")["success"] is False
        assert person.is_signed_in()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run(tmp_path, "--port", str(port))
    assert outcome == mistake(
        f"port {port} on 127.0.0.1 is taken by another program; choose another with --port"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(
    os.geteuid() == 0 or int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) < 2,
    reason="this user may have every port",
)
def test_a_port_without_permission_is_named(tmp_path: Path) -> None:
    assert run(tmp_path, "--port", "1") == mistake(
        "port 1 needs more rights than you have; choose one above 1023 with --port"
    )


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a..b"])
def test_a_bad_host_is_named(tmp_path: Path, host: str) -> None:
    outcome = run(tmp_path, "--host", host, "--port", "0")
    assert (outcome.exit_code, outcome.output) == (2, "")
    assert outcome.errors.startswith(f"twidder: can't listen on '{host}': ")
    assert outcome.errors.count("\n") == 1


def test_a_database_in_a_missing_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "twidder.db"
    assert run(tmp_path, "--port", "0", "--database", str(file)) == mistake(
        f"can't keep data in {file}: there is no folder {file.parent};"
        " name another file with --database"
    )


def test_a_folder_as_database_is_named(tmp_path: Path) -> None:
    assert run(tmp_path, "--port", "0", "--database", str(tmp_path)) == mistake(
        f"can't keep data in {tmp_path}: this is a folder; name another file with --database"
    )


@pytest.mark.parametrize("content", [b"my homework\n", b"\x00\xff" * 5000], ids=["short", "long"])
def test_a_file_that_is_no_database_is_named_and_kept(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "homework.txt"
    file.write_bytes(content)
    assert run(tmp_path, "--port", "0", "--database", str(file)) == mistake(
        f"can't keep data in {file}: file is not a database; name another file with --database"
    )
    assert file.read_bytes() == content


def test_another_programs_database_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "database.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE users (name TEXT)")
    connection.close()
    before = file.read_bytes()
    assert run(tmp_path, "--port", "0", "--database", str(file)) == mistake(
        f"can't keep data in {file}: this is the database of another program;"
        " name another file with --database"
    )
    assert file.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every file")
def test_a_read_only_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "twidder.db"
    file.touch(mode=0o444)
    outcome = run(tmp_path, "--port", "0", "--database", str(file))
    assert outcome == mistake(
        f"can't keep data in {file}: attempt to write a readonly database;"
        " name another file with --database"
    )


def test_more_than_one_worker_is_refused_with_the_reason(tmp_path: Path) -> None:
    assert run(tmp_path, "--workers", "2") == mistake(
        "workers do not yet share the news of an expired session, so a logout would be lost;"
        " use --workers 1 with more --threads"
    )


@pytest.mark.parametrize("threads", ["0", "1", "501", "many"])
def test_a_nonsense_number_of_threads_is_a_usage_error(tmp_path: Path, threads: str) -> None:
    outcome = run(tmp_path, "--threads", threads, "--port", str(free_port()))
    assert outcome.exit_code == 2
    assert "'--threads'" in outcome.errors


def test_a_newer_twidders_database_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "twidder.db"
    Store(file).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = file.read_bytes()
    assert run(tmp_path, "--port", "0", "--database", str(file)) == mistake(
        f"can't keep data in {file}: it was made by a newer Twidder (version 7 of the tables,"
        " this one knows 1); start that one; name another file with --database"
    )
    assert file.read_bytes() == before


def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "log"
    assert run(tmp_path, "--port", "0", "--log", str(file)) == mistake(
        f"can't write the log to {file}: No such file or directory; name another file with --log"
    )


def test_it_logs_where_it_is_told(tmp_path: Path) -> None:
    with serve(tmp_path, "--log", "twidder.log") as server:
        server.call("GET", "/healthz")
    lines = (tmp_path / "twidder.log").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["route"] == "/healthz"


def test_what_no_option_says_the_environment_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIDDER_THREADS", "2")
    monkeypatch.setenv("TWIDDER_DATABASE", "kept.sqlite")
    with serve(tmp_path) as server:
        server.open_socket()
        with pytest.raises(websocket.WebSocketBadStatusException):
            server.open_socket()
    assert (tmp_path / "kept.sqlite").exists()


def test_help_lists_each_option_with_its_variable_and_its_default(tmp_path: Path) -> None:
    words = " ".join(run(tmp_path, "--help").output.split())
    options = dict(re.findall(r"--([a-z]+) [A-Z][^[]+\[env var: ([^;]+; default: [^];]+)", words))
    assert options == {
        "host": "TWIDDER_HOST; default: 127.0.0.1",
        "port": "TWIDDER_PORT; default: 5000",
        "database": "TWIDDER_DATABASE; default: ./twidder.db",
        "log": "TWIDDER_LOG; default: -",
        "threads": "TWIDDER_THREADS; default: 100",
        "proxies": "TWIDDER_PROXIES; default: 0",
        "workers": "TWIDDER_WORKERS; default: 1",
    }


def test_help_has_an_example(tmp_path: Path) -> None:
    outcome = run(tmp_path, "--help")
    assert outcome.exit_code == 0
    assert "twidder serve --host 0.0.0.0" in outcome.output

"""`twidder serve`: what it says, and how it fails."""

import os
import socket
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.server.support import PATIENCE, SERVE, Close, environment, free_port, serve


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
        refused = server.open_socket(person.token).next()
        assert refused == Close(1013, "too many sockets, try again later")
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


def test_help_has_an_example(tmp_path: Path) -> None:
    outcome = run(tmp_path, "--help")
    assert outcome.exit_code == 0
    assert "twidder serve --host 0.0.0.0" in outcome.output

"""The log: a line of JSON for each request, and no secrets."""

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.server.support import PASSWORD, Person, Server, lab_server, wait_for

LOGGED = {
    "time",
    "level",
    "event",
    "method",
    "route",
    "status",
    "milliseconds",
    "bytes",
    "remote",
}


class Log:
    """A log file, of which each line is read once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = 0

    def new(self) -> list[dict[str, Any]]:
        lines = self._path.read_text(encoding="utf-8").splitlines()[self._seen :]
        self._seen += len(lines)
        return [json.loads(line) for line in lines]

    def next(self, event: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            found.extend(line for line in self.new() if line["event"] == event)
            return bool(found)

        wait_for(is_there, f"a line about {event}")
        return found[0]


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a server with places for few sockets, and its log."""
    folder = tmp_path_factory.mktemp("logged")
    path = folder / "twidder.log"
    options = ("--threads", "3")
    settings = {"TWIDDER_LOG": str(path), "TWIDDER_THREADS": "3"}
    with lab_server(folder, *options, module="tests.server.probed:app", **settings) as server:
        yield server, path


@pytest.fixture
def server(logged: tuple[Server, Path]) -> Server:
    return logged[0]


@pytest.fixture
def log(logged: tuple[Server, Path]) -> Log:
    log = Log(logged[1])
    log.new()
    return log


def test_a_request_is_a_line(server: Server, log: Log) -> None:
    reply = server.call("GET", "/healthz")
    (line,) = log.new()
    assert set(line) == LOGGED
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert line["milliseconds"] >= 0
    assert line | {"time": "", "milliseconds": 0} == {
        "time": "",
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/healthz",
        "status": 200,
        "milliseconds": 0,
        "bytes": len(reply.content),
        "remote": "127.0.0.1",
    }


def test_a_request_for_somebody_is_logged_without_them(log: Log, anna: Person) -> None:
    log.new()
    anna.call("GET", f"/get_user_data_by_email/{anna.email}")
    (line,) = log.new()
    assert line["route"] == "/get_user_data_by_email/<path:email>"


def test_a_request_for_nothing_is_logged_without_its_path(server: Server, log: Log) -> None:
    server.call("GET", "/anna@example.org")
    (line,) = log.new()
    assert (line["route"], line["status"]) == (None, 404)


def test_what_is_no_request_is_told_of_and_not_quoted(server: Server, log: Log) -> None:
    with server.connect(b'GET /"}{"\r\n\r\n') as connection:
        assert connection.recv(1)
    (line,) = log.new()
    assert set(line) == {"time", "level", "event", "status", "remote"}
    assert (line["event"], line["status"]) == ("malformed request", 400)


def test_a_socket_is_a_line_when_it_ends(log: Log, anna: Person) -> None:
    opened = anna.open_socket()
    log.new()
    anna.sign_in()
    opened.connection.close()

    def is_logged() -> bool:
        lines = [line for line in log.new() if line["route"] == "/ws"]
        return [(line["status"], line["farewell"]) for line in lines] == [(101, 4000)]

    wait_for(is_logged, "the socket's line")


def test_a_socket_that_is_turned_away_is_told_of(server: Server, log: Log, anna: Person) -> None:
    opened = [anna.open_socket() for _ in range(2)]
    log.new()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    server.call("GET", "/ws", headers=upgrade)
    warning, line = log.new()
    assert warning["level"] == "warning"
    assert warning["event"] == "a socket was turned away: all places are taken"
    assert (line["route"], line["status"]) == ("/ws", 503)
    for one in opened:
        one.connection.close()


def test_a_log_that_was_moved_away_is_begun_anew(server: Server, logged: Any) -> None:
    path: Path = logged[1]
    moved = path.rename(path.with_suffix(".1"))
    server.call("GET", "/healthz")
    assert "/healthz" in path.read_text(encoding="utf-8")
    assert moved.exists()


def test_a_proxys_word_counts_only_where_there_is_one(
    server: Server, log: Log, tmp_path: Path
) -> None:
    forged = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}
    server.call("GET", "/healthz", headers=forged)
    assert log.next("request")["remote"] == "127.0.0.1"
    path = tmp_path / "behind.log"
    with lab_server(tmp_path, TWIDDER_LOG=str(path), TWIDDER_PROXIES="1") as behind:
        behind_log = Log(path)
        behind_log.new()
        behind.call("GET", "/healthz", headers=forged)
        assert behind_log.next("request")["remote"] == "198.51.100.7"


def test_no_log_holds_a_token_a_password_or_an_address(tmp_path: Path) -> None:
    with lab_server(tmp_path, TWIDDER_LOG="-") as server:
        person = server.new_person().sign_in()
        assert person.is_signed_in()
        assert server.open_socket(person.token).all_so_far() == []
        with server.connect(f"Authorization: {person.token}\r\n\r\n".encode()) as nonsense:
            assert nonsense.recv(1)
        with sqlite3.connect(tmp_path / "twidder.db") as connection:
            connection.execute("DROP TABLE message")
        connection.close()
        person.call("GET", f"/get_user_messages_by_email/{person.email}")
        server.process.terminate()
        log, _ = server.process.communicate()
    assert "no such table" in log
    assert person.token not in log
    assert PASSWORD not in log
    assert person.email not in log

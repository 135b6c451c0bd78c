"""Whatever goes wrong is answered in JSON, with a status that fits."""

import sqlite3
from pathlib import Path

import pytest
import requests

from tests.server.support import Person, Server, lab_server

JSON = {"Content-Type": "application/json"}

NEED_A_TOKEN = [
    ("DELETE", "/sign_out"),
    ("PUT", "/change_password"),
    ("GET", "/get_user_data_by_token"),
    ("GET", "/get_user_data_by_email/anna@example.org"),
    ("GET", "/get_user_messages_by_token"),
    ("GET", "/get_user_messages_by_email/anna@example.org"),
    ("POST", "/post_message"),
]


def assert_refused(reply: requests.Response, status: int) -> None:
    assert reply.headers["Content-Type"] == "application/json"
    body = reply.json()
    assert set(body) == {"success", "message"}
    assert (reply.status_code, body["success"]) == (status, False)
    assert isinstance(body["message"], str)
    assert body["message"]


@pytest.mark.parametrize(("method", "path"), NEED_A_TOKEN)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "nonsense"}, {"Authorization": "å"}])
def test_without_a_valid_token_it_is_401(
    server: Server, method: str, path: str, headers: dict[str, str]
) -> None:
    raw = {name: value.encode() for name, value in headers.items()}
    assert_refused(server.call(method, path, headers=raw, json={}), 401)


@pytest.mark.parametrize(("method", "path"), NEED_A_TOKEN)
def test_with_an_expired_token_it_is_401(anna: Person, method: str, path: str) -> None:
    anna.sign_in()
    assert_refused(anna.call(method, path, json={}), 401)


def test_an_unknown_path_is_404(server: Server) -> None:
    assert_refused(server.call("GET", "/nowhere"), 404)


def test_an_unknown_static_file_is_404(server: Server) -> None:
    assert_refused(server.call("GET", "/static/nothing.js"), 404)


@pytest.mark.parametrize("kind", ["data", "messages"])
def test_an_unknown_user_is_404(anna: Person, kind: str) -> None:
    assert_refused(anna.call("GET", f"/get_user_{kind}_by_email/nobody@example.org"), 404)


@pytest.mark.parametrize("email", ["%00", "%ff%fe", "%ed%a0%80", "a" * 3000, "//"])
def test_an_unspeakable_user_is_404(anna: Person, email: str) -> None:
    assert_refused(anna.call("GET", f"/get_user_data_by_email/{email}"), 404)


def test_a_wrong_method_is_405_and_says_which_are_right(server: Server) -> None:
    reply = server.call("GET", "/sign_in")
    assert_refused(reply, 405)
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 50_000, b'{"a":}'])
def test_malformed_json_is_400(server: Server, body: bytes) -> None:
    assert_refused(server.call("POST", "/sign_in", data=body, headers=JSON), 400)


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b"true"])
def test_json_that_is_no_object_is_400(server: Server, body: bytes) -> None:
    assert_refused(server.call("POST", "/sign_in", data=body, headers=JSON), 400)


def test_a_body_of_another_type_is_415(server: Server) -> None:
    assert_refused(server.call("POST", "/sign_in", data={"username": "anna"}), 415)


def test_a_huge_body_is_413(server: Server) -> None:
    body = b'{"username": "' + b"x" * 2_000_000 + b'"}'
    assert_refused(server.call("POST", "/sign_in", data=body, headers=JSON), 413)


def test_a_nul_is_no_fault(server: Server) -> None:
    who = {"username": "\x00@\x00", "password": "\x00" * 8}
    assert_refused(server.call("POST", "/sign_in", json=who), 401)


def test_half_a_character_is_400(server: Server) -> None:
    body = b'{"username": "anna@example.org", "password": "\\ud800 and more"}'
    assert_refused(server.call("POST", "/sign_in", data=body, headers=JSON), 400)


def test_a_plain_request_for_the_socket_is_400(server: Server) -> None:
    assert_refused(server.call("GET", "/ws"), 400)


def test_a_bad_handshake_is_400(server: Server) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert_refused(server.call("GET", "/ws", headers=upgrade), 400)


def test_our_own_fault_is_500(tmp_path: Path) -> None:
    with lab_server(tmp_path) as server:
        person = server.new_person().sign_in()
        with sqlite3.connect(tmp_path / "twidder.db") as connection:
            connection.execute("DROP TABLE message")
        connection.close()
        assert_refused(person.call("GET", "/get_user_messages_by_token"), 500)


def test_no_log_holds_a_token_or_a_password(tmp_path: Path) -> None:
    with lab_server(tmp_path, "--access-logfile", "-", "--log-level", "debug") as server:
        person = server.new_person().sign_in()
        assert person.is_signed_in()
        assert server.open_socket(person.token).all_so_far() == []
        with sqlite3.connect(tmp_path / "twidder.db") as connection:
            connection.execute("DROP TABLE message")
        connection.close()
        person.call("GET", "/get_user_messages_by_token")
        server.process.terminate()
        log, _ = server.process.communicate()
    assert "no such table" in log
    assert person.token not in log
    assert person.credentials["password"] not in log

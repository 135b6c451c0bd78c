"""Whatever goes wrong is answered in JSON, with a status that fits."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.server.support import PASSWORD, Person, Server, lab_server, read_all, sign_up_fields

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


def test_a_401_says_how_to_authenticate(server: Server, anna: Person) -> None:
    wrong = {"username": anna.email, "password": "wrong password"}
    replies = [
        server.call("GET", "/get_user_data_by_token"),
        server.call("POST", "/sign_in", json=wrong),
    ]
    assert [reply.headers["WWW-Authenticate"] for reply in replies] == [
        'Bearer realm="Twidder"'
    ] * 2


def test_a_token_may_come_as_it_is_asked_for(server: Server, anna: Person) -> None:
    headers = {"Authorization": f"Bearer {anna.token}"}
    assert server.call("GET", "/get_user_data_by_token", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/nowhere", "/nowhere/", "/no//where", "/static//client.js", "/sign_in/", "/%00"]
)
def test_an_unknown_path_is_404(server: Server, path: str) -> None:
    assert_refused(server.call("GET", path), 404)


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/"])
def test_nothing_but_the_page_is_served(server: Server, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with server.connect(request.encode()) as connection:
        assert read_all(connection).startswith(b"HTTP/1.1 404 ")


def test_an_unknown_static_file_is_404(server: Server) -> None:
    assert_refused(server.call("GET", "/static/nothing.js"), 404)


@pytest.mark.parametrize("kind", ["data", "messages"])
def test_an_unknown_user_is_404(anna: Person, kind: str) -> None:
    assert_refused(anna.call("GET", f"/get_user_{kind}_by_email/nobody@example.org"), 404)


@pytest.mark.parametrize("email", ["%00", "%ff%fe", "%ed%a0%80", "a" * 3000, "//"])
def test_an_unspeakable_user_is_404(anna: Person, email: str) -> None:
    assert_refused(anna.call("GET", f"/get_user_data_by_email/{email}"), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "TRACE", "NONSENSE"])
def test_a_wrong_method_is_405_and_says_which_are_right(server: Server, method: str) -> None:
    reply = server.call(method, "/sign_in")
    assert_refused(reply, 405)
    assert reply.headers["Allow"] == "POST"


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


def test_a_huge_body_that_does_not_say_so_is_413(server: Server) -> None:
    chunks = iter([b'{"username": "', b"x" * 2_000_000, b'"}'])
    assert_refused(server.call("POST", "/sign_in", data=chunks, headers=JSON), 413)


def test_a_taken_address_is_409(server: Server, anna: Person) -> None:
    assert_refused(server.call("POST", "/sign_up", json=sign_up_fields(anna.email)), 409)


def test_a_wrong_old_password_is_403(anna: Person) -> None:
    change = {"oldpassword": "wrong password", "newpassword": "another password"}
    assert_refused(anna.call("PUT", "/change_password", json=change), 403)


def test_a_nul_is_no_fault(server: Server) -> None:
    who = {"username": "\x00@\x00", "password": "\x00" * 8}
    assert_refused(server.call("POST", "/sign_in", json=who), 401)


def test_half_a_character_is_400(server: Server) -> None:
    body = b'{"username": "anna@example.org", "password": "\\ud800 and more"}'
    assert_refused(server.call("POST", "/sign_in", data=body, headers=JSON), 400)


def test_a_plain_request_for_the_socket_is_400(server: Server) -> None:
    assert_refused(server.call("GET", "/ws"), 400)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Sec-WebSocket-Version": "13"}, 400),
        ({"Sec-WebSocket-Version": "12", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}, 426),
    ],
)
def test_a_bad_handshake_is_refused(server: Server, headers: dict[str, str], status: int) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", **headers}
    reply = server.call("GET", "/ws", headers=upgrade)
    assert_refused(reply, status)
    assert reply.headers["Sec-WebSocket-Version"] == "13"


@pytest.mark.parametrize("path", ["/", "/sign_in", "/nowhere"])
def test_a_handshake_anywhere_else_is_refused(server: Server, path: str) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    reply = server.call("GET", path, headers=upgrade)
    assert_refused(reply, reply.status_code)
    assert reply.status_code in (400, 404, 405)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"NONSENSE", 400),
        (b"GET /", 400),
        (b"GET / HTTP/9.9", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
        (b"GET / HTTP/1.1\r\nNo colon", 400),
        (b"GET / HTTP/1.1\r\nAuthorization: a\x00b", 400),
        (b"POST /sign_in HTTP/1.1\r\nContent-Length: -1", 400),
        (b"POST /sign_in HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3", 400),
        (b"POST /sign_in HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\n" + b"\r\n".join(b"X-%d: y" % i for i in range(200)), 431),
    ],
)
def test_what_is_no_request_is_refused_too(
    server: Server, request_line: bytes, status: int
) -> None:
    with server.connect(request_line + b"\r\n\r\n") as connection:
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert b"\r\nContent-Type: application/json\r\n" in head
    reply = json.loads(body)
    assert (set(reply), reply["success"]) == ({"success", "message"}, False)


def test_too_many_wrong_passwords_are_429_for_whoever_there_is_or_not(
    server: Server, anna: Person
) -> None:
    for email in (anna.email, f"nobody-{anna.email}"):
        wrong = {"username": email, "password": "wrong password"}
        statuses = [server.call("POST", "/sign_in", json=wrong).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        reply = server.call("POST", "/sign_in", json=wrong | {"password": PASSWORD})
        assert_refused(reply, 429)
        assert 0 < int(reply.headers["Retry-After"]) <= 60
    assert anna.is_signed_in()


def test_wrong_old_passwords_count_as_well(anna: Person) -> None:
    change = {"oldpassword": "wrong password", "newpassword": "another password"}
    statuses = [anna.call("PUT", "/change_password", json=change).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]


def test_guesses_made_at_once_are_not_more(server: Server, anna: Person) -> None:
    wrong = {"username": anna.email, "password": "wrong password"}

    def guess(_: int) -> int:
        return server.call("POST", "/sign_in", json=wrong).status_code

    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(guess, range(40)))
    assert set(statuses) == {401, 429}
    assert statuses.count(401) < 10 + 4  # as many more as there are turns besides


def test_our_own_fault_is_500(tmp_path: Path) -> None:
    with lab_server(tmp_path) as server:
        person = server.new_person().sign_in()
        with sqlite3.connect(tmp_path / "twidder.db") as connection:
            connection.execute("DROP TABLE message")
        connection.close()
        assert_refused(person.call("GET", "/get_user_messages_by_token"), 500)

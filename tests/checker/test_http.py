"""HTTP calls to servers that misbehave: a reply, or its loss in words, and never more."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.checker.hostile import LONG, Handler, Visit, free_port, hostile
from twidder_cli.model.timeline import Reply
from twidder_cli.wire.http import BODY_LIMIT, Lost, call


def get(url: str, timeout: float = LONG) -> Reply:
    return call("GET", url, {}, None, timeout=timeout)


def loss(url: str, timeout: float = LONG) -> str:
    with pytest.raises(Lost) as raised:
        get(url, timeout)
    return str(raised.value)


def loss_by(handler: Handler, timeout: float = LONG) -> str:
    with hostile(handler) as server:
        return loss(f"{server.url}/", timeout)


def saying(*data: bytes) -> Handler:
    """Return a handler that reads a request and says something."""

    def handler(visit: Visit) -> None:
        visit.request()
        for one in data:
            visit.send(one)

    return handler


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


# Replies


def test_a_reply_is_status_headers_and_body() -> None:
    with hostile(saying(answer(b'{"a": 1}', "418 Teapot", "X-Kind: tea"))) as server:
        reply = get(f"{server.url}/pot")
    assert reply == Reply(
        status=418, headers={"Content-Length": "8", "X-Kind": "tea"}, body='{"a": 1}'
    )


def test_what_is_sent_arrives_as_it_is() -> None:
    requests: list[bytes] = []

    def handler(visit: Visit) -> None:
        requests.append(visit.request())
        visit.send(answer(b""))

    with hostile(handler) as server:
        call("PUT", f"{server.url}/a%2Fb?c=%20", {"Authorization": "t"}, b'{"x": 1}', timeout=LONG)
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /a%2Fb?c=%20 HTTP/1.1\r\n")
    assert {b"Authorization: t", b"Connection: close"} <= set(head.split(b"\r\n"))
    assert body == b'{"x": 1}'


def test_an_endless_body_is_cut() -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
        visit.send_for_ever(b"x" * 65536)

    with hostile(handler) as server:
        assert get(f"{server.url}/").body == "x" * BODY_LIMIT


def test_a_body_that_unpacks_to_very_much_is_cut() -> None:
    packed = gzip.compress(b"\0" * (64 * BODY_LIMIT))
    with hostile(saying(answer(packed, "200 OK", "Content-Encoding: gzip"))) as server:
        assert get(f"{server.url}/").body == "\0" * BODY_LIMIT


def test_bytes_that_are_no_text_are_written_out() -> None:
    with hostile(saying(answer(b"a\xffb\xc3\xb6"))) as server:
        assert get(f"{server.url}/").body == r"a\xffbö"


# Losses


def test_nobody_listens() -> None:
    assert loss(f"http://127.0.0.1:{free_port()}/") == "nobody listens there"


def test_a_connection_that_is_closed_is_lost() -> None:
    words = "the server closed the connection without an answer"
    assert loss_by(saying()) == words


def test_a_connection_that_is_reset_is_lost() -> None:
    def handler(visit: Visit) -> None:
        visit.request()
        visit.reset()

    assert loss_by(handler) == "the server closed the connection without an answer"


@pytest.mark.parametrize(
    "handler",
    [
        lambda visit: visit.drip(b"HTTP/1.1 200 OK\r\nX-A: ", 0.02),
        lambda visit: (
            visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"),
            visit.drip(b"x", 0.02),
        ),
        lambda visit: visit.send_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["headers byte by byte", "a body byte by byte", "always to be continued"],
)
def test_who_takes_too_long_has_not_answered(handler: Callable[[Visit], None]) -> None:
    assert loss_by(handler, 0.5) == "no answer within 0.5 s"


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\xff\x00\xff\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        answer(b"no gzip", "200 OK", "Content-Encoding: gzip"),
    ],
    ids=[
        "bytes",
        "another protocol",
        "no status",
        "a thousand headers",
        "a long header",
        "no chunk",
        "half a body",
        "no gzip",
    ],
)
def test_garbage_is_lost_in_words(said: bytes) -> None:
    assert loss_by(saying(said)) in {
        "the connection failed",
        "the server closed the connection without an answer",
        *(
            f"no valid HTTP answer ({kind})"
            for kind in ("ChunkedEncodingError", "ContentDecodingError", "InvalidHeader")
        ),
    }


# Redirects


def redirecting(status: int, to: str, requests: list[bytes]) -> Handler:
    """Return a handler that sends `/old` to another place and answers `here` everywhere else."""

    def handler(visit: Visit) -> None:
        request = visit.request()
        requests.append(request)
        old = request.split()[1] == b"/old"
        visit.send(answer(b"", f"{status} Moved", f"Location: {to}") if old else answer(b"here"))

    return handler


@pytest.mark.parametrize("status", [307, 308])
def test_307_and_308_keep_method_and_body(status: int) -> None:
    requests: list[bytes] = []
    with hostile(redirecting(status, "/new", requests)) as server:
        reply = call("POST", f"{server.url}/old", {"Authorization": "t"}, b"body", timeout=LONG)
    assert (reply.body, reply.redirects) == ("here", 1)
    assert requests[1].startswith(b"POST /new HTTP/1.1\r\n")
    assert requests[1].endswith(b"\r\n\r\nbody")
    assert b"\r\nAuthorization: t\r\n" in requests[1]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_other_redirects_become_a_get_without_a_body(status: int) -> None:
    requests: list[bytes] = []
    with hostile(redirecting(status, "/new", requests)) as server:
        reply = call("POST", f"{server.url}/old", {}, b"body", timeout=LONG)
    assert (reply.body, reply.redirects) == ("here", 1)
    assert requests[1].startswith(b"GET /new HTTP/1.1\r\n")
    assert requests[1].endswith(b"\r\n\r\n")


def test_a_redirect_to_another_server_is_not_followed() -> None:
    with hostile(saying(answer(b"there"))) as other:
        handler = redirecting(302, f"{other.url}/new", [])
        with hostile(handler) as server:
            reply = get(f"{server.url}/old")
        assert other.visits == 0
    assert (reply.status, reply.redirects) == (302, 0)


def test_a_redirect_in_a_circle_ends() -> None:
    with hostile(saying(answer(b"", "302 Found", "Location: /again"))) as server:
        reply = get(f"{server.url}/")
        assert server.visits == 6
    assert (reply.status, reply.redirects) == (302, 5)


def test_a_redirect_to_nowhere_is_lost_in_words() -> None:
    with hostile(redirecting(302, "http://[", [])) as server:
        assert loss(f"{server.url}/old") == "no valid HTTP answer (ValueError)"


# The environment


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_proxies_of_the_environment_are_ignored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with hostile(saying(answer(b"proxy"))) as proxy, hostile(saying(answer(b"server"))) as server:
        monkeypatch.setenv(name, proxy.url)
        assert get(f"{server.url}/").body == "server"
        assert proxy.visits == 0


def test_passwords_of_the_home_folder_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[bytes] = []
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with hostile(redirecting(302, "/", requests)) as server:
        get(f"{server.url}/")
    assert b"authorization" not in requests[0].lower()

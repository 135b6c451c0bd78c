"""What a browser is told to keep to, with every reply."""

import pytest

from tests.server.support import Person, Server

ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

PAGES = ["/", "/static/client.html", "/static/client.js", "/static/client.css"]
ANSWERS = ["/healthz", "/get_user_data_by_token", "/nowhere", "/sign_in", "/ws", "/static/nothing"]


@pytest.mark.parametrize("path", PAGES + ANSWERS)
def test_every_reply_has_them(server: Server, path: str) -> None:
    assert ALWAYS.items() <= server.call("GET", path).headers.items()


@pytest.mark.parametrize("path", ANSWERS)
def test_no_answer_is_kept_by_anybody_on_its_way(server: Server, path: str) -> None:
    assert server.call("GET", path).headers["Cache-Control"] == "no-store"


def test_nor_is_one_that_holds_data(anna: Person) -> None:
    reply = anna.call("GET", "/get_user_data_by_token")
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_kept_but_asked_for_again(server: Server, path: str) -> None:
    first = server.call("GET", path)
    assert first.headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    assert server.call("GET", path, headers=known).status_code == 304


def test_nobody_is_allowed_in_from_another_origin(server: Server) -> None:
    headers = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    reply = server.call("OPTIONS", "/sign_in", headers=headers)
    assert not [name for name in reply.headers if name.startswith("Access-Control")]

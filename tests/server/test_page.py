"""The page that `/` serves."""

import pytest

from tests.server.support import Server


@pytest.mark.parametrize("path", ["/", "/static/client.html"])
def test_the_page_is_served(server: Server, path: str) -> None:
    reply = server.call("GET", path)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_both_addresses_serve_the_same_page(server: Server) -> None:
    assert server.call("GET", "/").content == server.call("GET", "/static/client.html").content


@pytest.mark.parametrize("view", ["welcomeview", "profileview"])
def test_the_page_holds_the_view(server: Server, view: str) -> None:
    assert f'<script type="text/view" id="{view}">' in server.call("GET", "/").text


@pytest.mark.parametrize("file", ["client.js", "client.css"])
def test_what_the_page_refers_to_is_there(server: Server, file: str) -> None:
    assert f'"/static/{file}"' in server.call("GET", "/").text
    assert server.call("GET", f"/static/{file}").status_code == 200

"""A reply shows whether there is a route, and what in it may be the token."""

import json

import pytest

from twidder_cli.learn.answers import is_there, tokens_in
from twidder_cli.model.timeline import Exchange, Reply, Request

TOKEN = "c0ffee42c0ffee42"


def answered(status: int, body: str = "") -> Exchange:
    request = Request(method="GET", path="/")
    reply = Reply(status=status, body=body) if status else None
    return Exchange(
        step="", actor="", sent=0, received=0, operation="", request=request, reply=reply
    )


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, "", True),
        (400, "<h1>Bad Request</h1>", True),
        (500, "", True),
        (404, '{"message": "no such user"}', True),
        (404, "<h1>Not Found</h1>", False),
        (405, '{"message": "not so"}', False),
        (0, "", False),
    ],
)
def test_whether_something_is_there(status: int, body: str, expected: bool) -> None:
    assert is_there(answered(status, body)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"success": True, "message": "Signed in, 1 2 3.", "data": TOKEN}, "json:data"),
        ({"data": {"email": "b@liu.se", "token": TOKEN}}, "json:data.token"),
        ({"data": [TOKEN, "b@liu.se"]}, "json:data.0"),
        ({"id": "12345678", "access_token": TOKEN}, "json:access_token"),
        ({"message": TOKEN}, "json:message"),
        ({"data": 123456789}, "json:data"),
        ({"data": f'"it\'s\\ {TOKEN}"'}, "json:data"),
        (TOKEN, "json:"),
    ],
)
def test_the_likeliest_token_comes_first(body: object, expected: str) -> None:
    reply = Reply(status=200, body=json.dumps(body))
    assert tokens_in(reply, {"anna@liu.se"})[0][0] == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(status=200, body=TOKEN), "text:"),
        (Reply(status=200, body="{}", headers={"Authorization": TOKEN}), "header:Authorization"),
        (Reply(status=200, body="{}", headers={"Auth": f"Bearer {TOKEN}"}), "header:Auth"),
        (Reply(status=200, body="{}", headers={"Set-Cookie": f"a={TOKEN}; Path=/"}), "cookie:a"),
    ],
)
def test_a_token_may_be_outside_of_the_json(reply: Reply, expected: str) -> None:
    assert tokens_in(reply, set()) == [(expected, TOKEN)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"success": True, "count": 3, "data": None},
        {"data": "anna@liu.se"},
        {"data": "å" * 20},
        {"data": "x" * 5000},
        {"data": f"a\n{TOKEN}"},
        {"odd key": TOKEN},
    ],
)
def test_there_may_be_no_token(body: object) -> None:
    assert tokens_in(Reply(status=200, body=json.dumps(body)), {"anna@liu.se"}) == []


def test_a_page_is_no_token() -> None:
    assert tokens_in(Reply(status=200, body="<!DOCTYPE html><title>x</title>"), set()) == []


def test_ordinary_headers_are_no_tokens() -> None:
    headers = {"Date": "Mon, 01 Jan 2024 00:00:00 GMT", "Server": "gunicorn", "Vary": "Cookie"}
    assert tokens_in(Reply(status=200, body="{}", headers=headers), set()) == []

"""From a contract to a request: every place where a value may go, and what is left out."""

import json
from typing import Any

import pytest

from twidder_cli.engine.requests import opening_for, request_for, value_at, wants_token
from twidder_cli.model.contract import Contract, Operation, SocketPlace, TokenPlace
from twidder_cli.model.timeline import Reply, Request

VALUES = {"email": "anna@liu.se", "password": "Aa1! x&y"}
IN_HEADER = TokenPlace(header="Authorization", value="Bearer {token}")


def asked(operation: Operation, token_place: TokenPlace | None = None, **more: Any) -> Request:
    contract = Contract(operations={}, token=token_place)
    return request_for(contract, operation, VALUES, **{"token": None, **more})


def test_a_form_is_written_as_one() -> None:
    form = Operation(request="POST /login", form={"user": "{email}", "pw": "{password}"})
    assert asked(form) == Request(
        method="POST",
        path="/login",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body="user=anna%40liu.se&pw=Aa1%21+x%26y",
    )


def test_the_token_goes_where_the_contract_says_and_where_the_operation_does() -> None:
    out = Operation(request="POST /out?t={token}", json={"t": "{token}"}, headers={"T": "{token}"})
    request = asked(out, IN_HEADER, token="a b")
    assert request.path == "/out?t=a%20b"
    assert json.loads(request.body or "") == {"t": "a b"}
    assert (request.headers["T"], request.headers["Authorization"]) == ("a b", "Bearer a b")


def test_without_a_token_nothing_holds_its_place() -> None:
    out = Operation(
        request="POST /out/{token}?t={token}&a=1",
        json={"t": "{token}", "a": 1},
        headers={"Cookie": "t={token}"},
    )
    assert asked(out, IN_HEADER) == Request(
        method="POST",
        path="/out/?a=1",
        headers={"Content-Type": "application/json"},
        body='{"a": 1}',
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a?email={email}&password={password}", "/a?email=anna@liu.se"),
        ("/a?password={password}", "/a"),
        ("/a/{password}/{email}", "/a//anna@liu.se"),
    ],
)
def test_an_input_is_left_out_of_the_path(path: str, expected: str) -> None:
    assert asked(Operation(request=f"GET {path}"), without=["password"]).path == expected


def test_an_input_is_left_out_of_headers_and_forms() -> None:
    operation = Operation(
        request="POST /a",
        form={"a": "{email}", "b": "{password}", "c": "{password}"},
        headers={"x": "{password}", "y": "{email}"},
    )
    request = asked(operation, without=["password"])
    assert (request.body, request.headers.keys() - {"Content-Type"}) == ("a=anna%40liu.se", {"y"})


def test_a_body_replaces_a_body_only() -> None:
    operation = Operation(request="POST /a/{email}", json={"b": "{password}"})
    request = asked(operation, body="[]")
    assert (request.path, request.body) == ("/a/anna@liu.se", "[]")


def test_a_body_replaces_the_inputs_that_are_elsewhere() -> None:
    operation = Operation(request="POST /a?b={password}", headers={"c": "{email}"})
    assert asked(operation, body="[]") == Request(
        method="POST", path="/a", headers={"Content-Type": "application/json"}, body="[]"
    )


@pytest.mark.parametrize(
    ("place", "reply", "expected"),
    [
        ("json:data.0.token", Reply(status=200, body='{"data": [{"token": "t"}]}'), "t"),
        ("json:data.1", Reply(status=200, body='{"data": ["t"]}'), None),
        ("json:data.x", Reply(status=200, body='{"data": ["t"]}'), None),
        ("json:", Reply(status=200, body='"t"'), "t"),
        ("text:", Reply(status=200, body="t\n"), "t"),
        ("cookie:s", Reply(status=200, headers={"set-cookie": "s=t; Path=/"}), "t"),
        ("cookie:s", Reply(status=200, headers={"Set-Cookie": "a=b; Path=/, s=t; x=y"}), "t"),
        ("cookie:x", Reply(status=200, headers={"Set-Cookie": "s=t; x=y"}), None),
        ("cookie:s", Reply(status=200), None),
        ("header:auth", Reply(status=200, headers={"Auth": "t"}), "t"),
        ("header:auth", Reply(status=200, headers={"Auth": "Bearer t"}), "t"),
        ("header:auth", Reply(status=200), None),
    ],
)
def test_a_value_has_a_place(place: str, reply: Reply, expected: str | None) -> None:
    assert value_at(reply, place) == expected


def test_a_socket_is_opened_with_what_the_contract_names() -> None:
    place = SocketPlace(
        path="/ws/{email}?t={token}", greeting={"t": "{token}"}, headers={"Cookie": "t={token}"}
    )
    opening = opening_for(place, token="a b", email="x@y")
    assert opening == ("/ws/x@y?t=a%20b", {"Cookie": "t=a b"}, '{"t": "a b"}')


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (SocketPlace(path="/ws", greeting="{email}"), False),
        (SocketPlace(path="/ws/{token}"), True),
        (SocketPlace(path="/ws", greeting={"a": ["{token}"]}), True),
        (SocketPlace(path="/ws", headers={"Cookie": "t={token}"}), True),
    ],
)
def test_a_socket_is_opened_with_a_token_or_with_an_address(
    place: SocketPlace, expected: bool
) -> None:
    assert wants_token(place) is expected

"""Requests to try follow from a route and from what its source reads, the likeliest first."""

import pytest

from tests.checker.learn.test_names import route
from twidder_cli.learn.names import Guess
from twidder_cli.learn.places import is_read, socket_places, token_places
from twidder_cli.learn.reading import Reading
from twidder_cli.learn.variants import variants
from twidder_cli.load.library import find_contract
from twidder_cli.model.contract import Operation, SocketPlace, TokenPlace
from twidder_cli.model.routes import Route

COMMON = find_contract(None)


NOTHING = Reading()


def tried(
    function: str, asked: str, reading: Reading = NOTHING, carrier: str | None = "auth"
) -> list[Operation]:
    guess = Guess(route(asked), asked.partition(" ")[0], 9.0)
    return [v.operation for v in variants(function, guess, reading, COMMON, carrier)]


@pytest.mark.parametrize(
    ("function", "asked", "reading", "expected"),
    [
        (
            "sign_in",
            "POST /in",
            Reading(json=("mail", "pw")),
            Operation(request="POST /in", json={"mail": "{email}", "pw": "{password}"}),
        ),
        (
            "sign_in",
            "POST /in",
            Reading(form=("mail", "pw"), headers=("User-Agent",)),
            Operation(request="POST /in", form={"mail": "{email}", "pw": "{password}"}),
        ),
        (
            "sign_in",
            "GET /in",
            Reading(form=("mail", "pw")),
            Operation(request="GET /in?mail={email}&pw={password}"),
        ),
        (
            "sign_in",
            "POST /in/<user>/<password>",
            NOTHING,
            Operation(request="POST /in/{email}/{password}"),
        ),
        (
            "change_password",
            "PUT /pw",
            Reading(json=("new",), headers=("old_pw", "Auth")),
            Operation(request="PUT /pw", json={"new": "{new}"}, headers={"old-pw": "{old}"}),
        ),
        (
            "post_message",
            "POST /wall/<email>",
            Reading(json=("from", "text")),
            Operation(request="POST /wall/{email}", json={"from": "{own}", "text": "{message}"}),
        ),
        (
            "get_user_data_by_email",
            "GET /user",
            Reading(query=("mail",)),
            Operation(request="GET /user?mail={email}"),
        ),
        (
            "get_user_data_by_token",
            "GET /user/<path:token>",
            NOTHING,
            Operation(request="GET /user/{token}"),
        ),
        (
            "sign_out",
            "POST /out",
            Reading(json=("token",)),
            Operation(request="POST /out", json={"token": "{token}"}),
        ),
        ("sign_out", "POST /out", Reading(headers=("Auth",)), Operation(request="POST /out")),
        (
            "sign_out",
            "POST /out",
            Reading(headers=("other_token",)),
            Operation(request="POST /out", headers={"other-token": "{token}"}),
        ),
    ],
)
def test_names_and_places_are_those_of_the_source(
    function: str, asked: str, reading: Reading, expected: Operation
) -> None:
    assert tried(function, asked, reading)[0] == expected


def test_a_token_s_header_is_left_to_be_found_out() -> None:
    found = tried("sign_out", "POST /out", Reading(headers=("Auth",)), None)
    assert found[0] == Operation(request="POST /out")


def test_several_keys_for_one_input_are_tried_together_and_then_one() -> None:
    found = tried("sign_in", "POST /in", Reading(json=("email", "username", "password")))
    assert [list(operation.json) for operation in found[:2]] == [
        ["email", "username", "password"],
        ["email", "password"],
    ]


def test_a_repeated_password_is_kept() -> None:
    read = (
        "email",
        "password",
        "password2",
        "firstname",
        "familyname",
        "gender",
        "city",
        "country",
    )
    body = tried("sign_up", "POST /up", Reading(json=read))[0].json
    assert (body["password"], body["password2"]) == ("{password}", "{password}")


def test_a_key_that_nobody_understands_is_filled_with_something() -> None:
    found = tried("sign_in", "POST /in", Reading(json=("email", "password", "shoe")))
    assert found[1].json == {"email": "{email}", "password": "{password}", "shoe": "1"}


def test_what_the_source_does_not_show_is_guessed() -> None:
    found = tried("post_message", "POST /post", Reading(json=("content",)))
    assert found[0].json["content"] == "{message}"
    assert found[0].json["to_email"] == "{email}"


def test_without_a_source_the_common_names_come_first_and_all_names_later() -> None:
    found = tried("sign_in", "POST /in")
    assert found[0].json == COMMON.operations["sign_in"].json
    assert any({"email", "username", "password", "pw"} <= {*(one.json or {})} for one in found)


def test_nothing_is_tried_twice() -> None:
    keys = tuple(COMMON.operations["sign_up"].json)
    found = tried("sign_up", "POST /up", Reading(json=keys))
    assert len(found) == len({repr(operation) for operation in found})


# Places


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (
            Reading(headers=("X_Token", "Accept")),
            [("X-Token", "{token}"), ("X-Token", "Bearer {token}")],
        ),
        (
            Reading(headers=("auth",), bearer=True),
            [("auth", "Bearer {token}"), ("auth", "{token}")],
        ),
        (Reading(cookies=("sid",)), [("Cookie", "sid={token}")]),
        (
            Reading(),
            [
                ("Authorization", "{token}"),
                ("Authorization", "Bearer {token}"),
                ("token", "{token}"),
            ],
        ),
    ],
)
def test_places_of_a_token(reading: Reading, expected: list[tuple[str, str]]) -> None:
    found = token_places([reading])
    assert [(place.header, place.value) for place in found[:3]] == expected


@pytest.mark.parametrize(
    ("path", "reading", "expected"),
    [
        ("/ws", Reading(heard=("data",)), SocketPlace(path="/ws", greeting="{token}")),
        ("/ws", Reading(heard=("email",)), SocketPlace(path="/ws", greeting="{email}")),
        ("/ws", Reading(query=("t_token",)), SocketPlace(path="/ws?t_token={token}")),
        ("/ws/<key>", Reading(), SocketPlace(path="/ws/{token}")),
        ("/ws/<email>", Reading(), SocketPlace(path="/ws/{email}")),
        (
            "/ws",
            Reading(cookies=("sid",)),
            SocketPlace(path="/ws", headers={"Cookie": "sid={token}"}),
        ),
        ("/ws", Reading(message=("data",)), SocketPlace(path="/ws", greeting={"data": "{token}"})),
        (
            "/ws",
            Reading(message=("token", "email")),
            SocketPlace(path="/ws", greeting={"token": "{token}", "email": "{email}"}),
        ),
        (
            "/ws",
            Reading(message=("do", "token"), choices={"do": ("hi", "bye")}),
            SocketPlace(path="/ws", greeting={"do": "hi", "token": "{token}"}),
        ),
    ],
)
def test_ways_to_open_a_socket(path: str, reading: Reading, expected: SocketPlace) -> None:
    argument = [path.partition("<")[2].rstrip(">")] if "<" in path else []
    socket = Route(rule=path, arguments=tuple(argument), websocket=True)
    assert socket_places(socket, reading, None)[0] == expected


@pytest.mark.parametrize(
    ("place", "reading", "expected"),
    [
        (SocketPlace(path="/ws", greeting="{token}"), Reading(heard=("token", "data")), True),
        (SocketPlace(path="/ws", greeting="{token}"), Reading(heard=("data",)), True),
        (SocketPlace(path="/ws", greeting="{token}"), Reading(heard=("word", "data")), False),
        (SocketPlace(path="/ws", greeting="{token}"), Reading(heard=("d",), message=("t",)), False),
        (SocketPlace(path="/ws", greeting="{token}"), Reading(), False),
        (SocketPlace(path="/ws", greeting={"t": "{token}"}), Reading(message=("t",)), True),
        (SocketPlace(path="/ws?token={token}"), Reading(heard=("data",)), False),
        (SocketPlace(path="/ws?token={token}"), Reading(query=("token",)), True),
        (SocketPlace(path="/ws/{email}"), Reading(), True),
        (SocketPlace(path="/ws"), Reading(), False),
    ],
)
def test_whether_the_source_reads_how_a_socket_is_opened(
    place: SocketPlace, reading: Reading, expected: bool
) -> None:
    assert is_read(place, reading) is expected


def test_a_cookie_that_carries_the_token_goes_with_the_handshake() -> None:
    socket = Route(rule="/ws", websocket=True)
    cookie = TokenPlace(header="Cookie", value="sid={token}")
    found = socket_places(socket, Reading(), cookie)
    assert found[0] == SocketPlace(path="/ws", headers={"Cookie": "sid={token}"})

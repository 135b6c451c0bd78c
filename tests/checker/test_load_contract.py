"""Contract files: names and places, and what is wrong with them."""

from pathlib import Path

import pytest

from tests.checker.files import CONTRACT, changed
from twidder_cli.load.contract import load_contract
from twidder_cli.load.library import find_contract
from twidder_cli.load.source import Mistakes
from twidder_cli.model.contract import FUNCTIONS, Contract, Operation, SocketPlace, TokenPlace

PLACE_WANTED = (
    "c.yaml:3:73: expected 'json:data', 'header:Authorization' or 'cookie:session', got 'data'"
)


def mistakes_in(text: str) -> list[str]:
    mistakes = Mistakes()
    assert load_contract(text, "c.yaml", mistakes, vouched=True) is None
    return mistakes.found


def loaded(text: str) -> Contract | None:
    mistakes = Mistakes()
    contract = load_contract(text, "c.yaml", mistakes, vouched=True)
    assert mistakes.found == []
    return contract


def test_a_right_file_becomes_a_contract() -> None:
    assert loaded(CONTRACT) == Contract(
        operations={
            "sign_up": Operation(request="POST /sign_up", json={"email": "{email}"}),
            "sign_in": Operation(
                request="POST /sign_in", json={"username": "{email}"}, token="json:data"
            ),
        },
        token=TokenPlace(header="Authorization", value="{token}"),
        socket=SocketPlace(path="/ws", greeting="{token}"),
        name="c.yaml",
        vouched=True,
    )


def test_a_greeting_may_be_a_value_of_its_own() -> None:
    text = changed(CONTRACT, 'greeting: "{token}"', 'greeting: {type: hello, token: "{token}"}')
    contract = loaded(text)
    assert contract is not None
    assert contract.socket == SocketPlace(
        path="/ws", greeting={"type": "hello", "token": "{token}"}
    )


def test_a_socket_may_have_no_greeting() -> None:
    contract = loaded(changed(CONTRACT, ', greeting: "{token}"', ""))
    assert contract is not None
    assert contract.socket == SocketPlace(path="/ws", greeting=None)


def test_a_socket_may_have_headers_and_the_address_in_its_path() -> None:
    text = changed(
        CONTRACT,
        '{path: /ws, greeting: "{token}"}',
        '{path: "/ws/{email}", headers: {Cookie: "t={token}"}}',
    )
    contract = loaded(text)
    assert contract is not None
    assert contract.socket == SocketPlace(path="/ws/{email}", headers={"Cookie": "t={token}"})


def test_a_body_may_be_a_form() -> None:
    contract = loaded(changed(CONTRACT, "json: {username", "form: {username"))
    assert contract is not None
    assert contract.operations["sign_in"].form == {"username": "{email}"}


def test_operations_may_say_where_they_want_the_token() -> None:
    text = changed(CONTRACT, 'token: {header: Authorization, value: "{token}"}\n', "")
    sign_out = '  sign_out: {request: "DELETE /session?token={token}"}\nsocket:'
    contract = loaded(changed(text, "socket:", sign_out))
    assert contract is not None
    assert contract.token is None


def test_what_a_server_does_not_have_is_absent() -> None:
    text = changed(CONTRACT, 'socket: {path: /ws, greeting: "{token}"}', "absent: [connect]")
    contract = loaded(text)
    assert contract is not None
    assert contract.socket is None
    assert contract.absent == {"connect"}


@pytest.mark.parametrize(
    "place",
    ["json:", "json:data.token", "json:data.0", "header:X-Token", "cookie:session", "text:"],
)
def test_the_token_may_be_elsewhere(place: str) -> None:
    contract = loaded(changed(CONTRACT, "json:data", place))
    assert contract is not None
    assert contract.operations["sign_in"].token == place


def test_the_common_contract_names_the_nine_functions_and_is_not_vouched_for() -> None:
    contract = find_contract(None)
    assert (tuple(contract.operations), contract.vouched) == (FUNCTIONS, False)


def test_the_handbook_s_example_is_a_contract() -> None:
    handbook = (Path(__file__).parents[2] / "docs/contracts.md").read_text()
    contract = loaded(handbook.split("```yaml\n")[1].partition("```")[0])
    assert contract is not None
    assert contract.absent == {"change_password"}


def test_a_contract_that_was_named_is_vouched_for() -> None:
    assert find_contract("common").vouched


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "POST /sign_in",
            "POTS /sign_in",
            ["c.yaml:3:22: expected a request such as 'POST /sign_in', got 'POTS /sign_in'"],
            id="no method",
        ),
        pytest.param(
            "POST /sign_in",
            "POST sign_in",
            ["c.yaml:3:22: expected a request such as 'POST /sign_in', got 'POST sign_in'"],
            id="no path",
        ),
        pytest.param(
            "POST /sign_in",
            "5",
            ["c.yaml:3:22: expected a request such as 'POST /sign_in', got 5"],
            id="a request that is a number",
        ),
        pytest.param(
            "sign_up: {",
            "sing_up: {",
            [
                "c.yaml:2:3: there is no function 'sing_up'. Did you mean 'sign_up'?",
                "c.yaml:2:3: 'sign_up' is missing",
            ],
            id="an unknown function",
        ),
        pytest.param(
            "sign_up: {request",
            "sign_up: {requst",
            [
                "c.yaml:2:13: there is no field of sign_up 'requst'. Did you mean 'request'?",
                "c.yaml:2:12: 'request' is missing",
            ],
            id="an unknown field of a function",
        ),
        pytest.param(
            '{email: "{email}"}',
            '{email: "{mail}"}',
            ["c.yaml:2:43: there is no {mail} here. Did you mean 'email'?"],
            id="an unknown placeholder",
        ),
        pytest.param(
            "json:data",
            "data",
            [
                PLACE_WANTED,
            ],
            id="no place of the token",
        ),
        pytest.param(
            'value: "{token}"',
            'value: "{tokn}"',
            ["c.yaml:4:39: there is no {tokn} here. Did you mean 'token'?"],
            id="an unknown placeholder in the header",
        ),
        pytest.param(
            'greeting: "{token}"',
            'greeting: ["{tok}"]',
            ["c.yaml:5:31: there is no {tok} here. Did you mean 'token'?"],
            id="an unknown placeholder in the greeting",
        ),
        pytest.param(
            "socket: {",
            "sockets: {",
            [
                "c.yaml:5:1: there is no field 'sockets'. Did you mean 'socket'?",
                "c.yaml:1:1: 'socket' is missing",
            ],
            id="an unknown field",
        ),
        pytest.param(
            ", json: {username",
            ", headers: {X-A: 5}, json: {username",
            ["c.yaml:3:46: expected header names with texts"],
            id="a header's value that is a number",
        ),
        pytest.param(
            ", json: {username",
            ', headers: {"X A": b}, json: {username',
            ["c.yaml:3:46: expected a header's name, got 'X A'"],
            id="no header's name",
        ),
        pytest.param(
            ", json: {username",
            ", form: {a: b}, json: {username",
            ["c.yaml:3:43: a request has one body: expected json or form, got both"],
            id="two bodies",
        ),
        pytest.param(
            ", json: {username",
            ", form: [a], json: {username",
            [
                "c.yaml:3:43: a request has one body: expected json or form, got both",
                "c.yaml:3:43: expected field names with texts",
            ],
            id="a form that is a list",
        ),
        pytest.param(
            'token: {header: Authorization, value: "{token}"}\n',
            "",
            ["c.yaml:1:1: 'token' is missing"],
            id="nowhere for the token",
        ),
        pytest.param(
            "socket: {",
            "absent: [connect, sign_up, sign_ot]\nsocket: {",
            [
                "c.yaml:5:19: expected what is absent, got 'sign_up'. Did you mean 'sign_out'?",
                "c.yaml:5:28: expected what is absent, got 'sign_ot'. Did you mean 'sign_out'?",
                "c.yaml:6:9: connect is said to be absent, too",
            ],
            id="absent and there",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: list[str]) -> None:
    assert mistakes_in(changed(CONTRACT, old, new)) == said


def test_all_mistakes_are_told_in_one_pass() -> None:
    text = changed(changed(CONTRACT, "POST /sign_up", "/sign_up"), "json:data", "data")
    assert mistakes_in(text) == [
        "c.yaml:2:22: expected a request such as 'POST /sign_in', got '/sign_up'",
        PLACE_WANTED,
    ]

"""Which address is the application's own, whatever origin a page names. Pure."""

import pytest

from twidder_cli.browser.addresses import function_of, is_for_server, is_icon, origin_of
from twidder_cli.browser.asking import asks_as
from twidder_cli.load.library import find_contract
from twidder_cli.model.contract import Contract, Operation
from twidder_cli.model.timeline import Request

CONTRACT = find_contract("common")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:5000/ws?token=a", "http://localhost:5000"),
        ("https://my-app.herokuapp.com:443/", "https://my-app.herokuapp.com"),
        ("http://anna:secret@LIU.se:80", "http://liu.se"),
        ("http://liu.se:443", "http://liu.se:443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("kind", "method", "url", "is_own"),
    [
        ("XHR", "POST", "http://localhost:5000/api/whatever", True),
        ("Script", "GET", "http://127.0.0.1:8000/static/client.js", True),
        ("XHR", "POST", "https://my-app.herokuapp.com/sign_in", True),
        ("Fetch", "GET", "http://liu.se/get_user_data_by_email/anna@liu.se", True),
        ("XHR", "GET", "https://my-app.herokuapp.com/sign_in", False),
        ("XHR", "GET", "https://nominatim.openstreetmap.org/reverse?lat=58", False),
        ("Script", "GET", "https://code.jquery.com/jquery.js", False),
        ("Document", "POST", "https://elsewhere.org/sign_in", False),
    ],
)
def test_a_request_is_meant_for_the_server(kind: str, method: str, url: str, is_own: bool) -> None:
    assert is_for_server(CONTRACT, kind, {"method": method, "url": url}) is is_own


def test_the_icon_that_every_browser_asks_for_is_no_matter_of_the_page() -> None:
    assert is_icon("http://127.0.0.1:5000/favicon.ico?v=1")
    assert not is_icon("http://127.0.0.1:5000/static/favicon.ico.js")
    assert not is_icon("http://[")


@pytest.mark.parametrize(
    ("template", "path", "is_it"),
    [
        ("/users/{email}", "/users/anna@liu.se/", True),
        ("/users/{email}", "/users/", False),
        ("/users/{email}", "/users/a/b", False),
        ("/u-{email}.json", "/u-a.json", True),
        ("/u-{email}.json", "/u-.json", False),
        ("/{email}-{own}", "/a-b", True),
        ("/{email}-{own}", "/a-", False),
        ("/{email}{own}", "/ab", True),
        ("/x" + "{email}" * 40, "/x" + "a" * 5000 + "/b", False),
        ("/x" + "{email}a" * 40, "/x" + "a" * 5000 + "b", False),
    ],
)
def test_a_path_is_one_of_a_template(template: str, path: str, is_it: bool) -> None:
    contract = Contract(operations={"sign_out": Operation(request=f"GET {template}")})
    assert (function_of(contract, "GET", path) == "sign_out") is is_it


TOKEN = "{anna@laptop.token.1}"


@pytest.mark.parametrize(
    ("headers", "is_alike"),
    [
        ({"auth": TOKEN, "x-time": "17", "pragma": "no-cache"}, True),
        ({"Auth": "{anna@laptop.token.2}", "X-Time": "17"}, False),
        ({"Auth": "null", "X-Time": "17"}, False),
        ({"X-Time": "17"}, False),
        ({"Auth": TOKEN}, False),
    ],
)
def test_a_page_that_has_forgotten_its_token_asks_as_somebody_else(
    headers: dict[str, str], is_alike: bool
) -> None:
    granted = Request(method="GET", path="/me", headers={"Auth": TOKEN, "X-Time": "16"})
    assert asks_as(Request(method="GET", path="/me", headers=headers), granted) is is_alike

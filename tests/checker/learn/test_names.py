"""Routes are matched with functions by all that is known of them."""

import pytest

from tests.checker.learn.styles import CAMEL, OPAQUE, REST, SLASHED, SYNONYMS
from tests.checker.learn.submissions import ROUTES
from twidder_cli.learn.names import Names, matched, sockets
from twidder_cli.learn.reading import Reading
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.routes import Route, RouteTable

PAGES = (
    Route(rule="/", methods=("GET",), endpoint="root"),
    Route(rule="/static/<path:filename>", methods=("GET",), endpoint="static"),
    Route(rule="/ws", methods=("GET",), endpoint="live", websocket=True),
)


def route(request: str, name: str = "", *, endpoint: str = "") -> Route:
    """Return a route such as `GET,POST /user/<email>`."""
    methods, rule = request.split()
    arguments = [part.partition(">")[0].rpartition(":")[2] for part in rule.split("<")[1:]]
    return Route(
        rule=rule,
        methods=tuple(methods.split(",")),
        endpoint=endpoint or name,
        function=name,
        arguments=tuple(arguments),
    )


def names(*routes: Route, behind: str = "", **readings: Reading) -> Names:
    by_route = {r: readings[r.function] for r in routes if r.function in readings}
    return matched(RouteTable(routes=(*PAGES, *routes), behind=behind), by_route)


def chosen(*routes: Route, **readings: Reading) -> dict[str, str]:
    found = names(*routes, behind="", **readings).chosen
    return {name: f"{guess.method} {guess.route.rule}" for name, guess in found.items()}


@pytest.mark.parametrize("style", [ROUTES, CAMEL, REST, SLASHED, SYNONYMS])
@pytest.mark.parametrize("views", ["as the lab says", "saying nothing"])
def test_paths_say_what_they_are(style: dict[str, str], views: str) -> None:
    routes = [
        route(request, name if views == "as the lab says" else f"f{number}")
        for number, (name, request) in enumerate(style.items())
    ]
    assert chosen(*routes) == style


def test_functions_say_it_where_paths_do_not() -> None:
    assert chosen(*(route(request, name) for name, request in OPAQUE.items())) == OPAQUE


def test_endpoints_say_it_where_all_routes_have_one_function() -> None:
    routes = (route(request, "serve", endpoint=f"bp.{n}") for n, request in OPAQUE.items())
    assert chosen(*routes) == OPAQUE


@pytest.mark.parametrize(
    ("function", "reading"),
    [
        ("sign_up", Reading(json=("mail", "pw", "fname", "surname", "sex"))),
        ("sign_in", Reading(form=("user", "pw"))),
        ("change_password", Reading(json=("old", "new"))),
        ("post_message", Reading(json=("to", "content"))),
    ],
)
def test_the_source_says_it_where_no_name_does(function: str, reading: Reading) -> None:
    assert chosen(route("POST /x", "f"), f=reading) == {function: "POST /x"}


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        (
            "POST /users/login; POST /users; GET /users; GET /users/<email>",
            {
                "sign_in": "POST /users/login",
                "sign_up": "POST /users",
                "get_user_data_by_token": "GET /users",
                "get_user_data_by_email": "GET /users/<email>",
            },
        ),
        (
            "GET /messages; POST /messages; GET /messages/<user>; PUT /password",
            {
                "get_user_messages_by_token": "GET /messages",
                "post_message": "POST /messages",
                "get_user_messages_by_email": "GET /messages/<user>",
                "change_password": "PUT /password",
            },
        ),
        (
            "POST /auth/login; POST /auth/register; POST /auth/logout; GET /auth/me",
            {
                "sign_in": "POST /auth/login",
                "sign_up": "POST /auth/register",
                "sign_out": "POST /auth/logout",
                "get_user_data_by_token": "GET /auth/me",
            },
        ),
        (
            "GET,POST,DELETE /session; POST /account/new",
            {
                "sign_in": "POST /session",
                "sign_out": "DELETE /session",
                "sign_up": "POST /account/new",
            },
        ),
        (
            "GET /posts; POST /post; POST /resetPassword; POST /forgotPassword; GET /forgot",
            {
                "get_user_messages_by_token": "GET /posts",
                "post_message": "POST /post",
                "change_password": "POST /resetPassword",
            },
        ),
        ("GET /get_user_data/<token>", {"get_user_data_by_token": "GET /get_user_data/<token>"}),
        ("GET /location; POST /media/upload", {}),
    ],
)
def test_what_a_route_is_depends_on_the_others(requests: str, expected: dict[str, str]) -> None:
    found = chosen(*(route(request) for request in requests.split("; ")))
    assert {name: found.get(name) for name in expected} == expected
    assert len(set(found.values())) == len(found)


def test_a_function_without_any_route_is_absent() -> None:
    routes = [route(request, name) for name, request in ROUTES.items() if name != "sign_out"]
    found = names(*routes)
    taken = {guess[:2] for guess in found.chosen.values()}
    assert found.is_absent("sign_out", taken)
    assert not any(found.is_absent(name, ()) for name in FUNCTIONS if name != "sign_out")


@pytest.mark.parametrize("more", ["POST /bye", "GET /x/<y>", "DELETE /zzz"])
def test_no_function_is_absent_where_a_route_could_be_anything(more: str) -> None:
    routes = [route(request, name) for name, request in ROUTES.items() if name != "sign_out"]
    found = names(*routes, route(more))
    taken = {guess[:2] for guess in found.chosen.values()}
    assert not found.is_absent("sign_out", taken)
    assert found.guesses["sign_out"][-1].route == route(more)


def test_a_reading_function_is_no_route_that_deletes() -> None:
    assert names(route("DELETE /zzz")).is_absent("get_user_data_by_token", ())


@pytest.mark.parametrize("more", ["GET /location", "POST /upload_image"])
def test_a_route_about_something_else_is_no_function(more: str) -> None:
    assert names(route(more)).is_absent("sign_out", ())


def test_no_function_is_absent_where_something_else_may_answer() -> None:
    assert not names(behind="DispatcherMiddleware").is_absent("sign_out", ())


def test_a_route_is_not_tried_for_a_function_when_it_is_another_one() -> None:
    found = names(route("GET /user", "user"))
    place = (route("GET /user", "user"), "GET")
    assert not found.is_absent("get_user_data_by_email", ())
    assert found.is_absent("get_user_data_by_email", {place})


def test_the_session_s_socket_comes_first() -> None:
    chat = Route(rule="/chat", websocket=True, function="chat")
    mine = Route(rule="/own", websocket=True, function="connect")
    made = route("GET /live", "live")
    table = RouteTable(routes=(chat, mine, made, route("GET /x")))
    assert sockets(table, {made: Reading(socket=True)}) == [mine, chat, made]

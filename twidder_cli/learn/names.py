"""Which route is which of the lab's functions: by its words, method, arguments and source."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from twidder_cli.learn.keys import inputs_of
from twidder_cli.learn.reading import Reading
from twidder_cli.learn.words import words
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.routes import Route, RouteTable

STRONG = 5.0
"""The score from which on a name says what a route is, also where trying could not prove it."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_FOR = {
    "sign_up": {
        "sign up": 10, "create user": 8, "new user": 8, "POST user": 5,
        "sign in": -8, "sign out": -10, "message": -8, "password": -8, "session": -5, "<email>": -3,
        "GET": -6, "DELETE": -10, "PATCH": -6,
    },
    "sign_in": {
        "sign in": 10, "create session": 8, "POST session": 7, "auth": 6, "POST token": 4,
        "sign up": -10, "sign out": -10, "message": -8, "password": -3, "forgot": -8,
        "GET": -3, "DELETE": -10, "PATCH": -6,
    },
    "sign_out": {
        "sign out": 10, "delete session": 8, "DELETE session": 8, "delete token": 6,
        "DELETE token": 6, "DELETE auth": 6, "DELETE sign in": 6, "message": -8, "sign up": -10,
        "password": -8,
    },
    "change_password": {
        "change password": 10, "new password": 9, "password": 6, "change user": 2, "PUT user": 2,
        "PATCH user": 2, "forgot": -10, "message": -8, "sign up": -10, "GET": -6, "DELETE": -10,
    },
    "get_user_data_by_token": {
        "user token": 10, "user own": 10, "own": 8, "GET user": 5, "GET user get": 6,
        "email": -6, "other": -8, "<email>": -8,
    },
    "get_user_data_by_email": {
        "user email": 10, "GET user <email>": 10, "user other": 9, "GET other": 5, "GET user": 3,
        "GET email": 3, "token": -6, "own": -8,
    },
    "get_user_messages_by_token": {
        "message token": 10, "message own": 10, "GET message": 6, "get message": 6,
        "email": -6, "other": -8, "<email>": -8,
    },
    "get_user_messages_by_email": {
        "message email": 10, "GET message <email>": 10, "message other": 10, "get message": 3,
        "GET message": 3, "token": -6, "own": -8,
    },
    "post_message": {
        "post message": 10, "create message": 10, "new message": 10, "POST message": 8,
        "create post": 9, "new post": 9, "POST post": 7, "PUT message": 4,
        "get": -8, "GET": -10, "DELETE": -10, "password": -10,
    },
}  # fmt: skip
_READING_USER = {
    "message": -10, "post": -6, "password": -10, "sign up": -10, "sign in": -10, "sign out": -10,
    "session": -6, "auth": -2, "create": -6, "change": -8, "POST": -2, "PUT": -2, "PATCH": -10,
    "DELETE": -10,
}  # fmt: skip
_READING_MESSAGES = {
    "create": -8, "post": -4, "password": -10, "sign up": -10, "sign in": -10, "sign out": -10,
    "POST": -4, "PUT": -2, "PATCH": -10, "DELETE": -10,
}  # fmt: skip
for _name in FUNCTIONS[4:6]:
    _FOR[_name] = {**_READING_USER, **_FOR[_name]}
for _name in FUNCTIONS[6:8]:
    _FOR[_name] = {**_READING_MESSAGES, **_FOR[_name]}

_USUAL = {
    "sign_up": "POST",
    "sign_in": "POST",
    "sign_out": "DELETE",
    "change_password": "PUT",
    "post_message": "POST",
}
_INPUTS = {
    "sign_up": frozenset({"email", "password", "firstname", "familyname"}),
    "change_password": frozenset({"old", "new"}),
    "post_message": frozenset({"message"}),
}
"""What only that function is given."""

_ARGUMENT = re.compile(r"<[^>]*>")
_ELSE = {
    *("location", "geo", "media", "image", "picture", "photo", "upload", "file", "video"),
    *("chart", "charts", "stat", "stats", "statistics", "count", "ping", "test", "forgot"),
}
"""Words of routes that are about something else."""

_SOCKET_WORDS = {"ws", "sock", "socket", "websocket", "connect", "session", "sign", "auth", "own"}


class Guess(NamedTuple):
    """A route and a method that may be a function, and how much speaks for it."""

    route: Route
    method: str
    score: float


class Names(NamedTuple):
    """Which routes may be which functions.

    `guesses` are all that may be a function, the likeliest first and what could be anything
    last; `chosen` is what it most likely is, each route for one function only. `is_whole`:
    there are no other routes.
    """

    guesses: Mapping[str, tuple[Guess, ...]]
    chosen: Mapping[str, Guess]
    is_whole: bool

    def is_absent(self, function: str, taken: Collection[tuple[Route, str]]) -> bool:
        """Whether no route could be a function, other than those `taken` for others."""
        return self.is_whole and all(guess[:2] in taken for guess in self.guesses[function])


def matched(table: RouteTable, readings: Mapping[Route, Reading]) -> Names:
    """Return which routes may be which functions, by the names in a table and by the source."""
    routes = [route for route in table.routes if is_candidate(route, readings)]
    places = [(route, method) for route in routes for method in route.methods if method in _METHODS]
    scores = [
        {name: score(name, route, method, readings.get(route, Reading())) for name in FUNCTIONS}
        for route, method in places
    ]
    chosen = _assigned(scores)
    unknown = [
        Guess(*place, 0.0)
        for place, row in zip(places, scores, strict=True)
        if max(row.values()) < STRONG and not _named(place[0]) & _ELSE
    ]
    guesses = {
        name: _each_once(
            *(Guess(*places[i], scores[i][name]) for i in _ranked(name, scores, chosen)),
            *(guess for guess in unknown if guess.method in _possible(name)),
        )
        for name in FUNCTIONS
    }
    return Names(
        guesses=guesses,
        chosen={name: guesses[name][0] for name in chosen},
        is_whole=not table.behind,
    )


def _each_once(*guesses: Guess) -> tuple[Guess, ...]:
    """Return guesses without those that come again with less to speak for them."""
    return tuple({guess[:2]: guess for guess in reversed(guesses)}.values())[::-1]


def _possible(function: str) -> frozenset[str]:
    """Return the methods that a route of any name may have to be a function."""
    return frozenset({"GET", "POST", "PUT"} if function.startswith("get") else _METHODS)


def sockets(table: RouteTable, readings: Mapping[Route, Reading]) -> list[Route]:
    """Return the routes for WebSockets, the likeliest for the session's first."""
    found = [route for route in table.routes if _opens_socket(route, readings)]
    return sorted(found, key=lambda route: -len(_SOCKET_WORDS & _named(route)))


def _opens_socket(route: Route, readings: Mapping[Route, Reading]) -> bool:
    return route.websocket or readings.get(route, Reading()).socket


def is_candidate(route: Route, readings: Mapping[Route, Reading]) -> bool:
    """Whether a route may be a function: it is no page, no file, no WebSocket."""
    is_page = route.rule == "/" or route.endpoint.rpartition(".")[2] == "static"
    return not (is_page or "favicon" in route.rule or _opens_socket(route, readings))


def score(function: str, route: Route, method: str, reading: Reading) -> float:
    """Return how much speaks for a route being a function: nothing below or at 0."""
    seen = features(route, method)
    weights = [
        weight for pattern, weight in _FOR[function].items() if seen.issuperset(pattern.split())
    ]
    most = max((weight for weight in weights if weight > 0), default=0)
    against = sum(weight for weight in weights if weight < 0)
    return most + against + _usual(function, method) * bool(most) + _by_source(function, reading)


def features(route: Route, method: str) -> frozenset[str]:
    """Return what speaks for and against: words of path and function, method, arguments."""
    arguments = {"<token>" if "token" in words(name) else "<email>" for name in route.arguments}
    return _named(route) | arguments | {method}


def _named(route: Route) -> frozenset[str]:
    """Return the words of a route's path, endpoint and function."""
    path = _ARGUMENT.sub("", route.rule)
    return words(path) | words(route.endpoint.rpartition(".")[2]) | words(route.function)


def _usual(function: str, method: str) -> float:
    return 1.0 if _USUAL.get(function, "GET") == method else 0.0


def _by_source(function: str, reading: Reading) -> float:
    """Return what the names that the source reads, and what it answers, say about the function."""
    given = inputs_of(function, reading)
    if function == "sign_in":
        signs_up = "firstname" in inputs_of("sign_up", reading)
        is_plain = given == {"email", "password"} and not signs_up
        hands_over = any("token" in words(key) for key in reading.replies)
        return 3.0 * is_plain + 2.0 * hands_over
    if function.endswith("by_email"):
        return 2.0 * (given == {"email"})
    has_own = function in _INPUTS and given >= _INPUTS[function]
    makes_something = function in {"sign_up", "post_message"} and 201 in reading.statuses
    return 6.0 * has_own + 1.0 * makes_something


def _assigned(scores: Sequence[Mapping[str, float]]) -> dict[str, int]:
    """Return the assignment of functions to places with the greatest sum of scores.

    Place by place: the best way so far to have served each set of functions.
    """
    best: dict[frozenset[str], tuple[float, dict[str, int]]] = {frozenset(): (0.0, {})}
    for index, row in enumerate(scores):
        for served, (total, chosen) in list(best.items()):
            for name, value in row.items():
                more = served | {name}
                if value > 0 and name not in served and total + value > best.get(more, (0.0,))[0]:
                    best[more] = (total + value, {**chosen, name: index})
    return max(best.values(), key=lambda way: way[0])[1]


def _ranked(
    name: str, scores: Sequence[Mapping[str, float]], chosen: Mapping[str, int]
) -> Iterable[int]:
    """Return the places that may be a function, the assigned one first."""
    possible = [index for index, row in enumerate(scores) if row[name] > 0]
    return sorted(possible, key=lambda i: (chosen.get(name) != i, -scores[i][name]))

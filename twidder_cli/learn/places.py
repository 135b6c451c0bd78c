"""Where a token may go in requests, and how a socket may be opened: the likeliest first. Pure."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from twidder_cli.learn.keys import meaning
from twidder_cli.learn.reading import Reading
from twidder_cli.learn.variants import path_of, sent_as
from twidder_cli.model.contract import SocketPlace, TokenPlace
from twidder_cli.model.routes import Route

_MOST_CHOICES = 4
_HEADERS = ("Authorization", "token", "auth", "x-token", "x-access-token", "x-auth-token")


def token_places(readings: Iterable[Reading]) -> list[TokenPlace]:
    """Return the headers that may carry the token, as the source reads them, else as it is done."""
    readings = list(readings)
    read = {sent_as(name): None for reading in readings for name in reading.headers}
    named = [name for name in read if meaning(name, "sign_out") == "token"]
    bearer = any(reading.bearer for reading in readings)
    places = [
        TokenPlace(header=header, value=value)
        for header in named
        for value in (("Bearer {token}", "{token}") if bearer else ("{token}", "Bearer {token}"))
    ]
    usual = [TokenPlace(header=header) for header in _HEADERS]
    usual.insert(1, TokenPlace(header="Authorization", value="Bearer {token}"))
    cookies = {name: None for reading in readings for name in reading.cookies}
    places += [TokenPlace(header="Cookie", value=f"{name}={{token}}") for name in cookies]
    return places or usual


def socket_places(route: Route, reading: Reading, token: TokenPlace | None) -> list[SocketPlace]:
    """Return the ways in which a socket may want to be opened at a route.

    `token` is its place in other requests: a cookie goes with the handshake, too.
    """
    path = path_of(route.rule, "connect")
    found = [*_by_source(path, reading), *_by_habit(path, token)]
    return [place for index, place in enumerate(found) if place not in found[:index]]


def is_read(place: SocketPlace, reading: Reading) -> bool:
    """Whether the source reads what a socket is opened with in this way."""
    if place.greeting == "{token}":
        named = any(meaning(name, "connect") == "token" for name in reading.heard)
        return not reading.message and (named or len(reading.heard) == 1)
    path, _, query = place.path.partition("?")
    return ("{" in path and not query) or place in _by_source(path, reading)


def _by_source(path: str, reading: Reading) -> Iterator[SocketPlace]:
    query = {
        key: f"{{{meaning(key, 'connect')}}}" for key in reading.query if meaning(key, "connect")
    }
    if query:
        parameters = "&".join(f"{key}={value}" for key, value in query.items())
        yield SocketPlace(path=f"{path}?{parameters}")
    for name in reading.cookies:
        yield SocketPlace(path=path, headers={"Cookie": f"{name}={{token}}"})
    if reading.message:
        yield from (SocketPlace(path=path, greeting=keys) for keys in _greetings(reading))
    if any(meaning(name, "connect") == "email" for name in reading.heard):
        yield SocketPlace(path=path, greeting="{email}")


def _greetings(reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield greetings with the keys that are read, one for each choice of texts."""
    known = {key: meaning(key, "connect") for key in reading.message}
    fixed = [key for key in reading.message if reading.choices.get(key)]
    named = {key: f"{{{what}}}" for key, what in known.items() if what and key not in fixed}
    if not named:
        named = {key: "{token}" for key in reading.message if key not in fixed}
    choices = product(*(reading.choices[key][:_MOST_CHOICES] for key in fixed))
    for choice in choices:
        yield {**dict(zip(fixed, choice, strict=True)), **named}


def _by_habit(path: str, token: TokenPlace | None) -> Iterator[SocketPlace]:
    if "{" in path:
        yield SocketPlace(path=path)
    if token is not None and token.header == "Cookie":
        yield SocketPlace(path=path, headers={"Cookie": token.value})
    for greeting in ("{token}", {"token": "{token}"}, "{email}", {"email": "{email}"}):
        yield SocketPlace(path=path, greeting=greeting)
    yield SocketPlace(path=f"{path}?token={{token}}")
    yield SocketPlace(path=path)

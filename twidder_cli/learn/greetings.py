"""How a socket is opened: right is what stays open, and hears of a second sign-in."""

from collections.abc import Iterable
from itertools import islice

from twidder_cli.engine.pace import NOTICE
from twidder_cli.engine.requests import Opening, opening_for
from twidder_cli.learn.draft import Draft, Evidence
from twidder_cli.learn.options import Options
from twidder_cli.learn.places import socket_places
from twidder_cli.learn.probe import Ear, Person
from twidder_cli.learn.reading import Reading
from twidder_cli.model.contract import SocketPlace
from twidder_cli.model.routes import Route
from twidder_cli.model.timeline import Frame
from twidder_cli.model.view import shape

_MOST_TRIES = 12
_WORDS = {
    Evidence.PROVED: "proved: the first client hears of the second sign-in",
    Evidence.ACCEPTED: "not proved: the first client hears nothing of the second sign-in; but "
    "this opens a socket, and with a made-up token it does not",
    Evidence.THERE: "not proved: the first client hears nothing of the second sign-in",
    Evidence.NOTHING: "not proved: no socket stays open",
}


def connect(draft: Draft, options: Options, routes: Iterable[Route]) -> None:
    """Learn how a socket is opened: the first way that is proved, else what comes nearest."""
    best = Evidence.NOTHING
    for place in islice(_places(draft, options, routes), _MOST_TRIES):
        evidence = _tried(draft, place)
        if draft.socket is None or evidence > best:
            best, draft.socket = evidence, place
        if best is Evidence.PROVED:
            draft.proved.add("connect")
            break
    if draft.socket is not None:
        draft.found["socket"] = f"{options.origin}; {_WORDS[best]}"


def _places(draft: Draft, options: Options, routes: Iterable[Route]) -> Iterable[SocketPlace]:
    for route in routes:
        if options.is_table or _is_there(draft, route):
            reading = options.readings.get(route, Reading())
            yield from socket_places(route, reading, draft.token)


def _is_there(draft: Draft, route: Route) -> bool:
    ear = draft.probe.socket(Opening(route.rule, {}, None))
    ear.leave()
    return ear.is_open


def _tried(draft: Draft, place: SocketPlace) -> Evidence:
    """Open a socket in this way, sign in elsewhere, and see whether the first one hears of it."""
    person, stranger = draft.newcomer(), draft.probe.person()
    first = _opened(draft, place, person)
    ears = [first]
    try:
        if first.wait(_ended, draft.probe.pace.settle) or not first.is_open:
            return Evidence.NOTHING
        stranger.token = person.made_up(person.token)
        other = _opened(draft, place, stranger)
        ears.append(other)
        flowed = {shape(frame) for frame in first.heard}
        if draft.sign_in_again(person):
            ears.append(_opened(draft, place, person))
        if first.wait(lambda heard: _is_told(heard, flowed, other), NOTICE):
            return Evidence.PROVED
        return Evidence.ACCEPTED if other.has_ended else Evidence.THERE
    finally:
        for ear in ears:
            ear.leave()


def _opened(draft: Draft, place: SocketPlace, person: Person) -> Ear:
    return draft.probe.socket(opening_for(place, token=person.token, email=person.email))


def _ended(heard: list[Frame]) -> bool:
    return any(frame.ends for frame in heard)


def _is_told(heard: list[Frame], flowed: set[str], stranger: Ear) -> bool:
    """Whether there is an end, or something new that a stranger did not hear as well."""
    noise = flowed | {shape(frame) for frame in stranger.heard}
    return any(frame.ends or shape(frame) not in noise for frame in heard)

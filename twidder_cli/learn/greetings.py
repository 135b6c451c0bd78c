"""How a socket is opened: right is what stays open, and hears of a second sign-in."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from twidder_cli.engine.pace import NOTICE
from twidder_cli.engine.requests import Opening, opening_for
from twidder_cli.learn.draft import Draft, Evidence
from twidder_cli.learn.options import Options
from twidder_cli.learn.places import is_read, socket_places
from twidder_cli.learn.probe import Ear, Person
from twidder_cli.learn.reading import Reading
from twidder_cli.model.contract import SocketPlace
from twidder_cli.model.routes import Route
from twidder_cli.model.shapes import shape
from twidder_cli.model.timeline import Frame

_MOST_TRIES = 12
_WORDS = {
    Evidence.PROVED: "proved: the first client hears of the second sign-in",
    Evidence.ACCEPTED: "not proved: the first client hears nothing of the second sign-in; but "
    "this opens a socket, and with a made-up token it does not",
    Evidence.THERE: "not proved: the first client hears nothing of the second sign-in",
    Evidence.NOTHING: "not proved: no socket stays open",
}
_ALONE = "not proved: while it is open, nobody else is answered"
_MOST_ALONE = 2
"""Ways in which a socket keeps others out, until it is taken for what every one does."""


def connect(draft: Draft, options: Options, routes: Iterable[Route]) -> None:
    """Learn how a socket is opened: the first way that is proved, else what comes nearest."""
    best, alone, reading = Evidence.NOTHING, 0, Reading()
    for place, read in islice(_places(draft, options, routes), _MOST_TRIES):
        evidence = _tried(draft, place)
        if draft.socket is None or evidence > best:
            best, draft.socket, reading = evidence, place, read
        if best is Evidence.PROVED:
            draft.proved.add("connect")
            break
        alone += draft.probe.is_unanswered  # as the sign-in beside it
        if alone == _MOST_ALONE:
            break
    if draft.socket is not None:
        # A socket also stays open while the server waits for another greeting.
        is_sent = options.is_seen(draft.socket) or is_read(draft.socket, reading)
        is_taken = best is Evidence.THERE and is_sent
        if is_taken or best is Evidence.ACCEPTED:
            draft.accepted.add("connect")
        words = _ALONE if alone == _MOST_ALONE else _WORDS[best]
        draft.found["socket"] = f"{options.origin_of(draft.socket)}; {words}"


def _places(
    draft: Draft, options: Options, routes: Iterable[Route]
) -> Iterator[tuple[SocketPlace, Reading]]:
    yield from ((place, Reading()) for place in options.seen.sockets)
    if draft.token is not None and draft.token.header == "Cookie":
        # The browser adds it to the handshake, and does not tell.
        cookie = {"Cookie": draft.token.value}
        seen = (msgspec.structs.replace(one, headers=cookie) for one in options.seen.sockets)
        yield from ((place, Reading()) for place in seen)
    for route in routes:
        if options.is_table or _is_there(draft, route):
            reading = options.readings.get(route, Reading())
            yield from ((place, reading) for place in socket_places(route, reading, draft.token))


def _is_there(draft: Draft, route: Route) -> bool:
    ear = draft.probe.socket(Opening(route.rule, {}, None))
    ear.leave()
    return ear.is_open


def _tried(draft: Draft, place: SocketPlace) -> Evidence:
    """Open a socket in this way, sign in elsewhere, and see whether the first one hears of it."""
    person, stranger = draft.newcomer(), draft.probe.person()
    stranger.token = person.made_up(person.token)
    ears: list[Ear] = []
    try:
        ears.append(first := _opened(draft, place, person))
        if not first.is_open or first.wait(_ends, draft.probe.pace.settle):
            return Evidence.NOTHING
        ears.append(other := _opened(draft, place, stranger))
        flowed = _shapes(first)
        if draft.sign_in_again(person):
            ears.append(second := _opened(draft, place, person))
            if _is_told(draft, first, flowed, second):
                return Evidence.PROVED
        return Evidence.ACCEPTED if other.has_ended else Evidence.THERE
    finally:
        for ear in ears:
            ear.leave()


def _opened(draft: Draft, place: SocketPlace, person: Person) -> Ear:
    return draft.probe.socket(opening_for(place, token=person.token, email=person.email))


def _is_told(draft: Draft, first: Ear, flowed: set[str], second: Ear) -> bool:
    """Whether the first socket hears something new, which the second one does not hear as well.

    What a server says to any greeting, or that it ends a socket whose greeting it does not
    take, comes to the second one too, and takes about as long.
    """
    pace = draft.probe.pace
    if not first.wait(lambda heard: bool(_news(heard, flowed)), pace.scaled(NOTICE)):
        return False
    second.wait(_ends, max(pace.settle, 2 * first.seconds))
    known = flowed | _shapes(second)
    return any(not second.has_ended if f.ends else shape(f) not in known for f in first.heard)


def _news(heard: list[Frame], flowed: set[str]) -> list[Frame]:
    return [frame for frame in heard if frame.ends or shape(frame) not in flowed]


def _ends(heard: list[Frame]) -> bool:
    return any(frame.ends for frame in heard)


def _shapes(ear: Ear) -> set[str]:
    """Return what the messages on a socket look like."""
    return {shape(frame) for frame in ear.heard if not frame.ends}

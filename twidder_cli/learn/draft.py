"""The contract as far as it is learned, and what users can do by it."""

from enum import IntEnum

from twidder_cli.engine.pace import TOKEN_PAUSE
from twidder_cli.engine.requests import value_at
from twidder_cli.learn.answers import shows
from twidder_cli.learn.probe import Exhausted, Person, Probe
from twidder_cli.model.contract import READING, Operation, SocketPlace, TokenPlace
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.routes import Route
from twidder_cli.model.timeline import Exchange

_OWN_DATA = READING[0]
_TRIES = 2


class Evidence(IntEnum):
    """How much a try has shown: nothing is there, something, it accepts, it has the effect."""

    NOTHING = 0
    THERE = 1
    ACCEPTED = 2
    PROVED = 3


class Draft:
    """Operations and places learned so far, and how each was found.

    `carrier` is the header that carries the token: empty for none, None as long as it is not known.
    """

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.operations: dict[str, Operation] = {}
        self.token: TokenPlace | None = None
        self.carrier: str | None = None
        self.socket: SocketPlace | None = None
        self.found: dict[str, str] = {}
        self.proved: set[str] = set()
        self.accepted: set[str] = set()
        self._taken: dict[tuple[Route, str], str] = {}

    def take_token(self, place: TokenPlace | None) -> None:
        """Know where the token goes; without a place the operations say so themselves."""
        self.token = place
        self.carrier = "" if place is None else place.header.lower()

    def keep(self, function: str, operation: Operation, how: str) -> None:
        """Take an operation for a function."""
        self.operations[function] = operation
        self.found[function] = how

    def prove(self, function: str, place: tuple[Route, str]) -> None:
        """Take note that a route and method are a function, and so no other one."""
        self.proved.add(function)
        self._taken.setdefault(place, function)

    def taken(self, but: str = "") -> frozenset[tuple[Route, str]]:
        """Return what is proved to be some function, other than `but`."""
        return frozenset(place for place, function in self._taken.items() if function != but)

    def newcomer(self) -> Person:
        """Return a fresh user who has signed up and in; raises Exhausted where that fails."""
        for _ in range(_TRIES):
            person = self.probe.person()
            self.probe.call(self.operations["sign_up"], person)
            if self.sign_in(person):
                return person
        raise Exhausted("new users can no longer sign up and in")

    def sign_in(self, person: Person, **inputs: str) -> bool:
        """Sign a user in and keep the token; False where none is handed over."""
        operation = self.operations["sign_in"]
        exchange = self.probe.call(operation, person, inputs=inputs)
        if exchange.reply is None or not is_accepted(exchange):
            return False
        token = value_at(exchange.reply, operation.token or "")
        person.token = token or person.token
        return token is not None

    def sign_in_again(self, person: Person) -> bool:
        """Sign in once more, for another token; later, where the same moment gives the same one."""
        before = person.token
        is_in = self.sign_in(person)
        if is_in and person.token == before:
            self.probe.pause(TOKEN_PAUSE)
            is_in = self.sign_in(person)
        return is_in

    def ask(self, operation: Operation, person: Person, **inputs: str) -> Exchange:
        """Call an operation with the user's token."""
        return self.probe.call(operation, person, self.token, token=person.token, inputs=inputs)

    def is_signed_in(self, person: Person) -> bool:
        """Whether the user's token opens the user's data; unknown, and so true, if none does."""
        if _OWN_DATA not in self.proved:
            return True
        return is_about(self.ask(self.operations[_OWN_DATA], person), person)


def is_about(exchange: Exchange, person: Person) -> bool:
    """Whether a reply tells of somebody what its request did not hold."""
    request = exchange.request
    asked = f"{request.path} {request.body} {request.headers}"
    told = [person.values[name] for name in ("firstname", "familyname", "email")]
    return shows(exchange, *(value for value in told if value not in asked))

"""What to try for each function, in order, and what is made of the tries."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from twidder_cli.learn.answers import is_there
from twidder_cli.learn.draft import Draft, Evidence
from twidder_cli.learn.guesses import alike
from twidder_cli.learn.names import STRONG, Guess, Names
from twidder_cli.learn.places import token_places
from twidder_cli.learn.reading import Reading
from twidder_cli.learn.variants import BARE, GUESSED, Variant, variants
from twidder_cli.model.contract import Contract, Operation, SocketPlace, TokenPlace
from twidder_cli.model.routes import Route
from twidder_cli.model.seen import Seen
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.words import answered

_PAGE = "its page"
_MOST_GUESSES = 8
_MOST_TRIES = 20
_MOST_GUESSED = 24
_MOST_LOST = 2
_SIBLINGS = {
    "get_user_data_by_email": "get_user_data_by_token",
    "get_user_messages_by_email": "get_user_messages_by_token",
}
"""What may be the same route, which is then asked for somebody."""

PROOFS = {
    "sign_up": "who has signed up can sign in",
    "sign_in": "it hands over a token that opens the user's data",
    "sign_out": "the token is refused afterwards",
    "change_password": "the new password signs in, and the old one does not",
    "get_user_data_by_token": "it shows the user's own data",
    "get_user_data_by_email": "it shows another user's data",
    "get_user_messages_by_token": "it shows a message that was posted",
    "get_user_messages_by_email": "it shows a message that was posted",
    "post_message": "the message is on the recipient's wall",
}

Attempt = Callable[[Operation], tuple[Evidence, Exchange]]
"""Tries an operation as a function, and looks at its effect."""


class Option(NamedTuple):
    """A request to try for a function, and where it is known from.

    `is_named`: the name of its route says that it is it, or what its page uses it for.
    """

    guess: Guess
    variant: Variant
    is_named: bool
    origin: str

    @property
    def place(self) -> tuple[Route, str]:
        """The route and the method."""
        return self.guess.route, self.guess.method


class Options:
    """What may be tried, by the names that are known and by what the source reads.

    `origin` says for people where the routes are known from; `is_table` that
    they are known to be there.
    """

    def __init__(
        self,
        names: Names,
        readings: Mapping[Route, Reading],
        common: Contract,
        seen: Seen,
        *,
        is_table: bool,
    ) -> None:
        self.names = names
        self.readings = readings
        self.common = common
        self.seen = seen
        self.is_table = is_table

    @property
    def origin(self) -> str:
        """Where routes are known from."""
        return "its route table" if self.is_table else "a guess"

    def of(self, function: str, draft: Draft) -> Iterator[Option]:
        """Yield what to try for a function, the likeliest first: what its page was seen to send."""
        for operation in self.seen.operations.get(function, ()):
            rule = operation.path.partition("?")[0]
            guess = Guess(Route(rule=rule), operation.method, STRONG)
            yield Option(guess, Variant(operation, BARE), is_named=True, origin=_PAGE)
        guesses = self._guesses(function, draft)
        chosen = self.names.chosen.get(function)
        for guess in guesses:
            is_named = guess == chosen and guess.score >= STRONG
            reading = self.readings.get(guess.route, Reading())
            for variant in variants(function, guess, reading, self.common, draft.carrier):
                yield Option(guess, variant, is_named, self.origin)

    def origin_of(self, place: TokenPlace | SocketPlace | None) -> str:
        """Where the token's place, or the way to open a socket, is known from."""
        is_seen = place in self.seen.tokens or self.is_seen(place)
        return _PAGE if is_seen else self.origin

    def is_seen(self, place: TokenPlace | SocketPlace | None) -> bool:
        """Whether its page opened a socket in this way, but for what the browser adds."""
        if not isinstance(place, SocketPlace):
            return False
        return msgspec.structs.replace(place, headers={}) in self.seen.sockets

    @property
    def token_places(self) -> list[TokenPlace]:
        """Where the token may go in requests, the likeliest first."""
        seen = list(self.seen.tokens)
        read = token_places(self.readings.values())
        return [*seen, *(place for place in read if place not in seen)]

    def _guesses(self, function: str, draft: Draft) -> list[Guess]:
        guesses = self.names.guesses[function]
        if not self.is_table:
            return alike(guesses, draft.operations.get("sign_up"))
        sibling = self.names.chosen.get(_SIBLINGS.get(function, ""))
        taken = draft.taken(but=_SIBLINGS.get(function, ""))
        free = [guess for guess in guesses if guess[:2] not in taken][:_MOST_GUESSES]
        return free if sibling is None or sibling in free else [*free, sibling]


def settle(draft: Draft, options: Options, function: str, attempt: Attempt) -> None:
    """Try a function's options; keep the first that is proved, else what is there by its name."""
    best: tuple[Evidence, Option, Exchange] | None = None
    lost = 0
    for option in islice(_existing(draft, options, function), _MOST_TRIES):
        evidence, exchange = attempt(option.variant.operation)
        if evidence is Evidence.PROVED:
            operation = _narrowed(option.variant, attempt)
            how = f"{option.origin}{option.variant.how}; proved: {PROOFS[function]}"
            draft.keep(function, operation, how)
            draft.prove(function, option.place)
            return
        if option.is_named and (best is None or evidence > best[0]):
            best = evidence, option, exchange
        lost += exchange.reply is None
        if lost == _MOST_LOST:
            break
    if best is not None:
        _, option, exchange = best
        how = f"{option.origin}, by its name; not proved: {answered(exchange)}"
        draft.keep(function, option.variant.operation, how)


def _existing(draft: Draft, options: Options, function: str) -> Iterator[Option]:
    """Yield the options whose route exists; where no table says so, it is asked for."""
    known: dict[tuple[Route, str], bool] = {}
    for option in options.of(function, draft):
        if not options.is_table and option.place not in known:
            if len(known) == _MOST_GUESSED:
                return
            operation = option.variant.operation
            known[option.place] = is_there(draft.probe.call(operation, draft.probe.person()))
        if known.get(option.place, True):
            yield option


def _narrowed(variant: Variant, attempt: Attempt) -> Operation:
    """Return a proved operation without the guessed keys that it does not need."""
    body = variant.operation.json
    if variant.how != GUESSED or not body:
        return variant.operation
    needed = dict(body)
    for value in dict.fromkeys(body.values()):
        keys = [key for key in body if body[key] == value]
        while len(keys) > 1:
            half = keys[: len(keys) // 2]
            kept = {k: v for k, v in needed.items() if v != value or k in half}
            if attempt(_with(variant.operation, kept))[0] is not Evidence.PROVED:
                half = keys[len(keys) // 2 :]
            keys = half
            needed = {k: v for k, v in needed.items() if v != value or k in keys}
    narrowed = _with(variant.operation, needed)
    is_enough = attempt(narrowed)[0] is Evidence.PROVED
    return narrowed if is_enough else variant.operation


def _with(operation: Operation, body: dict[str, Any]) -> Operation:
    return msgspec.structs.replace(operation, json=body)

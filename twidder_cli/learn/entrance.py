"""How one gets in: signing up, signing in, the token, and where it goes."""

from collections.abc import Iterator

import msgspec

from twidder_cli.learn.answers import is_there, tokens_in
from twidder_cli.learn.draft import Draft, Evidence, is_about
from twidder_cli.learn.options import Options, settle
from twidder_cli.learn.probe import Person
from twidder_cli.learn.variants import sent_as
from twidder_cli.model.contract import READING, Operation, TokenPlace
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.timeline import Exchange

_OWN_DATA, _DATA_BY_EMAIL = READING[:2]


def evidence_of(exchange: Exchange) -> Evidence:
    """Return what an answer shows by itself."""
    if is_accepted(exchange):
        return Evidence.ACCEPTED
    return Evidence.THERE if is_there(exchange) else Evidence.NOTHING


class Entrance:
    """Finds the way in. `person` is who has taken it last."""

    def __init__(self, draft: Draft, options: Options) -> None:
        self._draft = draft
        self._options = options
        self._probe = draft.probe
        self._sign_ins = [option.variant.operation for option in options.of("sign_in", draft)]
        self._tokens: list[tuple[str, str]] = []
        self._to_strangers: dict[bytes, list[tuple[str, str]]] = {}
        self._is_taken = False
        self._is_proved = False
        self.person = draft.probe.person()

    def find(self) -> bool:
        """Learn sign_up, sign_in, the token and get_user_data_by_token; False if nobody gets in."""
        settle(self._draft, self._options, "sign_up", self._sign_up)
        if not self._tokens:
            return False
        settle(self._draft, self._options, "sign_in", self._sign_in)
        self._draft.proved.discard("sign_in")  # until its token is
        settle(self._draft, self._options, _OWN_DATA, self._get_own_data)
        if not self._is_taken:
            self._look_oneself_up()
        if not self._is_taken:
            self._take(self._options.token_places[0], *self._tokens[0])
        self._tell_of_token()
        return True

    # Signing up and in

    def _sign_up(self, operation: Operation) -> tuple[Evidence, Exchange]:
        person = self._probe.person()
        exchange = self._probe.call(operation, person)
        if is_accepted(exchange):
            for sign_in in self._sign_ins:
                if self._enter(sign_in, person)[0] is Evidence.PROVED:
                    self._sign_ins.insert(0, sign_in)
                    return Evidence.PROVED, exchange
        return evidence_of(exchange), exchange

    def _sign_in(self, operation: Operation) -> tuple[Evidence, Exchange]:
        person = self._probe.person()
        self._probe.call(self._draft.operations["sign_up"], person)
        return self._enter(operation, person)

    def _enter(self, operation: Operation, person: Person) -> tuple[Evidence, Exchange]:
        exchange = self._probe.call(operation, person)
        if exchange.reply is None or not is_accepted(exchange):
            return evidence_of(exchange), exchange
        tokens = tokens_in(exchange.reply, set(person.values.values()))
        if tokens:
            told = self._told_to_strangers(operation)
            tokens = [token for token in tokens if token not in told]
        if not tokens:
            return Evidence.ACCEPTED, exchange
        self.person, self._tokens = person, tokens
        return Evidence.PROVED, exchange

    def _told_to_strangers(self, operation: Operation) -> list[tuple[str, str]]:
        """Return what somebody is told who has not signed up, such as a key that is public."""
        key = msgspec.json.encode(operation)
        if key not in self._to_strangers:
            stranger = self._probe.person()
            reply = self._probe.call(operation, stranger).reply
            known = set(stranger.values.values())
            self._to_strangers[key] = [] if reply is None else tokens_in(reply, known)
        return self._to_strangers[key]

    # The token

    def _take(self, place: TokenPlace | None, where: str, token: str) -> None:
        """Go by a place of the token in requests, and one in the reply to sign_in."""
        self._is_taken = True
        self._draft.take_token(place)
        self.person.token = token
        sign_in = self._draft.operations["sign_in"]
        self._draft.operations["sign_in"] = msgspec.structs.replace(sign_in, token=where)

    def _get_own_data(self, operation: Operation) -> tuple[Evidence, Exchange]:
        return self._open(operation)

    def _look_oneself_up(self) -> None:
        """Find the token's place by another function that hands over data."""
        for option in self._options.of(_DATA_BY_EMAIL, self._draft):
            self._open(option.variant.operation)
            if self._is_taken:
                return

    def _open(self, operation: Operation) -> tuple[Evidence, Exchange]:
        """Try what may be the token, wherever it may go, until it opens the user's data.

        It is proved when a token that nobody was given does not open them as well.
        """
        tries: list[Exchange] = []
        for place, where, token in self._ways(operation):
            tries.append(self._probe.call(operation, self.person, place, token=token))
            if is_about(tries[-1], self.person):
                self._take(place, where, token)
                made_up = self.person.made_up(token)
                control = self._probe.call(operation, self.person, place, token=made_up)
                self._is_proved = not is_about(control, self.person)
                return Evidence.PROVED if self._is_proved else Evidence.ACCEPTED, tries[-1]
        return evidence_of(tries[0]), tries[0]

    def _ways(self, operation: Operation) -> Iterator[tuple[TokenPlace | None, str, str]]:
        places = self._options.token_places
        has_place = b"{token}" in msgspec.json.encode(operation)
        for where, token in self._tokens:
            kind, _, name = where.partition(":")
            if has_place:
                yield None, where, token
            elif kind == "cookie":
                yield TokenPlace(header="Cookie", value=f"{name}={{token}}"), where, token
            else:
                yield from ((place, where, token) for place in places)

    def _tell_of_token(self) -> None:
        place, found = self._draft.token, self._draft.found
        proof = "proved: a made-up one is refused" if self._is_proved else "not proved"
        found["token"] = f"{self._options.origin_of(place)}; {proof}"
        read = {name for reading in self._options.readings.values() for name in reading.headers}
        dropped = [name for name in read if "_" in name and place and sent_as(name) == place.header]
        if dropped:
            found["token"] += f"; {dropped[0]} in its source, which gunicorn drops as it is written"
        if self._is_proved:
            self._draft.proved.add("sign_in")
        else:
            found["sign_in"] = f"{self._options.origin}; not proved: no token opened anything"

"""Learns a contract: the route table says what may be what, and trying proves it."""

from collections.abc import Mapping

import msgspec

from twidder_cli.engine.pace import Pace
from twidder_cli.learn import functions
from twidder_cli.learn.draft import Draft
from twidder_cli.learn.entrance import Entrance
from twidder_cli.learn.greetings import connect
from twidder_cli.learn.guesses import guessed, guessed_sockets
from twidder_cli.learn.names import is_candidate, matched, sockets
from twidder_cli.learn.options import Options
from twidder_cli.learn.places import socket_places
from twidder_cli.learn.probe import Exhausted, Probe
from twidder_cli.learn.reader import readings
from twidder_cli.learn.reading import Reading
from twidder_cli.model.contract import FUNCTIONS, Contract
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.seen import NOTHING_SEEN, Seen

_NOT_TRIED = "not tried"


def learn(
    url: str,
    common: Contract,
    table: RouteTable | None,
    *,
    sources: Mapping[str, str],
    pace: Pace,
    seed: str,
    seen: Seen = NOTHING_SEEN,
) -> Learned:
    """Return what can be learned of the contract of a server that answers at `url`.

    `table` is None where nothing is known but the URL; then the common
    contract and its kin are tried. `sources` are the submission's files, by
    their names from the folder where the server runs. `seed` decides the
    users; `seen` is what its page was seen to send. Never raises for what the server does.
    """
    probe = Probe(url, pace, seed)
    known = table if table is not None and not table.problem else None
    learning = _Learning(Draft(probe), common, known, sources, seen)
    problem = ""
    try:
        problem = learning.run()
    except Exhausted as exhausted:
        problem = str(exhausted)
    return learning.result(problem)


class _Learning:
    """One server's contract being learned."""

    def __init__(
        self,
        draft: Draft,
        common: Contract,
        table: RouteTable | None,
        sources: Mapping[str, str],
        seen: Seen,
    ) -> None:
        self._draft = draft
        self._common = common
        self._table = table
        self._readings = {} if table is None else readings(table, sources)
        names = guessed(common) if table is None else matched(table, self._readings)
        self._options = Options(names, self._readings, common, seen, is_table=table is not None)
        self._routes = guessed_sockets(common) if table is None else sockets(table, self._readings)

    def run(self) -> str:
        """Try everything; return what kept it from being learned, empty where nothing did."""
        draft, options = self._draft, self._options
        entrance = Entrance(draft, options)
        if not entrance.find():
            return f"nobody gets in: {draft.found.get('sign_up', 'there is no sign_up')}"
        anna, bob = entrance.person, draft.newcomer()
        functions.look_up(draft, options, anna, bob)
        functions.Walls(draft, options, anna, bob).learn()
        functions.sign_out(draft, options)
        functions.change_password(draft, options)
        connect(draft, options, self._routes)
        return ""

    def result(self, problem: str) -> Learned:
        """Return what is known now; what was not proved stands by its name."""
        draft, probe = self._draft, self._draft.probe
        for function in FUNCTIONS:
            self._go_by_name(function)
        if "token" not in draft.found:
            draft.take_token(self._options.token_places[0])
            draft.found["token"] = f"{self._options.origin}; {_NOT_TRIED}"
        self._complete_socket()
        unknown = [name for name in FUNCTIONS if name not in draft.operations]
        names, taken = self._options.names, draft.taken()
        absent = {name for name in unknown if names.is_absent(name, taken)}
        if draft.socket is None:
            absent.add("connect")
        return Learned(
            contract=self._contract(absent),
            found=draft.found,
            proved=frozenset(draft.proved),
            accepted=frozenset(draft.accepted),
            absent=frozenset(absent),
            not_understood=frozenset(unknown) - absent,
            problem=problem,
            requests=probe.requests,
            users=probe.people,
            seconds=probe.seconds,
        )

    def _go_by_name(self, function: str) -> None:
        if function in self._draft.operations or self._table is None:
            return
        named = next((o for o in self._options.of(function, self._draft) if o.is_named), None)
        if named is not None:
            how = f"{self._options.origin}, by its name; {_NOT_TRIED}"
            self._draft.keep(function, named.variant.operation, how)

    def _complete_socket(self) -> None:
        """Where no socket was found: go by the table, or by the common contract."""
        draft = self._draft
        if draft.socket is not None or self._has_no_socket():
            return
        if self._table is not None and self._routes:
            route = self._routes[0]
            reading = self._readings.get(route, Reading())
            draft.socket = socket_places(route, reading, draft.token)[0]
            draft.found["socket"] = f"{self._options.origin}; {_NOT_TRIED}"
        else:
            draft.socket = self._common.socket
            draft.found["socket"] = "no route for a WebSocket was found; this is the common one"

    def _has_no_socket(self) -> bool:
        """Whether the table shows that no WebSocket can be opened."""
        if self._table is None or self._routes or self._table.behind:
            return False
        named = {guess.route for guess in self._options.names.chosen.values()}
        routes = [route for route in self._table.routes if is_candidate(route, self._readings)]
        return all(route in named or route in self._readings for route in routes)

    def _contract(self, absent: set[str]) -> Contract | None:
        draft = self._draft
        if not {"sign_up", "sign_in"} <= draft.operations.keys():
            return None
        known = {name: draft.operations[name] for name in FUNCTIONS if name in draft.operations}
        contract = Contract(
            operations=known,
            token=draft.token,
            socket=draft.socket,
            absent=frozenset(absent),
            name=self._common.name,
        )
        is_common = contract == self._common
        return contract if is_common else msgspec.structs.replace(contract, name="learned")

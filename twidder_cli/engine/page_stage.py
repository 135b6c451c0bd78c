"""The stage of a submission that only its own page can speak to: everybody uses that page.

What no page does can't be played here, and is held against nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import msgspec

from twidder_cli.engine.pace import HTTP
from twidder_cli.engine.people import People, Person, Scene
from twidder_cli.engine.stage import Performer, WireStage
from twidder_cli.model.actors import Actor
from twidder_cli.model.page import RELOADING, Browsing
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Call, CannotPlay, Ending, flat
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.view import View

_NOT_BY_PAGE = frozenset(
    {"together", "send", "expect_one_valid", "expect_random_tokens", "expect_next"}
)
"""Steps that are about single requests, messages and tokens of ours."""
_MOST = 6
"""Actors for each of whom a browser is opened."""


class PageStage(WireStage):
    """A Stage whose actors do everything by the submission's page, each in a browser of their own.

    A page opens its sockets by itself: to `connect` is to wait for one that was not there
    before, and to `disconnect` is to leave the page.
    """

    def __init__(
        self,
        scene: Scene,
        perform: Performer,
        seed: str,
        people: People,
        scenario: Scenario,
    ) -> None:
        super().__init__(scene, perform, seed, people)
        self._waiting = [a for a in scenario.everybody if a not in scenario.in_browser]
        self._socketless = frozenset(_socketless(scenario)) - {*scenario.in_browser}
        self._open: dict[Actor, bool] = {}
        self._reloaded: set[str] = set()
        self._known: dict[Actor, frozenset[int]] = {}

    def prepare(self) -> None:
        """Begin to get everybody a browser."""
        self._people.come(self._waiting)

    def browse(self, actor: Actor, deed: Browsing) -> None:
        """Have an actor do something with the page's tab."""
        super().browse(actor, deed)
        self._open[actor] = deed != "close_tab"

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Do by the page what a function is for."""
        if token is not None or call.body is not None or call.without:
            _cannot("sends anything but what it makes of its forms")
        if call.function == "post_message" and "email" in call.inputs:
            _cannot("is known to post on somebody else's wall")
        if call.function == "sign_in" and actor in self._socketless:
            _cannot("keeps from opening its socket")
        inputs = {name: self._calls.expanded(text) for name, text in call.inputs.items()}
        self._people.settle([actor.user])
        asked = msgspec.structs.replace(call, inputs=inputs)
        try:
            exchange = self._person(actor).call(asked, must=must)
        except CannotPlay as cause:
            if actor.user in self._reloaded and not cause.ours:
                raise CannotPlay(f"{cause}, after its page was loaded again", ours=True) from None
            raise
        if call.function in RELOADING:
            self._reloaded.add(actor.user)
            if is_accepted(exchange) and actor in self._known:
                self.connect([actor])  # a page that is loaded again opens its socket again
        return exchange

    def _person(self, actor: Actor) -> Person:
        """Return who does it: a user without a place of their own uses the first that is open."""
        for one in self._waiting:  # who is to do something has the page open by then
            if one not in self._open:
                self.browse(one, "open")
        if actor not in self._open:
            actor = next((one for one in self._open if one.user == actor.user), actor)
        if not self._open.get(actor):
            self.browse(actor, "restore" if actor in self._open else "open")
        return self._people[actor]

    def connect(self, actors: Sequence[Actor], token: str | None = None) -> None:
        """Wait for the socket that each page opens; a page that was left is come back to."""
        if token is not None:
            _cannot("opens a socket with anybody else's token")
        for actor in actors:
            self._person(actor)
            is_there = _new_socket(actor, self._known.get(actor, frozenset()))
            until = self._recorder.now() + self._server.pace.scaled(HTTP)
            if not self._recorder.wait(is_there, until):
                raise CannotPlay(f"{actor}: its page has opened no socket", ours=True)
            self._count(actor)

    def _count(self, actor: Actor) -> None:
        """Take note of all sockets that the actor's page has opened so far."""
        numbers = (socket.socket for socket in self._recorder.view().sockets(actor))
        self._known[actor] = frozenset(numbers)

    def disconnect(
        self, actors: Sequence[Actor], how: Ending = "close", *, oldest: bool = False
    ) -> None:
        """Leave the page, and its socket with it."""
        if how != "close" or oldest:
            _cannot("ends one of its sockets but by being left")
        self._people.settle(actor.user for actor in actors)
        for actor in actors:
            self.browse(actor, "close_tab")
            self._count(actor)

    def together(self, calls: Sequence[tuple[Actor, Call]]) -> None:
        """Nothing that a page sends can be held back."""
        _cannot("sends a request at a moment of ours")

    def send(self, actor: Actor, text: str) -> None:
        """Nothing but the page itself sends."""
        _cannot("sends a message of ours")

    def send_bytes(self, actor: Actor, data: bytes, *, raw: bool) -> None:
        """Nothing but the page itself sends."""
        _cannot("sends a message of ours")

    def guess_tokens(self, actors: Sequence[Actor]) -> None:
        """Which of what a page keeps is the token, nobody knows for certain."""
        _cannot("shows its token for certain")


def unfit(scenario: Scenario) -> str:
    """Return what of a scenario pages can't do, for people; empty where they may."""
    if len(scenario.actors) > _MOST:
        return f"{len(scenario.actors)} browsers"
    for step in flat(scenario.steps):
        if step.kind in _NOT_BY_PAGE:
            return f"the step {step.kind}"
        if getattr(step, "token", None) is not None:
            return "a token that is not the page's own"
    return ""


def _socketless(scenario: Scenario) -> Iterator[Actor]:
    """Yield the actors who share a user's sign-ins with others, and open no socket themselves."""
    steps = list(flat(scenario.steps))
    signing = {
        actor
        for step in steps
        for actor, call in step.calls_of_actors
        if call.function == "sign_in"
    }
    connecting = {actor for step in steps if step.kind == "connect" for actor in step.actors}
    for actor in signing - connecting:
        if any(other.user == actor.user for other in signing - {actor}):
            yield actor


def _new_socket(actor: Actor, known: frozenset[int]) -> Callable[[View], bool]:
    """Return what tells whether a page has opened a socket that is not one of these.

    It may be over already: that somebody else's sign-in has ended it is for judges.
    """
    return lambda view: any(socket.socket not in known for socket in view.sockets(actor))


def _cannot(what: str) -> NoReturn:
    raise CannotPlay(f"only its own page can speak to the server, and no page {what}", ours=True)

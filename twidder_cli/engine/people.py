"""The actors of a scenario who are in a browser, as the stage sees them."""

import math
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.page import Browsing
from twidder_cli.model.step import Call, CannotPlay
from twidder_cli.model.timeline import Exchange, Probe, Timeline


class Scene(NamedTuple):
    """Where an actor is, who takes part, and where all that happens is written."""

    server: Server
    recorder: Recorder
    cast: Cast


class Person(Protocol):
    """Somebody in a browser of their own, who uses the submission's page; raises CannotPlay."""

    def come(self) -> None:
        """Begin to get a browser, which nobody waits for before the page is opened."""

    def browse(self, deed: Browsing) -> None:
        """Open, reload, leave or come back to the page."""

    def call(self, call: Call, *, must: bool) -> Exchange:
        """Do by the page what a function is for, and return its request; it `must` be accepted."""

    def look(self) -> None:
        """Return once all that had arrived for the page has been dealt with there."""

    def picture(self) -> bytes:
        """Return what the page looks like, as a JPEG; nothing where that can't be had."""

    def close(self) -> None:
        """Leave the browser, with all that is stored in it."""


class Browser(Protocol):
    """A real browser, with room for several people who know nothing of each other."""

    def person(self, actor: Actor, scene: Scene) -> Person:
        """Return somebody who has never been anywhere; raises CannotPlay."""

    def tour(self, server: Server, seed: str) -> Timeline:
        """Use all that a server's page has, and return what it did; raises CannotPlay."""

    def start(self) -> None:
        """Start it, unless it is there already; raises CannotPlay."""

    def close(self) -> None:
        """End it, if it is there."""


class People:
    """Those of a scenario's actors who are in a browser; each comes when first spoken of."""

    def __init__(self, browser: Browser | None, actors: Iterable[Actor], scene: Scene) -> None:
        self._browser = browser
        self._actors = frozenset(actors)
        self._scene = scene
        self._here: dict[Actor, Person] = {}

    def __contains__(self, actor: object) -> bool:
        return actor in self._actors

    def __getitem__(self, actor: Actor) -> Person:
        if actor not in self._here:
            if self._browser is None:
                raise CannotPlay("there is no browser here; see twidder doctor", ours=True)
            self._here[actor] = self._browser.person(actor, self._scene)
        return self._here[actor]

    def come(self, more: Iterable[Actor] = ()) -> None:
        """Have everybody get a browser while other things are done."""
        for actor in sorted({*self._actors, *more}):
            with suppress(CannotPlay):  # told where the actor is needed
                self[actor].come()

    def settle(self, users: Iterable[str] | None = None) -> None:
        """Let the server deal with the sockets that these users' pages have opened, or left."""
        recorder, pace = self._scene.recorder, self._scene.server.pace
        wanted = None if users is None else set(users)
        view = recorder.view()
        sockets = [
            socket
            for actor in self._here
            if wanted is None or actor.user in wanted
            for socket in view.sockets(actor)
        ]
        left = [view.left_at(socket) for socket in sockets if view.left_at(socket) < math.inf]
        dealt_with = [socket.received + pace.settle for socket in sockets]
        dealt_with += [moment + pace.farewell for moment in left]
        if dealt_with:
            recorder.sleep_until(max(dealt_with))

    def prove_silence(self, actors: Iterable[Actor]) -> None:
        """Show that nothing is under way to these actors' pages.

        A browser sends no Ping for us. The control actor's Pong has shown that the grace was
        long enough; what had arrived by then the page has dealt with when it answers. Where she
        is in a browser herself, it is the grace alone.
        """
        recorder = self._scene.recorder
        for actor in self._here.keys() & set(actors):
            sent = recorder.now()
            self._here[actor].look()
            view = recorder.view()
            answered = CONTROL in self._here or all(
                view.is_silence_proved(socket) for socket in view.sockets(CONTROL)[-1:]
            )
            for socket in view.sockets(actor):
                if view.left_at(socket) > sent:
                    recorder.note(Probe, actor, sent=sent, socket=socket.socket, answered=answered)

    def pictures(self) -> dict[Actor, bytes]:
        """Return what everybody sees, as JPEG files."""
        seen = {actor: person.picture() for actor, person in self._here.items()}
        return {actor: image for actor, image in seen.items() if image}

    def close(self) -> None:
        """Leave all browsers; the end of the scenario."""
        for person in self._here.values():
            with suppress(CannotPlay):  # it goes with the browser, at the latest
                person.close()

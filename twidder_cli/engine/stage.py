"""The stage over the wire: what steps ask for is done with real requests and real sockets."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from twidder_cli.engine.calls import Calls
from twidder_cli.engine.overload import waited_in_vain
from twidder_cli.engine.pace import ECHO, NAP, RHYTHM, STEADY
from twidder_cli.engine.people import People, Scene
from twidder_cli.engine.sockets import Sockets
from twidder_cli.engine.tokens import guess
from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.page import Browsing
from twidder_cli.model.shapes import shape
from twidder_cli.model.step import Call, CannotPlay, Ending, Step
from twidder_cli.model.timeline import Exchange, Guessed, Quiet, Taken
from twidder_cli.model.view import View


class Performer(Protocol):
    """Plays steps inside a step; `attempt` numbers tries, 0 is for no more than one."""

    def __call__(self, steps: Sequence[Step], attempt: int = 0) -> None: ...


class WireStage:
    """A Stage whose actors speak HTTP and WebSocket to a server."""

    def __init__(
        self,
        scene: Scene,
        perform: Performer,
        seed: str,
        people: People,
    ) -> None:
        server, recorder, cast = scene
        self._server = server
        self._recorder = recorder
        self.perform = perform
        self._calls = Calls(server, recorder, cast)
        self._random = random.Random(f"jitter/{seed}")  # noqa: S311  repeatable on purpose
        self.sockets = Sockets(server, recorder)
        self._people = people

    def prepare(self) -> None:
        """Begin what takes a while and tells the server nothing."""
        self._people.come()

    # HTTP

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Call a function; with `must`, raise CannotPlay unless it is accepted."""
        self.sockets.settle([actor.user])
        if actor in self._people:
            return self._people[actor].call(call, must=True)
        return self._calls.call(actor, call, token=token, must=must)

    def together(self, calls: Sequence[tuple[Actor, Call]]) -> None:
        """Make calls at the same time."""
        self.sockets.settle(actor.user for actor, _ in calls)
        self._calls.together(calls, self._random)

    def capture(self, name: str, exchange: Exchange, place: str) -> None:
        """Name a value of a reply, so that later steps can use it."""
        self._calls.capture(name, exchange, place)

    def fetch(self, actor: Actor, path: str) -> Exchange:
        """Get a page or a file."""
        return self._calls.fetch(actor, path)

    # WebSocket

    def connect(self, actors: Sequence[Actor], token: str | None = None) -> None:
        """Open a socket for each actor and greet."""
        self.sockets.settle(actor.user for actor in actors)
        tokens = {actor: self._calls.token(actor, token) for actor in actors}
        own = token is None
        if all(value is None for value in tokens.values()):
            names = ", ".join(actors)
            raise CannotPlay(f"there is no token to open a socket with for {names}", ours=True)
        for actor, value in tokens.items():
            if value is not None:  # else it lost the race of a `together`
                self.sockets.open(
                    actor,
                    value,
                    token or f"{actor}.token",
                    email=self._calls.address(actor, own=own),
                    own=own,
                    must=own and not self._calls.may_have_lost(actor),
                )

    def disconnect(
        self, actors: Sequence[Actor], how: Ending = "close", *, oldest: bool = False
    ) -> None:
        """End each actor's newest socket, or the oldest, as a page does that is left, or worse."""
        self.sockets.settle(actor.user for actor in actors)
        for actor in actors:
            self.sockets.leave(actor, how, oldest=oldest)

    def send(self, actor: Actor, text: str) -> None:
        """Send a text message on the actor's current socket."""
        self.sockets.settle([actor.user])
        self.sockets.send(actor, self._calls.expanded(text))

    def send_bytes(self, actor: Actor, data: bytes, *, raw: bool) -> None:
        """Send a binary message on the current socket; with `raw`, bytes that are no frame."""
        self.sockets.settle([actor.user])
        self.sockets.send_bytes(actor, data, raw=raw)

    def take(self, actor: Actor, within: float) -> None:
        """Wait for the next message on the actor's socket, and take it."""
        until = self._recorder.now() + self._server.pace.scaled(within)
        self._recorder.wait(lambda now: now.next_message(actor) is not None, until)
        frame = self._recorder.view().next_message(actor)
        self._recorder.note(
            Taken,
            actor,
            socket=frame.socket if frame else 0,
            text=frame.text if frame else "",
            is_message=frame is not None,
        )

    def has_failed(self, steps: Sequence[Step], attempt: int) -> bool:
        """Whether what these steps expect did not hold in that attempt."""
        prefix = f"{self._recorder.step}.{attempt}"
        return any(
            True
            for number, step in enumerate(steps, 1)
            for _ in step.judge(self._recorder.view(f"{prefix}.{number}"))
        )

    def now(self) -> float:
        """Return the seconds since the scenario began, with patience taken off."""
        return self._recorder.now() / self._server.pace.patience

    def nap(self) -> None:
        """Let a moment pass between attempts."""
        self._recorder.sleep_until(self._recorder.now() + self._server.pace.scaled(NAP))

    def settle(self) -> None:
        """Let every socket's opening or closing be dealt with by the server."""
        self.sockets.settle()
        self._people.settle()

    def close(self) -> None:
        """Leave everything; the end of the scenario."""
        self.sockets.close()
        self._people.close()

    # Browsers

    def browse(self, actor: Actor, deed: Browsing) -> None:
        """Have an actor who is in a browser do something with the page's tab."""
        self._people[actor].browse(deed)

    def await_page(self, holds: Callable[[View], bool], within: float) -> None:
        """Wait until this holds of what pages have done, and goes on to for a moment.

        Pages that look for their server elsewhere are not waited for: all is played again.
        """
        pace = self._server.pace

        def is_met(now: View) -> bool:
            return holds(now) or self._server.has_to_move(now)

        deadline = self._recorder.now() + pace.scaled(within)
        while self._recorder.wait(is_met, deadline):
            changed = self._recorder.view().page_changed
            steady = changed + pace.scaled(STEADY)
            if not self._recorder.wait(lambda now: not is_met(now), steady):
                return
        waited_in_vain(self._recorder, deadline - pace.scaled(within))

    def pictures(self) -> dict[Actor, bytes]:
        """Return what the actors in browsers see now, as JPEG files."""
        return self._people.pictures()

    def guess_tokens(self, actors: Sequence[Actor]) -> None:
        """Find out whether the actors' tokens can be guessed, and record how."""
        found = guess(self._calls.issued(actors), time.time())
        self._recorder.note(
            Guessed,
            "",
            made_of=found.made_of if found else "",
            is_certain=found is not None and found.is_certain,
        )

    # Pushes and silence

    def await_push(
        self, actors: Sequence[Actor], within: float, *, signed_in: bool = False
    ) -> None:
        """Wait for a push to each actor, at most `within` seconds from the trigger's end."""
        pace = self._server.pace
        actors = self._recorder.view().signed_in(actors) if signed_in else actors
        deadline = self._recorder.view().trigger_ended + pace.scaled(within)
        while self._recorder.wait(lambda now: all(_is_told(now, a) for a in actors), deadline):
            # A message may be a rhythm of the server's that the control phase
            # was too short for; the control actor then hears it at the same time.
            self._recorder.sleep_until(self._recorder.now() + pace.scaled(ECHO))
            if not self._weigh():
                break
        if self._recorder.now() >= deadline:
            ended = self._recorder.view().trigger_ended
            waited_in_vain(self._recorder, ended, of=self._server)
        view = self._recorder.view()
        for actor in actors:
            socket = view.current_socket(actor)
            pushes = view.pushes(socket) if socket else []
            for push in pushes[:1]:
                pace.saw_push(push.received - view.since)
            notices = {shape(p) for p in pushes if not p.ends} - view.news()
            self._server.notices.update(notices)
            if notices:  # only a socket that was greeted as it has to be is told
                self._server.understood.add("connect")

    def quiet(self, actors: Sequence[Actor]) -> None:
        """Reach a quiet point: let the grace since the trigger pass, then Ping the sockets.

        The Ping comes last, so that its Pong covers all that was written
        during the grace, however long it was under way.
        """
        self.sockets.settle(actor.user for actor in actors)
        self._reach_quiet_point(actors)
        self._weigh()

    def _reach_quiet_point(self, actors: Sequence[Actor]) -> None:
        ended = self._recorder.view().trigger_ended
        sent = self._recorder.now()
        self._recorder.sleep_until(ended + self._server.pace.grace)
        self.sockets.ping(actors)
        self._people.prove_silence(actors)
        self._recorder.note(
            Quiet,
            CONTROL,
            sent=sent,
            grace=self._recorder.now() - ended,
            notices=tuple(sorted(self._server.notices)),
        )

    def _weigh(self) -> bool:
        """Tell a rhythm from a broadcast, where the control actor has heard something new.

        What comes again after a quiet point, with nobody having done anything,
        is noise. Returns whether there was any.
        """
        news = self._recorder.view().news() - self._server.one_off
        if not news:
            return False
        self._reach_quiet_point([CONTROL])
        until = self._recorder.now() + self._server.pace.scaled(RHYTHM)
        self._recorder.wait(lambda now: not news & now.news(), until)
        left = self._recorder.view().news()
        self._server.one_off.update(left)
        return bool(news - left)


def _is_told(view: View, actor: Actor) -> bool:
    socket = view.current_socket(actor)
    if socket is None:
        return True
    end = view.end(socket)
    return bool(view.pushes(socket)) or (end is not None and end.received <= view.since)

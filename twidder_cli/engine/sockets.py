"""The sockets that a scenario's actors hold: opened, greeted, settled, left, all recorded."""

from collections.abc import Callable, Collection, Iterable
from functools import partial

from twidder_cli.engine.pace import GOODBYE, HTTP, PONG, STRANGER
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.requests import Opening, opening_for, wants_token
from twidder_cli.engine.server import Server
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import CannotPlay, Ending
from twidder_cli.model.timeline import Connection, Frame, Left, Probe, Sent
from twidder_cli.model.view import View
from twidder_cli.model.words import described
from twidder_cli.wire.websocket import Kind, Refused, Socket


class _Held:
    """A socket that an actor holds. `settled_at`: when the server will have dealt with it.

    `must`: the server has to let it be.
    """

    def __init__(self, actor: Actor, number: int, socket: Socket, *, own: bool, must: bool) -> None:
        self.actor = actor
        self.number = number
        self.socket = socket
        self.own = own
        self.must = must
        self.settled_at = 0.0
        self.left = False


class Sockets:
    """Every socket of one scenario, numbered by actor."""

    def __init__(self, server: Server, recorder: Recorder) -> None:
        self._server = server
        self._recorder = recorder
        self._held: list[_Held] = []

    def open(
        self, actor: Actor, token: str, token_name: str, *, email: str, own: bool, must: bool
    ) -> None:
        """Shake hands and greet; its settling goes on while other things are done.

        Raises CannotPlay when a token gets no socket that must get one.
        """
        place = self._server.contract.socket
        if place is None:
            raise CannotPlay(f"{actor}: the server has no route for a WebSocket")
        # Where an address is all that a server goes by, it is what somebody pretends with.
        said = email if own or wants_token(place) else token
        opening = opening_for(place, token=token, email=said)
        path = opening.path
        number = sum(held.actor == actor for held in self._held) + 1
        held = _Held(actor, number, self._socket(actor, number, opening), own=own, must=must)
        sent = self._recorder.now()
        refusal = ""
        try:
            held.socket.open(self._server.pace.scaled(HTTP))
        except Refused as refused:
            refusal = str(refused)
        self._recorder.note(
            Connection,
            actor,
            sent=sent,
            socket=number,
            path=path,
            token=token_name,
            own=own,
            refusal=refusal,
            understood=self._server.contract.vouched or "connect" in self._server.understood,
        )
        if not refusal:
            self._held.append(held)
            self._greet(held, opening.greeting)
        elif must:
            raise CannotPlay(f"{actor}: {path}: {refusal}", function="connect")

    def _socket(self, actor: Actor, number: int, opening: Opening) -> Socket:
        def arrived(kind: Kind, text: str, size: int, code: int) -> None:
            self._recorder.note(
                Frame, actor, socket=number, kind=kind, text=text, size=size, code=code
            )

        url = self._server.socket_url + opening.path
        return Socket(url, arrived, self._recorder.crash, opening.headers)

    def _greet(self, held: _Held, greeting: str | None) -> None:
        if greeting is not None:
            self._sent(held, greeting, lambda socket: socket.send(greeting))
        self._ping(held)
        pace = self._server.pace
        wait = pace.settle if held.own else pace.scaled(STRANGER)
        held.settled_at = self._recorder.now() + wait

    def ping(self, actors: Collection[Actor]) -> None:
        """Ping the sockets that these actors hold, and record whether the Pongs came."""
        for held in self._held:
            if held.actor in actors and not held.left:
                self._ping(held)

    def _ping(self, held: _Held) -> None:
        sent = self._recorder.now()
        pong = held.socket.ping(self._server.pace.scaled(PONG))
        probe = self._recorder.note(Probe, held.actor, sent=sent, socket=held.number, answered=pong)
        if pong:
            self._server.pace.saw_pong(probe.received - probe.sent)

    def leave(self, actor: Actor, how: Ending, *, oldest: bool = False) -> None:
        """End the actor's newest socket, or the oldest, as a page does that is left, or worse."""
        held = self._current(actor, oldest=oldest)
        self._leave(held, how)
        if how == "close":
            held.socket.finish(GOODBYE)
        held.settled_at = self._recorder.now() + self._server.pace.farewell

    def send(self, actor: Actor, text: str) -> None:
        """Send a text message on the actor's newest socket."""
        self._sent(self._current(actor), text, lambda socket: socket.send(text))

    def send_bytes(self, actor: Actor, data: bytes, *, raw: bool) -> None:
        """Send a binary message on the newest socket; with `raw`, bytes that are no frame."""
        words = f"{len(data)} {'raw' if raw else 'binary'} bytes: {data[:64].hex()}"
        self._sent(self._current(actor), words, lambda socket: socket.send_bytes(data, raw=raw))

    def _current(self, actor: Actor, *, oldest: bool = False) -> _Held:
        held = [held for held in self._held if held.actor == actor and not held.left]
        if not held:
            raise CannotPlay(f"{actor} has no socket", ours=True)
        return held[0 if oldest else -1]

    def _sent(self, held: _Held, text: str, send: Callable[[Socket], object]) -> None:
        sent = self._recorder.now()
        send(held.socket)
        self._recorder.note(Sent, held.actor, sent=sent, socket=held.number, text=text)

    def _leave(self, held: _Held, how: Ending = "close") -> None:
        held.left = True
        self._recorder.note(Left, held.actor, socket=held.number)
        held.socket.leave(how)

    def close(self) -> None:
        """Leave every socket; the end of the scenario."""
        leaving = [held for held in self._held if not held.left]
        for held in leaving:
            self._leave(held)
        for held in leaving:
            held.socket.finish(GOODBYE)

    def settle(self, users: Iterable[str] | None = None) -> None:
        """Let the server deal with the openings and closings of these users; of all by default.

        Raises CannotPlay when an actor's own socket did not stay open.
        """
        wanted = None if users is None else set(users)
        concerned = [
            held
            for held in self._held
            if held.settled_at and (wanted is None or held.actor.user in wanted)
        ]
        for held in concerned:
            if held.own or held.left:
                self._recorder.sleep_until(held.settled_at)
            else:
                # A word may come before the close, which must not be taken for a later push.
                self._recorder.wait(partial(_is_ended, held), held.settled_at)
            held.settled_at = 0.0
        view = self._recorder.view()
        for held in concerned:
            if held.must and not held.left:
                self._check_open(held, view)

    def _check_open(self, held: _Held, view: View) -> None:
        socket = next(s for s in view.sockets(held.actor) if s.socket == held.number)
        end = view.end(socket)
        # A socket that opened inside a trigger may be ended by it, which is for judges.
        if end is not None and "." not in socket.step:
            raise CannotPlay(
                f"the socket of {held.actor} did not stay open: {described(end)} "
                f"{end.received - socket.received:.2f} s after it opened",
                function="connect",
                step=socket.step,
            )


def _is_ended(held: _Held, view: View) -> bool:
    """Whether the server has ended a socket."""
    sockets = [s for s in view.sockets(held.actor) if s.socket == held.number]
    return any(view.end(socket) is not None for socket in sockets)

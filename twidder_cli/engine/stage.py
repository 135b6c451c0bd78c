"""The stage over the wire: what steps ask for is done with real requests and real sockets."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import HTTP, Pace
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.requests import filled, quoted, request_for, token_in
from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.contract import Contract
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.step import Call, CannotPlay, Step
from twidder_cli.model.timeline import (
    Connection,
    Exchange,
    Frame,
    Left,
    Probe,
    Quiet,
    Request,
    Sent,
)
from twidder_cli.model.view import View
from twidder_cli.model.words import answered, described
from twidder_cli.wire import http
from twidder_cli.wire.websocket import Kind, Refused, Socket

_NAME = re.compile(r"\{([a-z][a-z0-9@.-]*)\}")
_PONG = 5.0
_GOODBYE = 1.0


class Server:
    """The server under test: where it is, how it names things, and what has been learned of it.

    `understood` holds the functions that have worked as the contract names
    them, "connect" among them.
    """

    def __init__(self, url: str, contract: Contract, pace: Pace, understood: set[str]) -> None:
        self.url = url.rstrip("/")
        self.contract = contract
        self.pace = pace
        self.understood = understood

    @property
    def socket_url(self) -> str:
        """The same origin for WebSockets."""
        return "ws" + self.url.removeprefix("http")


class Performer(Protocol):
    """Plays steps inside a step."""

    def __call__(self, steps: Sequence[Step]) -> None: ...


class _Held:
    """A socket that an actor holds, and when the server will have dealt with it."""

    def __init__(self, actor: Actor, number: int, socket: Socket, settled_at: float) -> None:
        self.actor = actor
        self.number = number
        self.socket = socket
        self.settled_at = settled_at
        self.own = True
        self.left = False


class WireStage:
    """A Stage whose actors speak HTTP and WebSocket to a server."""

    def __init__(self, server: Server, recorder: Recorder, cast: Cast, perform: Performer) -> None:
        self._server = server
        self._recorder = recorder
        self._cast = cast
        self.perform = perform
        self._tokens: dict[str, str] = {}
        self._held: list[_Held] = []

    # HTTP

    def sign_up(self, user: str) -> None:
        """Create the user's account; raises CannotPlay when it is refused."""
        self.call(Actor(f"{user}@signup"), Call(function="sign_up"), must=True)

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Call a function; with `must`, raise CannotPlay unless it is accepted."""
        self._settle({actor.user})
        operation = self._server.contract.operations.get(call.function)
        if operation is None:
            raise CannotPlay(
                f"the contract {self._server.contract.name} does not name {call.function}",
                function=call.function,
                ours=True,
            )
        values = self._values(actor, call)
        sent_token = None if call.function in {"sign_up", "sign_in"} else self._token(actor, token)
        request = request_for(self._server.contract, operation, values, sent_token)
        exchange = self._exchange(actor, call.function, request, operation.token)
        if is_accepted(exchange):
            self._server.understood.add(call.function)
            if call.function == "change_password":
                self._cast.change_password(actor.user, values["new"])
        elif must:
            raise CannotPlay(f"{actor}: {answered(exchange)}", function=call.function)
        return exchange

    def fetch(self, actor: Actor, path: str) -> Exchange:
        """Get a page or a file."""
        return self._exchange(actor, "page", Request(method="GET", path=path))

    def _exchange(
        self, actor: Actor, operation: str, request: Request, token: str | None = None
    ) -> Exchange:
        sent = self._recorder.now()
        reply, loss = None, ""
        try:
            reply = http.call(
                request.method,
                self._server.url + request.path,
                request.headers,
                None if request.body is None else request.body.encode(),
                self._server.pace.scaled(HTTP),
            )
        except http.Lost as lost:
            loss = str(lost)
        exchange = Exchange(
            step=self._recorder.step,
            actor=actor,
            sent=sent,
            received=self._recorder.now(),
            operation=operation,
            request=request,
            reply=reply,
            loss=loss,
        )
        found = token_in(reply, token) if reply and operation == "sign_in" else None
        if found and is_accepted(exchange):
            self._tokens[actor] = found
            number = self._recorder.symbols.count(f"{actor}.token.") + 1
            self._recorder.symbols.define(f"{actor}.token.{number}", found)
        self._recorder.add(exchange)
        if operation == "sign_in" and is_accepted(exchange) and not found:
            raise CannotPlay(
                f"{actor}: there is no token at {token or 'json:data'} in the answer to sign_in: "
                f"{answered(exchange)}",
            )
        return exchange

    def _values(self, actor: Actor, call: Call) -> dict[str, str]:
        own = dict(self._cast.profile(actor.user))
        given = {name: self._expanded(text) for name, text in call.inputs.items()}
        if call.function == "change_password":
            own["old"] = self._cast.password(actor.user)
            own["new"] = given.get("new") or self._cast.new_password(actor.user)
        if call.function == "post_message":
            given["message"] = self._cast.message(actor.user, given.get("message"))
        return {**own, **given}

    def _expanded(self, text: str) -> str:
        """Return `text` with the captured values it names, each `{name}` by its value."""

        def value(found: re.Match[str]) -> str:
            known = self._recorder.symbols.value(found[1])
            if known is None:
                raise CannotPlay(f"nothing was captured as {found[0]}", ours=True)
            return known

        return _NAME.sub(value, text)

    def _token(self, actor: Actor, name: str | None) -> str | None:
        if name is None:
            return self._tokens.get(actor)
        if name == "made-up":
            return self._cast.made_up_token(next(iter(self._tokens.values()), ""))
        return self._expanded(f"{{{name}}}")

    # WebSocket

    def connect(self, actors: Sequence[Actor], token: str | None = None) -> None:
        """Open a socket for each actor and greet; its settling goes on while other things are done."""
        self._settle({actor.user for actor in actors})
        for actor in actors:
            self._open(actor, token)

    def _open(self, actor: Actor, token_name: str | None) -> None:
        token = self._token(actor, token_name)
        if token is None:
            raise CannotPlay(f"{actor} has no token to open a socket with", ours=True)
        number = sum(held.actor == actor for held in self._held) + 1
        place = self._server.contract.socket
        path = filled(place.path, {"token": token}, quoted)
        held = _Held(actor, number, self._socket(actor, number, path), 0.0)
        held.own = token_name is None
        sent = self._recorder.now()
        refusal = ""
        try:
            held.socket.open(self._server.pace.scaled(HTTP))
        except Refused as refused:
            refusal = str(refused)
        self._recorder.add(
            Connection(
                step=self._recorder.step,
                actor=actor,
                sent=sent,
                received=self._recorder.now(),
                socket=number,
                path=path,
                token=token_name or f"{actor}.token",
                own=held.own,
                refusal=refusal,
            )
        )
        if not refusal:
            self._held.append(held)
            self._greet(held, place.greeting, token)
        elif held.own:
            raise CannotPlay(f"{actor}: {path}: {refusal}", function="connect")

    def _socket(self, actor: Actor, number: int, path: str) -> Socket:
        def arrived(kind: Kind, text: str, size: int, code: int) -> None:
            now = self._recorder.now()
            self._recorder.add(
                Frame(
                    step=self._recorder.step,
                    actor=actor,
                    socket=number,
                    sent=now,
                    received=now,
                    kind=kind,
                    text=text,
                    size=size,
                    code=code,
                )
            )

        return Socket(self._server.socket_url + path, arrived)

    def _greet(self, held: _Held, greeting: object, token: str) -> None:
        if greeting is not None:
            message = filled(greeting, {"token": token})
            text = message if isinstance(message, str) else json.dumps(message)
            now = self._recorder.now()
            held.socket.send(text)
            self._recorder.add(
                Sent(
                    step=self._recorder.step,
                    actor=held.actor,
                    socket=held.number,
                    sent=now,
                    received=now,
                    text=text,
                )
            )
        self._ping(held)
        held.settled_at = self._recorder.now() + self._server.pace.settle

    def _ping(self, held: _Held) -> None:
        sent = self._recorder.now()
        pong = held.socket.ping(self._server.pace.scaled(_PONG))
        received = self._recorder.now()
        if pong:
            self._server.pace.saw_pong(received - sent)
        self._recorder.add(
            Probe(
                step=self._recorder.step,
                actor=held.actor,
                socket=held.number,
                sent=sent,
                received=received,
                answered=pong,
            )
        )

    def disconnect(self, actors: Sequence[Actor]) -> None:
        """Close each actor's current socket, as a page does that is left."""
        self._settle({actor.user for actor in actors})
        for actor in actors:
            held = next((h for h in reversed(self._held) if h.actor == actor and not h.left), None)
            if held is None:
                raise CannotPlay(f"{actor} has no socket to leave", ours=True)
            self._leave(held)
            held.socket.finish(_GOODBYE)
            held.settled_at = self._recorder.now() + self._server.pace.farewell

    def _leave(self, held: _Held) -> None:
        held.left = True
        now = self._recorder.now()
        self._recorder.add(
            Left(
                step=self._recorder.step,
                actor=held.actor,
                socket=held.number,
                sent=now,
                received=now,
            )
        )
        held.socket.leave()

    def close(self) -> None:
        """Leave every socket; the end of the scenario."""
        leaving = [held for held in self._held if not held.left]
        for held in leaving:
            self._leave(held)
        for held in leaving:
            held.socket.finish(_GOODBYE)

    # Time

    def settle(self) -> None:
        """Let every socket's opening or closing be dealt with by the server."""
        self._settle({held.actor.user for held in self._held})

    def _settle(self, users: Iterable[str]) -> None:
        concerned = [held for held in self._held if held.actor.user in users and held.settled_at]
        for held in concerned:
            self._recorder.sleep_until(held.settled_at)
            held.settled_at = 0.0
        view = self._recorder.view()
        for held in concerned:
            if held.own and not held.left:
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
            )
        self._server.understood.add("connect")

    def await_push(self, actors: Sequence[Actor], within: float) -> None:
        """Wait until a push has come for each actor, or `within` seconds since the trigger passed."""
        view = self._recorder.view()
        deadline = view.trigger_ended + self._server.pace.scaled(within)
        self._recorder.wait(lambda now: all(_is_told(now, a) for a in actors), deadline)
        view = self._recorder.view()
        for actor in actors:
            socket = view.current_socket(actor)
            for push in view.pushes(socket)[:1] if socket else ():
                self._server.pace.saw_push(push.received - view.since)

    def quiet(self, actors: Sequence[Actor]) -> None:
        """Reach a quiet point: let the grace pass since the trigger, then Ping the actors' sockets.

        The Ping comes last, so that its Pong covers all that was written
        during the grace, however long it was under way.
        """
        self._settle({actor.user for actor in actors})
        view = self._recorder.view()
        sent = self._recorder.now()
        self._recorder.sleep_until(view.trigger_ended + self._server.pace.grace)
        for held in self._held:
            if held.actor in actors and not held.left:
                self._ping(held)
        received = self._recorder.now()
        self._recorder.add(
            Quiet(
                step=self._recorder.step,
                actor=CONTROL,
                sent=sent,
                received=received,
                grace=received - view.trigger_ended,
            )
        )


def _is_told(view: View, actor: Actor) -> bool:
    socket = view.current_socket(actor)
    if socket is None:
        return True
    end = view.end(socket)
    return bool(view.pushes(socket)) or (end is not None and end.received <= view.since)

"""The stage over the wire: what steps ask for is done with real requests and real sockets."""

import re
from collections.abc import Sequence
from typing import Protocol

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import ECHO, HTTP, RHYTHM
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.requests import request_for, token_in
from twidder_cli.engine.server import Server
from twidder_cli.engine.sockets import Sockets
from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.step import Call, CannotPlay, Step
from twidder_cli.model.timeline import Exchange, Quiet, Request
from twidder_cli.model.view import View
from twidder_cli.model.words import answered
from twidder_cli.wire import http

_NAME = re.compile(r"\{([a-z][a-z0-9@.-]*)\}")


class Performer(Protocol):
    """Plays steps inside a step."""

    def __call__(self, steps: Sequence[Step]) -> None: ...


class WireStage:
    """A Stage whose actors speak HTTP and WebSocket to a server."""

    def __init__(self, server: Server, recorder: Recorder, cast: Cast, perform: Performer) -> None:
        self._server = server
        self._recorder = recorder
        self._cast = cast
        self.perform = perform
        self._tokens: dict[str, str] = {}
        self.sockets = Sockets(server, recorder)

    # HTTP

    def sign_up(self, user: str) -> None:
        """Create the user's account; raises CannotPlay when it is refused."""
        self.call(Actor(f"{user}@signup"), Call(function="sign_up"), must=True)

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Call a function; with `must`, raise CannotPlay unless it is accepted."""
        self.sockets.settle([actor.user])
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
                function="sign_in",
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
        """Open a socket for each actor and greet."""
        self.sockets.settle(actor.user for actor in actors)
        for actor in actors:
            value = self._token(actor, token)
            if value is None:
                raise CannotPlay(f"{actor} has no token to open a socket with", ours=True)
            self.sockets.open(actor, value, token or f"{actor}.token", own=token is None)

    def disconnect(self, actors: Sequence[Actor]) -> None:
        """Close each actor's current socket, as a page does that is left."""
        self.sockets.settle(actor.user for actor in actors)
        for actor in actors:
            self.sockets.leave(actor)

    def settle(self) -> None:
        """Let every socket's opening or closing be dealt with by the server."""
        self.sockets.settle()

    # Pushes and silence

    def await_push(self, actors: Sequence[Actor], within: float) -> None:
        """Wait for a push to each actor, at most `within` seconds from the trigger's end."""
        pace = self._server.pace
        deadline = self._recorder.view().trigger_ended + pace.scaled(within)
        while self._recorder.wait(lambda now: all(_is_told(now, a) for a in actors), deadline):
            # A message may be a rhythm of the server's that the control phase
            # was too short for; the control actor then hears it at the same time.
            self._recorder.sleep_until(self._recorder.now() + pace.scaled(ECHO))
            if not self._weigh():
                break
        view = self._recorder.view()
        for actor in actors:
            socket = view.current_socket(actor)
            for push in view.pushes(socket)[:1] if socket else ():
                pace.saw_push(push.received - view.since)

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
        received = self._recorder.now()
        self._recorder.add(
            Quiet(
                step=self._recorder.step,
                actor=CONTROL,
                sent=sent,
                received=received,
                grace=received - ended,
            )
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
        self._server.one_off |= left
        return bool(news - left)


def _is_told(view: View, actor: Actor) -> bool:
    socket = view.current_socket(actor)
    if socket is None:
        return True
    end = view.end(socket)
    return bool(view.pushes(socket)) or (end is not None and end.received <= view.since)

"""The calls of a scenario: requests from what steps ask for, replies, and what they teach."""

import contextlib
import random
import re
import threading
from collections.abc import Callable, Collection, Sequence

import msgspec

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.overload import waited_in_vain
from twidder_cli.engine.pace import BARRIER, HTTP, JITTER, TOKEN_PAUSE
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.requests import request_for, token_in, value_at
from twidder_cli.engine.server import Server
from twidder_cli.engine.tokens import Issued
from twidder_cli.model.actors import CONTROL, VISITOR, Actor
from twidder_cli.model.contract import MESSAGES
from twidder_cli.model.replies import is_accepted
from twidder_cli.model.step import Call, CannotPlay
from twidder_cli.model.timeline import Exchange, Request, Together
from twidder_cli.model.words import answered
from twidder_cli.wire import http

_LONGEST_TOKEN = 4096
_NAME = re.compile(r"\{([a-z][a-z0-9@-]*(?:\.[a-z0-9]+)+)\}")


class Calls:
    """Calls functions as actors, keeps their tokens and passwords, and records every exchange."""

    def __init__(self, server: Server, recorder: Recorder, cast: Cast) -> None:
        self._server = server
        self._recorder = recorder
        self._cast = cast
        self._tokens: dict[str, str] = {}
        self._signed_in_at: dict[str, float] = {}
        self._racing: set[Actor] = set()
        self._learning = threading.Lock()

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Call a function; with `must`, raise CannotPlay unless it is accepted."""
        if call.function == "sign_in":
            self._pause(actor.user)
            self._racing.discard(actor)
        exchange = self._send(actor, call, self._request(actor, call, token), must=must)
        if must and not is_accepted(exchange):
            raise CannotPlay(f"{actor}: {answered(exchange)}", function=call.function)
        if must and call.function == "sign_in":
            self._require_token(exchange)
        return exchange

    def _pause(self, user: str) -> None:
        """Keep sign-ins of a user apart, where the server was seen to need it."""
        last = self._signed_in_at.get(user)
        if last is not None:
            self._recorder.sleep_until(last + self._server.pace.token_pause)
        self._signed_in_at[user] = self._recorder.now()

    def together(self, calls: Sequence[tuple[Actor, Call]], jitter: random.Random) -> None:
        """Make calls at the same time: each is sent but for its last byte, then all are released.

        Records how far apart they were released. What becomes of them is for
        judges.
        """
        for user in {actor.user for actor, call in calls if call.function == "sign_in"}:
            self._pause(user)
        self._racing |= {actor for actor, call in calls if call.function == "sign_in"}
        requests = [self._request(actor, call, None) for actor, call in calls]
        delays = [jitter.uniform(0, self._server.pace.scaled(JITTER)) for _ in calls]
        barrier = threading.Barrier(len(calls))
        released: list[float] = []

        def make(index: int) -> None:
            actor, call = calls[index]

            def release() -> float:
                self._await(barrier)
                now = self._recorder.sleep_until(self._recorder.now() + delays[index])
                released.append(now)
                return now

            try:
                self._send(actor, call, requests[index], release)
            except Exception as error:  # noqa: BLE001  told where the others are
                self._recorder.crash(error)

        threads = [threading.Thread(target=make, args=(i,), daemon=True) for i in range(len(calls))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._recorder.add(
            Together(
                step=self._recorder.step,
                actor="",
                sent=min(released, default=self._recorder.now()),
                received=max(released, default=self._recorder.now()),
                calls=len(calls),
            )
        )

    def _await(self, barrier: threading.Barrier) -> None:
        # When one of them can't even connect, the others go on; the spread tells.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(self._server.pace.scaled(BARRIER))

    def fetch(self, actor: Actor, path: str) -> Exchange:
        """Get a page or a file."""
        return self._recorder.add(self._exchange(actor, "page", Request(method="GET", path=path)))

    def token(self, actor: Actor, name: str | None = None) -> str | None:
        """Return the actor's own token, or what `name` says instead; None where there is none."""
        if name is None:
            return self._tokens.get(actor)
        if name == "made-up":
            return self._cast.made_up_token(next(iter(self._tokens.values()), ""))
        if name == "none":
            return None
        return "" if name == "empty" else self.expanded(name)

    def issued(self, actors: Collection[Actor]) -> list[Issued]:
        """Return the actors' tokens with their users' addresses, by the actors' first sign-ins."""
        return [
            Issued(token, self._cast.profile(Actor(actor).user)["email"])
            for actor, token in self._tokens.items()
            if actor in actors
        ]

    def may_have_lost(self, actor: Actor) -> bool:
        """Whether the actor's token is from a race of sign-ins, so that it may be over already."""
        return actor in self._racing

    def address(self, actor: Actor, *, own: bool) -> str:
        """Return the actor's address, or, for who pretends to be another, the first user's."""
        others = [name for name in self._tokens if name not in {CONTROL, VISITOR}]
        who = actor if own else Actor(next(iter(others), actor))
        return self._cast.profile(who.user)["email"]

    def expanded(self, text: str) -> str:
        """Return `text` with the captured values it names, each `{name}` by its value."""

        def value(found: re.Match[str]) -> str:
            known = self._recorder.symbols.value(found[1])
            if known is None:
                raise CannotPlay(f"nothing was captured as {found[0]}", ours=True)
            return known

        return _NAME.sub(value, text)

    def capture(self, name: str, exchange: Exchange, place: str) -> None:
        """Name a value of a reply, so that later steps can use it; raises CannotPlay."""
        found = value_at(exchange.reply, place) if exchange.reply else None
        if found is None:
            raise CannotPlay(f"there is nothing at {place} in {answered(exchange)}")
        self._recorder.symbols.define(f"captured.{name}", found)

    def _request(self, actor: Actor, call: Call, token: str | None) -> Request:
        contract = self._server.contract
        operation = contract.operations.get(call.function)
        if call.function in contract.absent:
            raise CannotPlay(f"{actor}: no route of the server could be {call.function}")
        if operation is None:
            raise CannotPlay(
                f"the contract {contract.name} does not name {call.function}",
                function=call.function,
                ours=True,
            )
        signs = call.function in {"sign_up", "sign_in"}
        return request_for(
            contract,
            operation,
            self._values(actor, call),
            token=None if signs else self.token(actor, token),
            without=call.without,
            body=call.body,
        )

    def _values(self, actor: Actor, call: Call) -> dict[str, str]:
        own = dict(self._cast.profile(actor.user))
        own["own"] = own["email"]
        given = {name: self.expanded(text) for name, text in call.inputs.items()}
        if call.function == "change_password":
            own["old"] = self._cast.password(actor.user)
            given["new"] = self._cast.new_password(actor.user, given.get("new"))
        if call.function == "post_message":
            given["message"] = self._cast.message(actor.user, given.get("message"))
        return {**own, **given}

    def _send(
        self,
        actor: Actor,
        call: Call,
        request: Request,
        release: Callable[[], float] | None = None,
        *,
        must: bool = False,
    ) -> Exchange:
        exchange = self._exchange(actor, call.function, request, release)
        with self._learning:
            if call.function == "sign_in" and is_accepted(exchange):
                self._learn_token(exchange)
            exchange = self._recorder.add(self._learned(exchange, call, must=must))
        is_done = is_accepted(exchange) and (must or not exchange.differs)
        if call.function == "change_password" and is_done:
            self._cast.accept_new_password(actor.user)
        return exchange

    def _exchange(
        self,
        actor: Actor,
        operation: str,
        request: Request,
        release: Callable[[], float] | None = None,
    ) -> Exchange:
        sent = [self._recorder.now()]
        reply, loss = None, ""
        try:
            reply = http.call(
                request.method,
                self._server.url + request.path,
                request.headers,
                None if request.body is None else request.body.encode("utf-8", "surrogatepass"),
                timeout=self._server.pace.scaled(HTTP),
                release=None if release is None else lambda: sent.append(release()),
            )
        except http.Lost as lost:
            loss = str(lost)
            if lost.is_late:
                waited_in_vain(self._recorder, sent[-1])
        return Exchange(
            step=self._recorder.step,
            actor=actor,
            sent=sent[-1],
            received=self._recorder.now(),
            operation=operation,
            request=request,
            reply=reply,
            loss=loss,
        )

    def _learned(self, exchange: Exchange, call: Call, *, must: bool) -> Exchange:
        """Return the exchange with what this run knows of its function, and learn from it."""
        server, function = self._server, call.function
        if is_accepted(exchange) and (function != "sign_in" or exchange.actor in self._tokens):
            server.understood.add(function)
        question = function
        if function in MESSAGES:  # a wall may be empty: only the same one must show something
            own = self._cast.profile(Actor(exchange.actor).user)["email"]
            question = f"{function} {self.expanded(call.inputs.get('email', own))}"
        masked = self._recorder.masked(exchange)
        server.answers.learn(masked, question, must=must)
        return msgspec.structs.replace(
            exchange,
            understood=server.contract.vouched or function in server.understood,
            differs=server.answers.differs(masked, question),
        )

    def _learn_token(self, exchange: Exchange) -> None:
        actor, found = Actor(exchange.actor), self._token_in(exchange)
        if found is None or not _can_be_sent(found):
            return
        symbols = self._recorder.symbols
        if found in (symbols.value(name) for name in symbols.names(f"{actor.user}@")):
            self._server.pace.token_pause = TOKEN_PAUSE
        self._tokens[actor] = found
        symbols.define(f"{actor}.token.{len(symbols.names(f'{actor}.token.')) + 1}", found)

    def _token_in(self, exchange: Exchange) -> str | None:
        place = self._server.contract.operations["sign_in"].token
        return token_in(exchange.reply, place) if exchange.reply else None

    def _require_token(self, exchange: Exchange) -> None:
        found = self._token_in(exchange)
        if found is not None and exchange.actor in self._tokens:
            return
        place = self._server.contract.operations["sign_in"].token
        what = "no token" if found is None else "a token that can't be sent in a header"
        raise CannotPlay(
            f"{exchange.actor}: there is {what} at {place or 'json:data'} in the answer to "
            f"sign_in: {answered(exchange)}",
            function="sign_in",
        )


def _can_be_sent(token: str) -> bool:
    """Whether a token fits into a header, and is of a size that is one."""
    return 0 < len(token) <= _LONGEST_TOKEN and token.isprintable() and token.isascii()

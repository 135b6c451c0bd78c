"""Tries things on a live server: fresh users, requests, sockets, and an end to all of it."""

import threading
import time
from collections.abc import Callable, Mapping

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.pace import GOODBYE, HTTP, LEARNING, PONG, Pace
from twidder_cli.engine.requests import Opening, request_for
from twidder_cli.engine.symbols import Symbols
from twidder_cli.model.contract import Contract, Operation, TokenPlace
from twidder_cli.model.timeline import Exchange, Frame
from twidder_cli.wire import http
from twidder_cli.wire.websocket import Kind, Refused, Socket

MOST_REQUESTS = 300
"""Requests and handshakes for learning one contract."""

_MOST_LOST = 5
"""Requests in a row that may go without an answer."""

_NAME = "learner"

SILENT = "the server no longer answers"


class Exhausted(Exception):  # noqa: N818  a fact, told in words
    """Enough has been tried, or the server no longer answers. The text says which."""


class Person:
    """A fresh user: what they sign up with, their password, and their newest token."""

    def __init__(self, seed: str) -> None:
        self._cast = Cast([_NAME], Symbols(), seed)
        self.token = ""

    @property
    def values(self) -> dict[str, str]:
        """What the user fills in."""
        return dict(self._cast.profile(_NAME))

    @property
    def email(self) -> str:
        """The user's address."""
        return self.values["email"]

    def new_password(self) -> str:
        """Return a password that the user did not have before."""
        return self._cast.new_password(_NAME)

    def take_new_password(self) -> None:
        """Go by the newest password from now on."""
        self._cast.accept_new_password(_NAME)

    def message(self) -> str:
        """Return a fresh message."""
        return self._cast.message(_NAME)

    def made_up(self, like: str) -> str:
        """Return a token nobody was given."""
        return self._cast.made_up_token(like)


class Ear:
    """A socket, and what was heard on it."""

    def __init__(self, url: str, opening: Opening) -> None:
        self._changed = threading.Condition()
        self._heard: list[Frame] = []
        self._greeting = opening.greeting
        self._socket = Socket(url + opening.path, self._hear, headers=opening.headers)
        self._opened = 0.0
        self.is_open = False

    def open(self, pace: Pace) -> None:
        """Shake hands, greet, and see that what was sent has arrived."""
        try:
            self._socket.open(pace.scaled(HTTP))
        except Refused:
            return
        self.is_open = True
        self._opened = time.monotonic()
        if self._greeting is not None:
            self._socket.send(self._greeting)
        self._socket.ping(pace.scaled(PONG))

    def _hear(self, kind: Kind, text: str, size: int, code: int) -> None:
        with self._changed:
            self._heard.append(
                Frame(
                    step="", actor="", sent=0, received=0,
                    socket=1, kind=kind, text=text, size=size, code=code,
                )
            )  # fmt: skip
            self._changed.notify_all()

    @property
    def heard(self) -> list[Frame]:
        """What was heard so far."""
        with self._changed:
            return list(self._heard)

    @property
    def seconds(self) -> float:
        """How long ago it was opened."""
        return time.monotonic() - self._opened

    @property
    def has_ended(self) -> bool:
        """Whether it never opened, or the server has ended it."""
        return not self.is_open or any(frame.ends for frame in self.heard)

    def wait(self, condition: Callable[[list[Frame]], bool], seconds: float) -> bool:
        """Wait until what was heard fulfils a condition."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._heard), seconds)

    def leave(self) -> None:
        """Close it as a page does that is left."""
        if self.is_open:
            self._socket.leave()
            self._socket.finish(GOODBYE)


class Probe:
    """Sends what is to be tried; raises Exhausted when it is too much, or in vain."""

    def __init__(self, url: str, pace: Pace, seed: str) -> None:
        self._url = url.rstrip("/")
        self._seed = seed
        self._lost = 0
        self._began = time.monotonic()
        self.pace = pace
        self.requests = 0
        self.people = 0

    @property
    def is_unanswered(self) -> bool:
        """Whether the last request was lost."""
        return self._lost > 0

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._began

    def person(self) -> Person:
        """Return a fresh user."""
        self.people += 1
        return Person(f"{self._seed}/{self.people}")

    def call(
        self,
        operation: Operation,
        person: Person,
        place: TokenPlace | None = None,
        *,
        token: str | None = None,
        inputs: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send a request as a person; `inputs` are others than the person's own."""
        contract = Contract(operations={}, token=place)
        values = {**person.values, "own": person.email, **(inputs or {})}
        request = request_for(contract, operation, values, token=token)
        self._spend()
        reply, loss = None, ""
        body = None if request.body is None else request.body.encode("utf-8", "surrogatepass")
        url = self._url + request.path
        try:
            timeout = self.pace.scaled(HTTP)
            reply = http.call(request.method, url, request.headers, body, timeout=timeout)
            self._lost = 0
        except http.Lost as lost:
            loss = str(lost)
            self._lost += 1
        now = self.seconds
        return Exchange(
            step="", actor=person.email, sent=now, received=now,
            operation="", request=request, reply=reply, loss=loss,
        )  # fmt: skip

    def socket(self, opening: Opening) -> Ear:
        """Open a socket; it may be refused, or end."""
        self._spend()
        ear = Ear("ws" + self._url.removeprefix("http"), opening)
        ear.open(self.pace)
        return ear

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(self.pace.scaled(seconds))

    def _spend(self) -> None:
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise Exhausted(f"{MOST_REQUESTS} requests were not enough to learn it")
        if self.seconds > self.pace.scaled(LEARNING):
            raise Exhausted(f"{self.pace.scaled(LEARNING):g} s were not enough to learn it")
        if self._lost >= _MOST_LOST:
            raise Exhausted(SILENT)

"""What a step is, and the stage it plays on."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Literal, Protocol

from twidder_cli.model import Noun
from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.page import Browsing
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View

DURATION_PATTERN = r"^[0-9]+(\.[0-9]+)? m?s$"


class Duration(str):
    """A time as it is written in scenarios: `5 s`, `300 ms`."""

    __slots__ = ()

    @property
    def seconds(self) -> float:
        """The time in seconds; raises ValueError where the text is no time."""
        if not re.fullmatch(DURATION_PATTERN, self):
            raise ValueError(f"expected a time such as '5 s' or '300 ms', got {str(self)!r}")
        amount, _, unit = self.partition(" ")
        return float(amount) * (1.0 if unit == "s" else 0.001)


class Call(Noun):
    """One of the lab's functions with its inputs; what is not given is the caller's own.

    Inputs may hold captured values: `{bob.email}`. `without` leaves inputs
    out; `body` is sent as it is in place of all of them.
    """

    function: str
    inputs: dict[str, str] = {}
    without: tuple[str, ...] = ()
    body: str | None = None

    def __str__(self) -> str:
        return self.function


class CannotPlay(Exception):  # noqa: N818  a fact about the play, not an error of ours
    """A step that could not be carried out; the scenario stops there and this is its cause.

    `function` is the one that did not work, `step` the number of the step
    that is concerned, where it is an earlier one; `ours` says that it was no
    doing of the submission.
    """

    def __init__(
        self, cause: str, *, function: str = "", step: str = "", ours: bool = False
    ) -> None:
        super().__init__(cause)
        self.function = function
        self.step = step
        self.ours = ours


class Step(Noun):
    """A step of a scenario: `play` acts, `judge` reads the recording and is pure.

    `shorthand` names the field that a value without field names stands for;
    `follows_trigger` says that the step means nothing without one before it.
    `line` and `column` are its place in the file, `round` its turn inside a `repeat`, from 1.
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    shorthand: ClassVar[str] = ""
    follows_trigger: ClassVar[bool] = False

    kind: str = ""
    line: int = 0
    column: int = 0
    round: int = 0

    def play(self, stage: "Stage") -> None:
        """Act on the stage; raises CannotPlay."""
        raise NotImplementedError

    def judge(self, view: View) -> Iterator[Finding]:
        """Yield what is wrong in the recording; nothing when all is as it should be."""
        yield from ()

    def mistakes(self) -> Iterator[str]:
        """Yield what is wrong with the step as it is written."""
        yield from ()

    @property
    def actors(self) -> tuple[Actor, ...]:
        """The actors that the step speaks of."""
        return ()

    @property
    def users(self) -> tuple[str, ...]:
        """The accounts that the step speaks of, where it needs no actor."""
        return ()

    @property
    def listeners(self) -> tuple[Actor, ...]:
        """The actors whose sockets the step judges."""
        return ()

    @property
    def inner(self) -> tuple["Step", ...]:
        """The steps of a trigger, which are played and judged one by one."""
        return ()

    @property
    def inside(self) -> tuple["Step", ...]:
        """The steps that this one plays and judges in its own way."""
        return ()

    def arrows(self) -> Iterator[Arrow]:
        """Yield what passes between the actors and the server when all goes well."""
        yield from ()

    @property
    def calls_of_actors(self) -> tuple[tuple[Actor, Call], ...]:
        """The calls that the step makes, where it does nothing else."""
        return ()


def flat(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps, and all that are inside others, in their order."""
    for step in steps:
        yield step
        yield from flat((*step.inner, *step.inside))


Ending = Literal["close", "cut", "freeze"]
"""How a client's socket ends: with a close, without one, or by no longer being read."""


class Stage(Protocol):
    """What a step may do. The engine's works over the wire, a test's in memory."""

    def call(
        self, actor: Actor, call: Call, *, token: str | None = None, must: bool = False
    ) -> Exchange:
        """Call a function as an actor; with `must`, raise CannotPlay unless it is accepted.

        `token` is the name of a captured value to send in place of the actor's own.
        """

    def together(self, calls: Sequence[tuple[Actor, Call]]) -> None:
        """Make calls at the same time; what becomes of them is for judges."""

    def capture(self, name: str, exchange: Exchange, place: str) -> None:
        """Name a value of a reply `captured.NAME`; raises CannotPlay where there is none."""

    def fetch(self, actor: Actor, path: str) -> Exchange:
        """Get a page or a file."""

    def connect(self, actors: Sequence[Actor], token: str | None = None) -> None:
        """Open a socket for each actor and greet; raises CannotPlay when their own token fails."""

    def disconnect(
        self, actors: Sequence[Actor], how: Ending = "close", *, oldest: bool = False
    ) -> None:
        """End each actor's newest socket, or the oldest of several."""

    def send(self, actor: Actor, text: str) -> None:
        """Send a text message on the actor's current socket."""

    def send_bytes(self, actor: Actor, data: bytes, *, raw: bool) -> None:
        """Send a binary message; with `raw`, bytes that are no frame."""

    def take(self, actor: Actor, within: float) -> None:
        """Wait for the next message on the actor's current socket, and take it."""

    def perform(self, steps: Sequence[Step], attempt: int = 0) -> None:
        """Play steps inside the one under way; `attempt` numbers tries of the same steps."""

    def has_failed(self, steps: Sequence[Step], attempt: int) -> bool:
        """Whether what these steps expect did not hold in that attempt."""

    def now(self) -> float:
        """Return the seconds since the scenario began, with patience taken off."""

    def nap(self) -> None:
        """Let a moment pass between attempts."""

    def await_push(
        self, actors: Sequence[Actor], within: float, *, signed_in: bool = False
    ) -> None:
        """Wait for a push to each actor, at most `within` seconds from the trigger's end.

        With `signed_in`, only to those who were signed in before the trigger.
        """

    def quiet(self, actors: Sequence[Actor]) -> None:
        """Reach a quiet point: let the grace since the trigger pass, then Ping the sockets."""

    def guess_tokens(self, actors: Sequence[Actor]) -> None:
        """Find out whether the actors' tokens can be guessed, and record how."""

    def browse(self, actor: Actor, deed: Browsing) -> None:
        """Have an actor who is in a browser open, reload or leave the page, or come back to it."""

    def await_page(self, holds: Callable[[View], bool], within: float) -> None:
        """Wait until this holds of what pages have done, and goes on to, for so many seconds."""

    def settle(self) -> None:
        """Let every socket's opening or closing be dealt with by the server."""

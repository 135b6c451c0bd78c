"""`expect_message` and `expect_next`: what a socket hears, any time or right now."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Frame, Taken
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import described, printable

_EMPTY = "an empty text is in every message"


class ExpectMessage(Step):
    """`- expect_message: {on: anna@laptop, says: pong}`: it has come, in whatever place.

    Looks at all messages since the actor's newest socket opened. Inside
    `eventually` it waits for one.
    """

    kinds: ClassVar = ("expect_message",)

    on: Actor
    says: str

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor=self.on, label=self.says, kind="hears")

    def play(self, stage: Stage) -> None:
        """Nothing to do: it is about what has arrived."""

    def mistakes(self) -> Iterator[str]:
        if not self.says:
            yield _EMPTY

    def judge(self, view: View) -> Iterator[Finding]:
        heard = _heard(view, self.on)
        if not any(self.says in frame.text for frame in heard):
            yield Finding(
                title=f"{self.on} did not hear what it should",
                expected=f'a message with "{self.says}"',
                actual="; ".join(described(frame) for frame in heard) or "nothing arrived",
                who=(self.on,),
                line=self.line,
                evidence=view.evidence(*heard),
            )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.on,)

    @property
    def listeners(self) -> tuple[Actor, ...]:
        return (self.on,)


class ExpectNext(Step):
    """`- expect_next: {on: anna@laptop, says: pong, within: 2 s}`: the very next message says so.

    Each `expect_next` takes one message, in the order in which they came;
    what comes in between can't be passed over.
    """

    kinds: ClassVar = ("expect_next",)

    on: Actor
    says: str
    within: Duration = Duration("5 s")

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor=self.on, label=f"next: {self.says}", kind="hears")

    def play(self, stage: Stage) -> None:
        stage.take(self.on, self.within.seconds)

    def mistakes(self) -> Iterator[str]:
        if not self.says:
            yield _EMPTY

    def judge(self, view: View) -> Iterator[Finding]:
        for taken in view.mine(Taken):
            if taken.is_message and self.says in taken.text:
                continue
            yield Finding(
                title=f"{self.on} did not hear what it should next",
                expected=f'the next message says "{self.says}", within {self.within}',
                actual=f'the message "{printable(taken.text)}"'
                if taken.is_message
                else "nothing arrived",
                who=(self.on,),
                line=self.line,
                evidence=view.evidence(taken),
            )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.on,)

    @property
    def listeners(self) -> tuple[Actor, ...]:
        return (self.on,)


def _heard(view: View, actor: Actor) -> list[Frame]:
    sockets = view.sockets(actor)[-1:]
    return [frame for socket in sockets for frame in view.frames(socket) if not frame.ends]

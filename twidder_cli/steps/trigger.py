"""`trigger`: what is done so that somebody is told."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step


class Trigger(Step):
    """`- trigger: [{sign_in: anna@phone}, {connect: anna@phone}]`.

    Everybody's sockets are settled before it. What arrives from its first
    request on, and did not flow before, is a push.
    """

    kinds: ClassVar = ("trigger",)
    shorthand: ClassVar = "steps"

    steps: tuple[Step, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="trigger", kind="note")
        for step in self.steps:
            yield from step.arrows()

    def play(self, stage: Stage) -> None:
        stage.settle()
        stage.perform(self.steps)

    @property
    def inner(self) -> tuple[Step, ...]:
        return self.steps

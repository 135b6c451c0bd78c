"""`together`: calls that are made at the same time."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step


class Together(Step):
    """`- together: [{sign_in: [anna@laptop, anna@phone]}]`: all of them at once.

    Each request is sent but for its last byte; then all are released, a few
    milliseconds apart, in an order that changes with every round of a
    `repeat`. They may be refused: what must hold is expected afterwards.
    """

    kinds: ClassVar = ("together",)
    shorthand: ClassVar = "steps"

    steps: tuple[Step, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="at the same time", kind="note")
        for step in self.steps:
            yield from step.arrows()

    def play(self, stage: Stage) -> None:
        stage.together([pair for step in self.steps for pair in step.calls_of_actors])

    def mistakes(self) -> Iterator[str]:
        for step in self.steps:
            if not step.calls_of_actors:
                yield f"{step.kind} can't be done together with others; functions can"

    @property
    def inside(self) -> tuple[Step, ...]:
        return self.steps

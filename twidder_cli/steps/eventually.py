"""`eventually`: what need not hold at once."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Played
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View


class Eventually(Step):
    """`- eventually: {within: 5 s, steps: [{expect_refused: anna@laptop}]}`.

    The steps are played again and again until what they expect holds, over
    HTTP and on sockets alike. Only the last attempt is judged.
    """

    kinds: ClassVar = ("eventually",)

    steps: tuple[Step, ...]
    within: Duration = Duration("5 s")

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label=f"eventually, within {self.within}", kind="note")
        for step in self.steps:
            yield from step.arrows()

    def play(self, stage: Stage) -> None:
        deadline = stage.now() + self.within.seconds
        attempt = 1
        stage.perform(self.steps, attempt)
        while stage.has_failed(self.steps, attempt) and stage.now() < deadline:
            stage.nap()
            attempt += 1
            stage.perform(self.steps, attempt)

    def judge(self, view: View) -> Iterator[Finding]:
        attempts = [
            int(played.step.split(".")[-2])
            for played in view.every(Played)
            if played.step.startswith(f"{view.step}.")
        ]
        for number, step in enumerate(self.steps, 1):
            yield from step.judge(view.of(f"{view.step}.{max(attempts)}.{number}"))

    @property
    def inside(self) -> tuple[Step, ...]:
        return self.steps

"""`sign_up`: accounts are made."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Call, Stage, Step


class SignUp(Step):
    """`- sign_up: [anna, bob]`: a fresh account for each user; the scenario needs it."""

    kinds: ClassVar = ("sign_up",)
    shorthand: ClassVar = "by"

    by: tuple[str, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label=f"{', '.join(self.by)} sign up", kind="note")

    def play(self, stage: Stage) -> None:
        for actor, call in self.calls_of_actors:
            stage.call(actor, call, must=True)

    @property
    def calls_of_actors(self) -> tuple[tuple[Actor, Call], ...]:
        return tuple((Actor(f"{user}@signup"), Call(function="sign_up")) for user in self.by)

    @property
    def users(self) -> tuple[str, ...]:
        return self.by

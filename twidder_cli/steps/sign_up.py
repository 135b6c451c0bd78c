"""`sign_up`: accounts are made."""

from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.step import Call, Stage, Step


class SignUp(Step):
    """`- sign_up: [anna, bob]`: a fresh account for each user; the scenario needs it."""

    kinds: ClassVar = ("sign_up",)
    shorthand: ClassVar = "by"

    by: tuple[str, ...]

    def play(self, stage: Stage) -> None:
        for actor, call in self.calls_of_actors:
            stage.call(actor, call, must=True)

    @property
    def calls_of_actors(self) -> tuple[tuple[Actor, Call], ...]:
        return tuple((Actor(f"{user}@signup"), Call(function="sign_up")) for user in self.by)

    @property
    def users(self) -> tuple[str, ...]:
        return self.by

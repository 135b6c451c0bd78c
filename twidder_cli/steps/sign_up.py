"""`sign_up`: accounts are made."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Call, Stage, Step


class SignUp(Step):
    """`- sign_up: [anna, bob]`: a fresh account for each user; the scenario needs it.

    `- sign_up: anna@laptop`, who is in a browser, makes it by the page's own form.
    """

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
        by = [Actor(one if "@" in one else f"{one}@signup") for one in self.by]
        return tuple((actor, Call(function="sign_up")) for actor in by)

    @property
    def users(self) -> tuple[str, ...]:
        return tuple(one for one in self.by if "@" not in one)

    @property
    def actors(self) -> tuple[Actor, ...]:
        return tuple(Actor(one) for one in self.by if "@" in one)

"""`sign_up`: accounts are made."""

from typing import ClassVar

from twidder_cli.model.step import Stage, Step


class SignUp(Step):
    """`- sign_up: [anna, bob]`: a fresh account for each user; the scenario needs it."""

    kinds: ClassVar = ("sign_up",)
    shorthand: ClassVar = "by"

    by: tuple[str, ...]

    def play(self, stage: Stage) -> None:
        for user in self.by:
            stage.sign_up(user)

    @property
    def users(self) -> tuple[str, ...]:
        return self.by

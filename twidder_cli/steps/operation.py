"""The lab's functions as steps: what has to work for the scenario to go on."""

import re
from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import FUNCTIONS, INPUTS, PLACE_PATTERN, PLACES
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Call, Stage, Step


class Operation(Step):
    """`- sign_in: anna@phone`, `- post_message: {by: anna@laptop, message: Hi}`.

    Each actor calls the function, one after the other. An input that is not
    given is the caller's own: address, password, a message, a new password.
    `capture: {city: "json:data.city"}` names a value of the answer
    `{captured.city}`.
    """

    kinds: ClassVar = tuple(name for name in FUNCTIONS if name != "sign_up")
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]
    email: str | None = None
    password: str | None = None
    old: str | None = None
    new: str | None = None
    message: str | None = None

    capture: dict[str, str] = {}

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.by:
            yield Arrow(actor=actor, label=self.kind, kind="asks")

    def play(self, stage: Stage) -> None:
        for actor, call in self.calls_of_actors:
            exchange = stage.call(actor, call, must=True)
            for name, place in self.capture.items():
                stage.capture(name, exchange, place)

    def mistakes(self) -> Iterator[str]:
        for name in self._inputs:
            if name not in INPUTS.get(self.kind, ()):
                yield f"{self.kind} has no input {name!r}"
        for name, place in self.capture.items():
            if not re.fullmatch(r"[a-z][a-z0-9]*", name):
                yield f"expected a name of small letters and digits to capture as, got {name!r}"
            if not re.fullmatch(PLACE_PATTERN, place):
                yield f"expected {PLACES} to capture from, got {place!r}"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

    @property
    def calls_of_actors(self) -> tuple[tuple[Actor, Call], ...]:
        call = Call(function=self.kind, inputs=self._inputs)
        return tuple((actor, call) for actor in self.by)

    @property
    def _inputs(self) -> dict[str, str]:
        given = {
            "email": self.email,
            "password": self.password,
            "old": self.old,
            "new": self.new,
            "message": self.message,
        }
        return {name: value for name, value in given.items() if value is not None}

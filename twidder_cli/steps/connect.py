"""`connect` and `disconnect`: sockets are opened, and left."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Ending, Stage, Step


class Connect(Step):
    """`- connect: [anna@laptop, bob@desk]`: each opens a socket and greets with its token.

    `- connect: {by: eve@cafe, token: made-up}` greets with a token that is not
    the actor's own: `made-up`, `empty`, or a text that may name captured
    values, such as `{anna@laptop.token.1}`. The server may refuse such a
    socket at once, or leave it in silence.
    """

    kinds: ClassVar = ("connect",)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]
    token: str | None = None

    def arrows(self) -> Iterator[Arrow]:
        token = f", token {self.token}" if self.token is not None else ""
        for actor in self.by:
            yield Arrow(actor=actor, label=f"opens a socket{token}", kind="asks")

    def play(self, stage: Stage) -> None:
        stage.connect(self.by, self.token)

    def mistakes(self) -> Iterator[str]:
        if self.token == "none":  # noqa: S105  the word for it
            yield "a socket is greeted with some token; 'empty' is one that says nothing"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by


class Disconnect(Step):
    """`- disconnect: anna@laptop`: the current socket is closed, as by a page that is left.

    `how: cut` resets the connection without a close; `how: freeze` leaves it
    open and reads nothing any more, as a client does that has vanished.
    `which: oldest` ends the first of several sockets instead of the newest.
    """

    kinds: ClassVar = ("disconnect",)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]
    how: Ending = "close"
    which: Literal["newest", "oldest"] = "newest"

    def arrows(self) -> Iterator[Arrow]:
        label = {"close": "closes", "cut": "cuts", "freeze": "no longer reads"}[self.how]
        for actor in self.by:
            yield Arrow(actor=actor, label=f"{label} its {self.which} socket", kind="asks")

    def play(self, stage: Stage) -> None:
        stage.disconnect(self.by, self.how, oldest=self.which == "oldest")

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

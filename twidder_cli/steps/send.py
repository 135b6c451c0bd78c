"""`send`: a message from a client, well-formed or not."""

import re
from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step

_HEX = re.compile(r"(?:[0-9a-fA-F]{2}\s*)+")


class Send(Step):
    """`- send: {by: anna@laptop, text: hello}`: on the actor's current socket.

    `binary` sends a binary message, `raw` bytes that need not be a frame; both
    are written in hexadecimal.
    """

    kinds: ClassVar = ("send",)

    by: Actor
    text: str | None = None
    binary: str | None = None
    raw: str | None = None

    def arrows(self) -> Iterator[Arrow]:
        label = self.text or f"bytes {self.binary or self.raw}"
        yield Arrow(actor=self.by, label=label, kind="asks")

    def play(self, stage: Stage) -> None:
        if self.text is not None:
            stage.send(self.by, self.text)
        else:
            data = bytes.fromhex(self.binary or self.raw or "")
            stage.send_bytes(self.by, data, raw=self.raw is not None)

    def mistakes(self) -> Iterator[str]:
        if sum(form is not None for form in (self.text, self.binary, self.raw)) != 1:
            yield "send wants exactly one of text, binary and raw"
        for form in (self.binary, self.raw):
            if form is not None and not _HEX.fullmatch(form):
                yield f"expected bytes in hexadecimal such as '81 05', got {form!r}"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.by,)

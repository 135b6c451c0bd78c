"""`open`, `reload`, `close_tab` and the like: what somebody in a browser does with a tab."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.page import Browsing
from twidder_cli.model.step import Stage, Step

_DEEDS: dict[str, Browsing] = {
    "open": "open",
    "reload": "reload",
    "reopen": "reopen",
    "restore": "restore",
    "close_tab": "close_tab",
    "go_offline": "go_offline",
    "go_online": "go_online",
}


class Browse(Step):
    """`- open: anna@laptop`, `- reload: anna@laptop`: an actor in a browser uses a tab.

    `close_tab` leaves the page; `restore` brings the tab back with all that it had
    stored, `reopen` opens a new one, where only what the whole browser keeps is left.
    `go_offline` takes the network away, and `go_online` gives it back.
    """

    kinds: ClassVar = tuple(_DEEDS)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.by:
            yield Arrow(actor=actor, label=self.kind.replace("_", " "), kind="asks")

    def play(self, stage: Stage) -> None:
        for actor in self.by:
            stage.browse(actor, _DEEDS[self.kind])

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

"""`expect_socket`: whether the page has opened a WebSocket."""

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Connection, Loaded
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import entry_line
from twidder_cli.steps._pages import end_of, last, open_sockets, what_else

_HINTS = {
    "none": "Open the socket once the server has accepted the sign-in, not when the page loads.",
    "open": "Open a WebSocket when the user has signed in, and keep it open.",
    "reopened": "A reload ends the socket. Open a new one wherever the page finds a valid token "
    "and shows the profile, not only after the sign-in form.",
}
_EXPECTED = {
    "none": "no socket before somebody has signed in",
    "open": "an open socket",
    "reopened": "a new socket after the page has loaded again",
}


class ExpectSocket(Step):
    """`- expect_socket: {by: anna@laptop, is: open, within: 5 s}`.

    `open`: the page holds one. `reopened`: one that it has opened since it was last
    loaded. `none`: since then it has not tried to, for as long as `within` says.
    """

    kinds: ClassVar = ("expect_socket",)

    by: Actor
    has: Literal["open", "none", "reopened"]
    within: Duration = Duration("5 s")

    def arrows(self) -> Iterator[Arrow]:
        label = {"none": "opens no socket", "open": "has a socket", "reopened": "has a new socket"}
        yield Arrow(actor=self.by, label=label[self.has], kind="hears")

    def play(self, stage: Stage) -> None:
        # The absence of one is watched for the whole time: until it is there.
        stage.await_page(
            lambda now: self._holds(now, math.inf) is (self.has != "none"), self.within.seconds
        )

    def judge(self, view: View) -> Iterator[Finding]:
        end = end_of(view)
        if self._holds(view, end):
            return
        tried = self._tried(view, end)
        yield Finding(
            title=f"The page of {self.by} has opened a socket too early"
            if self.has == "none"
            else f"The page of {self.by} has no socket",
            expected=_EXPECTED[self.has],
            actual="\n".join(entry_line(one) for one in tried)
            or f"none was opened within {self.within}{what_else(view, self.by, end)}",
            hint=_HINTS[self.has],
            who=(self.by,),
            line=self.line,
            evidence=view.evidence(*tried),
        )

    def _holds(self, view: View, until: float) -> bool:
        tried = self._tried(view, until)
        if self.has == "none":
            return not tried
        now = open_sockets(view, self.by, until)
        return bool(now) and (self.has == "open" or any(one in tried for one in now))

    def _tried(self, view: View, until: float) -> list[Connection]:
        """Return all that was tried since the page was last loaded."""
        loaded = last(view, Loaded, self.by, until)
        since = loaded.received if loaded else -math.inf
        return [
            c
            for c in view.every(Connection)
            if c.actor == self.by and since <= c.sent and c.received <= until
        ]

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.by,)

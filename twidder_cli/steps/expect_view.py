"""`expect_view`: what somebody sees on the page."""

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Shown
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import described
from twidder_cli.steps._pages import end_of, shown, what_else

_DEAF = "The page was told and shows nothing of it: look at what it does in the socket's onmessage."
_UNTOLD = "The page heard nothing, so it is the server that does not tell it."
_TRUSTING = (
    "A stored token may have expired. Ask the server before the profile is shown, and go to the "
    "welcome view when it refuses."
)
_LOST = "The page has to come back to the same view: keep the token in web storage."


class ExpectView(Step):
    """`- expect_view: {by: anna@laptop, view: welcome, within: 5 s}`.

    The welcome view is a visible form to sign in with; the profile has none, but
    a way to sign out, the tabs, or the own address.
    """

    kinds: ClassVar = ("expect_view",)

    by: tuple[Actor, ...]
    view: Literal["welcome", "profile"]
    within: Duration = Duration("5 s")

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.by:
            yield Arrow(actor=actor, label=f"sees the {self.view} view", kind="hears")

    def play(self, stage: Stage) -> None:
        stage.await_page(
            lambda now: all(self._is_shown(now, actor, math.inf) for actor in self.by),
            self.within.seconds,
        )

    def judge(self, view: View) -> Iterator[Finding]:
        end = end_of(view)
        for actor in self.by:
            if not self._is_shown(view, actor, end):
                yield self._finding(view, actor, end)

    def _is_shown(self, view: View, actor: Actor, until: float) -> bool:
        now = shown(view, actor, until)
        return now is not None and now.view == self.view

    def _finding(self, view: View, actor: Actor, end: float) -> Finding:
        now = shown(view, actor, end)
        is_known = now is not None and now.view != "other"
        heard = [f for f in view.heard_by(actor) if f.received <= end]
        told = f"; it was told: {described(heard[0])}" if heard else ""
        seen = f"the {now.view} view since {now.received:.2f} s" if now and is_known else ""
        return Finding(
            title=f"The page of {actor} does not show the {self.view} view",
            expected=f"the {self.view} view within {self.within}",
            actual=f"{seen or 'neither the welcome view nor the profile'}{told}"
            f"{what_else(view, actor, end)}",
            hint=self._hint(view, actor, is_told=bool(heard)),
            who=(actor,),
            line=self.line,
            evidence=view.evidence(*(e for e in view.every(Shown) if e.actor == actor), *heard),
            verdict=Verdict.FAILED if is_known else Verdict.UNCLEAR,
        )

    def _hint(self, view: View, actor: Actor, *, is_told: bool) -> str:
        if self.view == "profile":
            return _LOST
        if is_told:
            return _DEAF
        return _UNTOLD if view.current_socket(actor) else _TRUSTING

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

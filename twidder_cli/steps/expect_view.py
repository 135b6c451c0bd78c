"""`expect_view`: what somebody sees on the page."""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Frame, Shown
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import described
from twidder_cli.steps._pages import (
    cause,
    dialogs,
    end_of,
    first_welcome,
    greets_otherwise,
    last_asked,
    shown,
    what_else,
)

_DEAF = "The page was told and shows nothing of it: look at what it does in the socket's onmessage."
_UNTOLD = "The page heard nothing, so it is the server that does not tell it."
_OTHERWISE = (
    "It greets its socket otherwise than the server takes it: compare what each client sends first."
)
_ALONE = (
    "It had no socket then, so nobody could tell it: open one each time that the page is loaded by "
    "somebody who is signed in."
)
_NEITHER = (
    "Neither a form to sign in with nor anything of the profile is in sight: look at the page, of "
    "which --results keeps a picture."
)
_TRUSTING = (
    "A stored token may have expired. Ask the server before the profile is shown, and go to the "
    "welcome view when it refuses."
)
_STAYING = "Forget the token and show the welcome view when the sign-out has been answered."
_LOST = "The page has to come back to the same view: keep the token in web storage."
_DIALOG = (
    "A dialog stops the page until somebody answers, who may not be there: show the welcome view "
    "without alert() or confirm(), and the reason in it."
)
_ANY = "Not all that arrives is the logout: look at what a message says before the profile is left."
_OLD = (
    "Its newest socket is older than its last sign-in, and so goes by a token that has expired: "
    "open one each time that somebody signs in."
)
_BESIDE = "Only one of the views may be in sight: take one away when the other is shown."
_SEEN = {
    "welcome": "the welcome view",
    "profile": "the profile view",
    "both": "the welcome view beside the profile",
}


class ExpectView(Step):
    """`- expect_view: {by: anna@laptop, view: welcome, within: 5 s}`.

    The welcome view is a visible form to sign in with, or the buttons that lead to one; the
    profile has none, but a way to sign out, the tabs, or the own address. Where the form leaves
    the profile within reach, both are shown; that is a welcome view only where there never was
    another.
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
        if now is None or now.view != "both":
            return now is not None and now.view == self.view
        return self.view == "welcome" and first_welcome(view, actor) == "both"

    def _finding(self, view: View, actor: Actor, end: float) -> Finding:
        now = shown(view, actor, end)
        is_known = now is not None and now.view != "other"
        heard = [f for f in view.heard_by(actor) if f.received <= end]
        why = cause(view, now) if now else None
        return Finding(
            title=f"The page of {actor} does not show the {self.view} view",
            expected=f"the {self.view} view within {self.within}",
            actual=self._actual(now if is_known else None, end, heard, why)
            + what_else(view, actor, end),
            hint=self._hint(view, actor, now, is_told=bool(heard)),
            who=(actor,),
            line=self.line,
            evidence=view.evidence(*(e for e in view.every(Shown) if e.actor == actor), *heard),
            verdict=Verdict.FAILED if is_known else Verdict.UNCLEAR,
        )

    def _actual(
        self, now: Shown | None, end: float, heard: Sequence[Frame], why: Frame | None
    ) -> str:
        """Tell what is seen instead, and when the message arrived that has to do with it."""
        if now is None:
            return f"neither the welcome view nor the profile at {end:.2f} s"
        seen = f"{_SEEN[now.view]} since {now.received:.2f} s"
        if self.view == "profile":
            return f"{seen}, after {_arrival(why)}" if why else seen
        return f"{_arrival(heard[0])}; at {end:.2f} s there is {seen}" if heard else seen

    def _hint(self, view: View, actor: Actor, now: Shown | None, *, is_told: bool) -> str:
        if now is None or now.view == "other":
            return _NEITHER
        if now.view == "both":
            return _BESIDE
        if self.view == "profile":
            return _ANY if cause(view, now) else _LOST
        return _staying(view, actor, now, is_told=is_told)

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by


def _arrival(frame: Frame) -> str:
    return f"{described(frame)} arrived at {frame.received:.2f} s"


def _staying(view: View, actor: Actor, now: Shown, *, is_told: bool) -> str:
    """Return why somebody's page may have stayed who should have been logged out."""
    if any(e.actor == actor and e.sent > view.since for e in dialogs(view)):
        return _DIALOG
    if is_told:
        return _DEAF
    if socket := view.current_socket(actor):
        if socket.received < last_asked(view, actor, "sign_in"):
            return _OLD
        return _OTHERWISE if greets_otherwise(view, socket) else _UNTOLD
    if last_asked(view, actor, "sign_out") > last_asked(view, actor, "sign_in"):
        return _STAYING
    return _ALONE if now.received < view.since < math.inf else _TRUSTING

"""`expect_asynchronous`: the page never waits for the server, and asks no stub in its place."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Exchange, Noted
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import entry_line

_NO_DATA = {"document", "stylesheet", "script", "image", "font"}


class ExpectAsynchronous(Step):
    """`- expect_asynchronous: anna@laptop`: no request of the page so far was synchronous.

    Nor was anything asked of `serverstub`; that its script is still loaded is noted, and
    no mistake. A fetch is as good as an XMLHttpRequest, and is noted.
    """

    kinds: ClassVar = ("expect_asynchronous",)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.by:
            yield Arrow(actor=actor, label="never waits for the server", kind="hears")

    def play(self, stage: Stage) -> None:
        """All of it has been recorded before."""

    def judge(self, view: View) -> Iterator[Finding]:
        for actor in self.by:
            noted = [e for e in view.every(Noted) if e.actor == actor]
            waits = [e for e in noted if e.kind == "synchronous"]
            stubs = [e for e in noted if e.kind == "stub"]
            left = [e for e in noted if e.kind == "leftover"]
            asked = [
                e for e in view.every(Exchange) if e.actor == actor and e.operation not in _NO_DATA
            ]
            if waits:
                yield self._finding(
                    view,
                    waits,
                    title="The page stands still while it waits for the server",
                    hint="Leave the third argument of open() out, or make it true, and go on in "
                    "onload.",
                )
            if stubs:
                yield self._finding(
                    view,
                    [*left[:1], *stubs],
                    title="The page still calls serverstub.js",
                    hint="Replace the call by an XMLHttpRequest to the server.",
                )
            if not asked:
                yield self._nothing(actor)

    def _finding(self, view: View, noted: list[Noted], *, title: str, hint: str) -> Finding:
        return Finding(
            title=title,
            expected="asynchronous requests to the server only",
            actual="\n".join(entry_line(one) for one in noted[:5]),
            hint=hint,
            who=(noted[0].actor,),
            line=self.line,
            evidence=view.evidence(*noted),
        )

    def _nothing(self, actor: Actor) -> Finding:
        return Finding(
            title=f"The page of {actor} was not seen to ask the server for anything",
            expected="requests through XMLHttpRequest",
            actual="nothing but the page's own files",
            who=(actor,),
            line=self.line,
            verdict=Verdict.UNCLEAR,
        )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

"""`expect_no_error`: whatever was asked, the server answered and did not break."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import answered, listed


class ExpectNoError(Step):
    """`- expect_no_error: anna@laptop`: nothing asked so far got a 5xx, or no answer."""

    kinds: ClassVar = ("expect_no_error",)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="no answer so far was an error of the server", kind="note")

    def play(self, stage: Stage) -> None:
        """Nothing to do: it is about what was answered before."""

    def judge(self, view: View) -> Iterator[Finding]:
        broken = [
            call for call in view.every(Exchange) if call.actor in self.by and _is_broken(call)
        ]
        if broken:
            yield Finding(
                title=f"{listed(call.operation for call in broken)} broke",
                expected="an answer, and none of 500 or above",
                actual="\n".join(answered(call) for call in broken[:5]),
                hint="The server's log has the exception. Bad input is refused with a 4xx, and a "
                "client that has gone must not break a request of another.",
                who=tuple(dict.fromkeys(call.actor for call in broken)),
                line=self.line,
                evidence=view.evidence(*broken),
            )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by


def _is_broken(call: Exchange) -> bool:
    if call.reply is None:
        return not call.is_left  # which the server may have answered all the same
    return call.reply.status >= 500

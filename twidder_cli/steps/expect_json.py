"""`expect_json`: JSON is the data exchange format."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.replies import is_accepted, json_of
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import answered, listed


class ExpectJson(Step):
    """`- expect_json: anna@laptop`: what the functions answered to anna so far is JSON.

    Judged on normal answers only, and on their bodies: an empty body and any
    Content-Type are fine.
    """

    kinds: ClassVar = ("expect_json",)
    shorthand: ClassVar = "by"

    by: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="every answer so far was JSON", kind="note")

    def play(self, stage: Stage) -> None:
        """Nothing to do: it is about what was answered before."""

    def judge(self, view: View) -> Iterator[Finding]:
        users = {actor.user for actor in self.by}
        wrong = [
            call
            for call in view.every(Exchange)
            if call.operation in FUNCTIONS and _user(call.actor) in users and _is_not_json(call)
        ]
        if wrong:
            yield Finding(
                title=f"{listed(call.operation for call in wrong)} did not answer with JSON",
                expected="a body that parses as JSON, or none",
                actual="\n".join(answered(call) for call in wrong),
                hint="Return a dict from the view, or use flask.jsonify.",
                who=tuple(dict.fromkeys(call.actor for call in wrong)),
                line=self.line,
                evidence=view.evidence(*wrong),
            )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by


def _user(actor: str) -> str:
    return actor.partition("@")[0]


def _is_not_json(call: Exchange) -> bool:
    if call.reply is None or not is_accepted(call) or not call.reply.body.strip():
        return False
    try:
        json_of(call.reply.body)
    except ValueError:
        return True
    return False

"""`expect_one_valid`: of all who hold a token, exactly one is signed in."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import READING
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.replies import handed_over, is_accepted
from twidder_cli.model.step import Call, Stage, Step
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import NOT_UNDERSTOOD, answered

_LOCK = (
    "Two sign-ins at the same moment must not pass each other: end the old session and begin the "
    "new one in one transaction, or under one lock."
)


class ExpectOneValid(Step):
    """`- expect_one_valid: [anna@laptop, anna@phone]`: exactly one of their tokens is accepted.

    Asked with get_user_data_by_token, of one after the other. Equal tokens are
    one session.
    """

    kinds: ClassVar = ("expect_one_valid",)
    shorthand: ClassVar = "of"

    of: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="exactly one of their tokens is valid", kind="note")

    def play(self, stage: Stage) -> None:
        for actor in self.of:
            stage.call(actor, Call(function=READING[0]))

    def judge(self, view: View) -> Iterator[Finding]:
        calls = list(view.mine(Exchange))
        valid = [call for call in calls if is_accepted(call) and handed_over(call)]
        sessions = {tuple(sorted(call.request.headers.items())) for call in valid}
        if len(sessions) == 1:
            return
        is_told = bool(valid) or any(call.understood for call in calls)
        yield Finding(
            title="Several sessions of one user are valid" if valid else "Nobody is signed in",
            expected=f"exactly one of the {len(self.of)} tokens is valid",
            actual=f"{len(sessions)} are\n" + "\n".join(answered(c) for c in (valid or calls)[:3]),
            hint=_LOCK if is_told else NOT_UNDERSTOOD,
            who=tuple(call.actor for call in valid),
            line=self.line,
            evidence=view.evidence(*(valid or calls)),
            verdict=Verdict.FAILED if is_told else Verdict.UNCLEAR,
        )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.of

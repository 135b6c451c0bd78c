"""`expect_refused`: functions hand over nothing and have no effect."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.replies import handed_over, is_accepted, symbols_in
from twidder_cli.model.step import Call, Stage
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import listed
from twidder_cli.steps._answers import ExpectAnswer

_HINT = (
    "Look the token up in every route, among the sessions that are valid now. Is the old session "
    "deleted when its user signs in again?"
)
_HINTS = {
    "sign_in": "Compare the password with the stored one before a session is made.",
    "sign_up": "Look whether there is such a user already, and check every field, before you "
    "store anything.",
    "change_password": "Check the token, the old password, and how long the new one is, before "
    "you store it.",
}


class ExpectRefused(ExpectAnswer):
    """`- expect_refused: {by: anna@laptop, calls: [get_user_data_by_token]}`.

    Without `calls`: the four functions that read. No answer may be accepted,
    or hand over data whatever its status. `witness` looks at the own wall
    after a post_message: what is on it decides, not the status, unless the
    witness may not look.
    """

    kinds: ClassVar = ("expect_refused",)
    answer: ClassVar = "refused"

    witness: Actor | None = None

    def play(self, stage: Stage) -> None:
        super().play(stage)
        if self.witness is not None:
            stage.call(self.witness, Call(function="get_user_messages_by_token"))

    def judge(self, view: View) -> Iterator[Finding]:
        calls = self.asked(view)
        lost = [call for call in calls if call.reply is None]
        granted = [call for call in calls if self._is_granted(call, view)]
        if lost:
            yield self.finding(
                view,
                lost,
                title=f"{listed(call.operation for call in lost)} did not answer",
                expected="a refusal, which is an answer",
                hint="Look for the request in the server's log.",
            )
        if granted:
            yield self.finding(
                view,
                granted,
                title=f"{listed(call.operation for call in granted)} should have been refused",
                expected="an answer that is not 2xx, or says `success: false`, and hands over "
                "nothing",
                hint=_HINTS.get(granted[0].operation, _HINT),
            )
        elif calls and not any(call.understood for call in calls):
            # What would be refused to anybody shows nothing.
            yield self.not_understood(view, calls)
        else:
            yield from self.unasked(calls)

    def _is_granted(self, call: Exchange, view: View) -> bool:
        walls = [look for look in view.mine(Exchange) if look.actor == self.witness]
        if call.operation == "post_message" and any(is_accepted(wall) for wall in walls):
            posted = {name for name in symbols_in(call.request.body or "") if ".message." in name}
            if posted:  # else the page hides what it says
                return any(posted & handed_over(wall) for wall in walls)
        return bool(handed_over(call)) or (is_accepted(call) and not call.differs)

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by if self.witness is None else (*self.by, self.witness)

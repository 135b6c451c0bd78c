"""`expect_accepted`: functions work, and hand over what they should."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.contract import HANDING_OVER
from twidder_cli.model.replies import handed_over, is_accepted, strings_in
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import listed
from twidder_cli.steps._answers import ExpectAnswer


class ExpectAccepted(ExpectAnswer):
    """`- expect_accepted: {by: bob@desk, calls: [get_user_data_by_token], shows: ["{bob.email}"]}`.

    Without `calls`: the four functions that read. Each answer must be
    accepted, hold every text of `shows`, none of `lacks`, and those of
    `in_order` in that order; captured values are written by name.
    """

    kinds: ClassVar = ("expect_accepted",)
    answer: ClassVar = "accepted"

    shows: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()

    def mistakes(self) -> Iterator[str]:
        yield from super().mistakes()
        if "" in (*self.shows, *self.lacks, *self.in_order):
            yield "an empty text is in every answer"

    def judge(self, view: View) -> Iterator[Finding]:
        calls = self.asked(view)
        refused = [call for call in calls if _is_refused(call)]
        if refused and not any(call.understood for call in refused):
            yield self.not_understood(view, refused)
            return
        if refused:
            yield self.finding(
                view,
                refused,
                title=f"{listed(call.operation for call in refused)} should have been accepted",
                expected="an answer with a 2xx status, and `success` not false",
                hint="Is the token looked up just as it was handed out? Compare with the same "
                "request in the browser's network tab.",
            )
            return
        for call in calls:
            yield from self._contents(view, call)
        yield from self.unasked(calls)

    def _contents(self, view: View, call: Exchange) -> Iterator[Finding]:
        said = "\n".join(strings_in(call.reply.body if call.reply else ""))
        missing = [text for text in self.shows if text not in said]
        present = [text for text in self.lacks if text in said]
        if missing:
            yield self.finding(
                view,
                [call],
                title=f"{call.operation} does not hand over what it should",
                expected=f"{listed(missing)} in the answer",
                hint="Is it stored when it is given, and read back for the right user?",
            )
        places = [said.find(text) for text in self.in_order]
        if -1 in places or places != sorted(places):
            yield self.finding(
                view,
                [call],
                title=f"{call.operation} hands things over in another order",
                expected=f"{listed(self.in_order)}, in this order",
                hint="Sort by what says when it was made, and number what is made at the same "
                "moment.",
            )
        if present:
            yield self.finding(
                view,
                [call],
                title=f"{call.operation} hands over what should not be there",
                expected=f"no {listed(present)} in the answer",
                hint="Choose what you hand over, rather than all that is stored.",
            )


def _is_refused(call: Exchange) -> bool:
    """Whether a call was refused, be it with status 200: only a wall may be empty."""
    is_bare = call.operation in HANDING_OVER and call.differs and not handed_over(call)
    return is_bare or not is_accepted(call)

"""What `expect_accepted` and `expect_refused` share: calls, and findings about answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec

from twidder_cli.model.actors import Actor
from twidder_cli.model.contract import FUNCTIONS, INPUTS, READING
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Call, Stage, Step
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import NOT_UNDERSTOOD, answered, listed


class ExpectAnswer(Step):
    """Calls functions as each actor; `token` is sent in place of the actor's own, `none`: none."""

    shorthand: ClassVar = "by"
    answer: ClassVar = ""

    by: tuple[Actor, ...]
    calls: tuple[Call, ...] = tuple(Call(function=name) for name in READING)
    token: str | None = None

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.by:
            if [call.function for call in self.calls] == list(READING):
                label = f"what reads: {self.answer}"
                yield Arrow(actor=actor, label=label, kind="asks")
                continue
            for call in self.calls:
                yield Arrow(actor=actor, label=f"{call}: {self.answer}", kind="asks")

    def play(self, stage: Stage) -> None:
        for actor in self.by:
            for call in self.calls:
                stage.call(actor, call, token=self.token)

    def mistakes(self) -> Iterator[str]:
        for call in self.calls:
            if call.function not in FUNCTIONS:
                yield f"there is no function {call.function!r}"
            else:
                for name in (*call.inputs, *call.without):
                    if name not in INPUTS.get(call.function, ()):
                        yield f"{call.function} has no input {name!r}"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.by

    def asked(self, view: View) -> list[Exchange]:
        """Return the calls that this step made; a page may have asked for more besides."""
        functions = {call.function for call in self.calls}
        return [
            call
            for call in view.mine(Exchange)
            if call.actor in self.by and call.operation in functions and not call.is_left
        ]

    def unasked(self, asked: Sequence[Exchange]) -> Iterator[Finding]:
        """Yield that calls were not made after all, so that no answer can be judged."""
        made = Counter((call.actor, call.operation) for call in asked)
        wanted = Counter((str(actor), call.function) for actor in self.by for call in self.calls)
        missing = [f"{function} by {actor}" for actor, function in wanted - made]
        if missing:
            yield Finding(
                title="What should have been asked was not",
                expected=listed(f"{function} by {actor}" for actor, function in wanted),
                actual=f"nobody has seen {listed(missing)}",
                hint="Try it by hand, in two browsers.",
                line=self.line,
                verdict=Verdict.UNCLEAR,
            )

    def not_understood(self, view: View, exchanges: Sequence[Exchange]) -> Finding:
        """Return the finding that the functions may just have other names."""
        finding = self.finding(
            view,
            exchanges,
            title=f"{listed(e.operation for e in exchanges)} may go by another name here",
            expected="an answer as the contract names it",
            hint=NOT_UNDERSTOOD,
        )
        return msgspec.structs.replace(finding, verdict=Verdict.UNCLEAR)

    def finding(
        self, view: View, exchanges: Sequence[Exchange], *, title: str, expected: str, hint: str
    ) -> Finding:
        """Return a finding about answers, each shown whole."""
        return Finding(
            title=title,
            expected=expected,
            actual="\n".join(answered(exchange) for exchange in exchanges),
            hint=hint,
            who=tuple(dict.fromkeys(exchange.actor for exchange in exchanges)),
            line=self.line,
            evidence=view.evidence(*exchanges),
        )

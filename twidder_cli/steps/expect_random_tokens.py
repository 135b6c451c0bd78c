"""`expect_random_tokens`: nobody can tell a token that was handed out to somebody else."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Guessed
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View


class ExpectRandomTokens(Step):
    """`- expect_random_tokens: [anna@laptop, bob@desk]`: nothing is known of how to guess them.

    Numbers that count up, the time, and what is made of the user's address are
    guessed; of what only looks like that the verdict is unclear.
    """

    kinds: ClassVar = ("expect_random_tokens",)
    shorthand: ClassVar = "of"

    of: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        yield Arrow(actor="", label="their tokens can't be guessed", kind="note")

    def play(self, stage: Stage) -> None:
        stage.guess_tokens(self.of)

    def judge(self, view: View) -> Iterator[Finding]:
        for guessed in view.mine(Guessed):
            if guessed.made_of:
                yield Finding(
                    title="Tokens can be guessed" if guessed.is_certain else "Are tokens random?",
                    expected="random tokens, which tell nothing of each other nor of their users",
                    actual=f"the tokens of {len(self.of)} sign-ins are {guessed.made_of}",
                    hint="Make each token anew, with secrets.token_hex().",
                    who=self.of,
                    line=self.line,
                    evidence=view.evidence(guessed),
                    verdict=Verdict.FAILED if guessed.is_certain else Verdict.UNCLEAR,
                )

    def mistakes(self) -> Iterator[str]:
        if len({actor.user for actor in self.of}) == 1:
            yield "expected actors of several users: one user's token may stay the same"

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.of

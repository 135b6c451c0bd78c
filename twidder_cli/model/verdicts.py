"""Verdicts, whom they blame, and the findings that explain them."""

import enum
from collections.abc import Iterable

from twidder_cli.model import Noun


class Verdict(enum.StrEnum):
    """What became of a scenario or a submission. *Unclear*: we could not tell, and say why."""

    PASSED = "passed"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        """How bad it is: passed < skipped < unclear < failed."""
        return list(Verdict).index(self)

    @classmethod
    def worst(cls, verdicts: Iterable["Verdict"]) -> "Verdict":
        """Return the worst of `verdicts`; passed when there are none."""
        return max(verdicts, key=lambda verdict: verdict.rank, default=cls.PASSED)


class Blame(enum.StrEnum):
    """Whose fault a verdict is. Only the submission's costs points."""

    NONE = "none"
    SUBMISSION = "submission"
    HARNESS = "harness"


class Finding(Noun):
    """One thing that is wrong, told to the student who has to find it.

    `actual` is whole and already escaped; `who` are the actors it happened
    to; `line` is the step's place in the scenario file; `evidence` are
    indices of Timeline entries. `alike` is a title that others of its kind
    share, where its own names something particular.
    """

    title: str
    expected: str
    actual: str
    hint: str = ""
    who: tuple[str, ...] = ()
    line: int = 0
    evidence: tuple[int, ...] = ()
    alike: str = ""
    verdict: Verdict = Verdict.FAILED

    @property
    def blame(self) -> Blame:
        """Unclear findings are ours to settle, failed ones the submission's."""
        return Blame.SUBMISSION if self.verdict is Verdict.FAILED else Blame.HARNESS


class Outcome(Noun):
    """The judgement of one scenario, or of a submission that could not be played at all."""

    verdict: Verdict
    blame: Blame = Blame.NONE
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Outcome":
        """Fold findings into an outcome: the worst one gives verdict, blame and reason."""
        found = tuple(findings)
        if not found:
            return cls(verdict=Verdict.PASSED)
        worst = max(found, key=lambda finding: finding.verdict.rank)
        return cls(verdict=worst.verdict, blame=worst.blame, reason=worst.title, findings=found)

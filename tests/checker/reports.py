"""Literal events of a run, and the report they add up to."""

from collections.abc import Iterable

from twidder_cli.model.events import (
    Event,
    Listed,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerStarted,
    SubmissionFinished,
)
from twidder_cli.model.report import Report, fold
from twidder_cli.model.scenario import Level, Rule
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict

PASSED = Outcome(verdict=Verdict.PASSED)
FAILED = Outcome.of([Finding(title="not told", expected="a push", actual="nothing", line=11)])
UNCLEAR = Outcome.of(
    [Finding(title="no proof", expected="a Pong", actual="none", verdict=Verdict.UNCLEAR)]
)
SKIPPED = Outcome(
    verdict=Verdict.SKIPPED, blame=Blame.SUBMISSION, reason="can't be checked until a passes"
)


def listed(name: str, points: float, level: Level = "required") -> Listed:
    return Listed(
        id=name,
        title=f"The title of {name}",
        requirement="targeted",
        ref="L13",
        says="Only the target client gets it.",
        level=level,
        points=points,
        path=f"scenarios/{name}.yaml",
        name=name,
    )


SCENARIOS = (listed("a", 3), listed("b", 2), listed("c", 1.5), listed("d", 1, "advanced"))

REQUIRED = Rule()


def started(
    *submissions: str, scenarios: Iterable[Listed] = SCENARIOS, rule: Rule = REQUIRED
) -> RunStarted:
    return RunStarted(
        plan="Lab 3",
        rule=rule,
        scenarios=tuple(scenarios),
        submissions=submissions,
        targets=submissions,
        version="1.2.3",
        started_at="2026-11-22T16:00:00+00:00",
        replay="",
    )


def became(submission: str, **outcomes: Outcome) -> list[Event]:
    """Return a submission's events, given what became of its scenarios."""
    return [
        ServerStarted(submission=submission, how="gunicorn server:app", seconds=0.5),
        *(
            ScenarioFinished(submission=submission, scenario=name, outcome=outcome, seconds=1.25)
            for name, outcome in outcomes.items()
        ),
        SubmissionFinished(submission=submission, seconds=5.5),
    ]


def not_started(submission: str, outcome: Outcome) -> list[Event]:
    return [SubmissionFinished(submission=submission, seconds=2.0, outcome=outcome)]


def report(*parts: Event | Iterable[Event], interrupted: int = 0) -> Report:
    events = [one for part in parts for one in (part if isinstance(part, Iterable) else (part,))]
    return fold([*events, RunFinished(seconds=12.3456, interrupted=interrupted)])

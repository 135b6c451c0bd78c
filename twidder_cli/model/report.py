"""A report is a fold over events: verdicts and points, the same for every output."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from twidder_cli.model import Noun
from twidder_cli.model.events import (
    Event,
    Listed,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ServerStarted,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.scenario import Rule
from twidder_cli.model.timeline import Timeline
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict
from twidder_cli.model.words import number

_NOTHING = Timeline()
_PASSED = Outcome(verdict=Verdict.PASSED)

INTERRUPTED = Outcome(
    verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason="the run was interrupted"
)


class ScenarioResult(Noun):
    """What became of one scenario. `points` is None while it is unclear."""

    listed: Listed
    outcome: Outcome
    seconds: float = 0.0
    timeline: Timeline = Timeline()

    @property
    def points(self) -> float | None:
        """All of the scenario's points or none; None leaves them open."""
        match self.outcome.verdict:
            case Verdict.PASSED:
                return self.listed.points
            case Verdict.UNCLEAR:
                return None
            case _:
                return 0.0


class SubmissionResult(Noun):
    """What became of one submission. `notes` are what else people should know of it."""

    name: str
    scenarios: tuple[ScenarioResult, ...]
    how: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    own: Outcome | None = None
    rule: Rule = Rule()

    @property
    def verdict(self) -> Verdict:
        """The worst of what counts: the start, what is required, and the points that pass."""
        return Verdict.worst(outcome.verdict for outcome in self._counting)

    @property
    def outcome(self) -> Outcome:
        """The outcome that gave the verdict."""
        return next(outcome for outcome in self._counting if outcome.verdict is self.verdict)

    @property
    def _counting(self) -> list[Outcome]:
        counting = [self.own] if self.own else []
        if self.rule.required:
            counting += [s.outcome for s in self.scenarios if s.listed.level == "required"]
        return [*counting, self._points_outcome]

    @property
    def _points_outcome(self) -> Outcome:
        # Where only some of the plan's scenarios are played, all of their points are enough.
        needed = min(self.rule.points, self.max_points)
        missing = needed - self.points
        if missing <= 0:
            return Outcome(verdict=Verdict.PASSED)
        reason = f"{number(needed)} points pass, {number(self.points)} are certain"
        if missing <= self.open_points:
            return Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason=reason)
        return Outcome(verdict=Verdict.FAILED, blame=Blame.SUBMISSION, reason=reason)

    @property
    def points(self) -> float:
        """Points that are certain."""
        return sum(scenario.points or 0.0 for scenario in self.scenarios)

    @property
    def max_points(self) -> float:
        """Points to be had."""
        return sum(scenario.listed.points for scenario in self.scenarios)

    @property
    def open_points(self) -> float:
        """Points that a new run or a person has to settle."""
        return sum(s.listed.points for s in self.scenarios if s.points is None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the submission as a whole: why it could not be played."""
        return self.own.findings if self.own else ()


class Report(Noun):
    """What is known of a run; whole once RunFinished has been added."""

    started: RunStarted
    submissions: tuple[SubmissionResult, ...]
    seconds: float = 0.0
    interrupted: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all submissions."""
        return Verdict.worst(submission.verdict for submission in self.submissions)


class Fold:
    """Adds events up, one at a time.

    Timelines are kept only where they are wanted: those of a class would fill
    the memory.
    """

    def __init__(self, *, timelines: bool = False) -> None:
        self._timelines = timelines
        self._started: RunStarted | None = None
        self._hows: dict[str, str] = {}
        self._notes: dict[str, tuple[str, ...]] = {}
        self._scenarios: dict[str, dict[str, ScenarioFinished]] = defaultdict(dict)
        self._submissions: dict[str, SubmissionFinished] = {}
        self._finished = RunFinished(seconds=0.0)

    def add(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case RunStarted():
                self._started = event
            case SubmissionStarted():
                self._notes[event.submission] = event.notes
            case ServerStarted():
                self._hows[event.submission] = event.how
                self._notes[event.submission] = (
                    *self._notes.get(event.submission, ()),
                    *event.notes,
                )
            case ScenarioFinished():
                if not self._timelines:
                    event = msgspec.structs.replace(event, timeline=_NOTHING)
                if event.outcome == _PASSED:
                    event = msgspec.structs.replace(event, outcome=_PASSED)
                self._scenarios[event.submission][sys.intern(event.scenario)] = event
            case SubmissionFinished():
                self._submissions[event.submission] = event
            case RunFinished():
                self._finished = event
            case _:
                pass

    @property
    def report(self) -> Report:
        """What the events so far say; raises ValueError before RunStarted."""
        if self._started is None:
            raise ValueError("a report needs the RunStarted event")
        return Report(
            started=self._started,
            submissions=tuple(self.submission(name) for name in self._started.submissions),
            seconds=self._finished.seconds,
            interrupted=self._finished.interrupted,
        )

    @property
    def finished(self) -> Iterator[SubmissionResult]:
        """The submissions whose turn is over, in the order in which they ended."""
        return map(self.submission, self._submissions)

    def submission(self, name: str) -> SubmissionResult:
        """What the events so far say of one submission; raises ValueError before RunStarted."""
        if self._started is None:
            raise ValueError("a report needs the RunStarted event")
        finished = self._submissions.get(name)
        own = finished.outcome if finished else None
        result = SubmissionResult(
            name=name,
            how=self._hows.get(name, ""),
            notes=(*self._notes.get(name, ()), *(finished.notes if finished else ())),
            seconds=finished.seconds if finished else 0.0,
            own=own,
            rule=self._started.rule,
            scenarios=tuple(self._scenario(name, s, own) for s in self._started.scenarios),
        )
        if own is None or result.outcome is own:
            return result
        # It was cut off, which is told also where something else decides.
        return msgspec.structs.replace(result, notes=(*result.notes, own.reason))

    def _scenario(self, name: str, listed: Listed, own: Outcome | None) -> ScenarioResult:
        event = self._scenarios.get(name, {}).get(listed.id)
        if event is None:
            return ScenarioResult(listed=listed, outcome=_not_played(own))
        return ScenarioResult(
            listed=listed, outcome=event.outcome, seconds=event.seconds, timeline=event.timeline
        )


def fold(events: Iterable[Event]) -> Report:
    """Return the report of a whole run, with everything in it."""
    adding = Fold(timelines=True)
    for event in events:
        adding.add(event)
    return adding.report


def _not_played(own: Outcome | None) -> Outcome:
    """Return the outcome of a scenario that never began, given the submission's own."""
    if own is None:
        return INTERRUPTED
    verdict = Verdict.SKIPPED if own.verdict is Verdict.FAILED else Verdict.UNCLEAR
    return msgspec.structs.replace(
        own, verdict=verdict, reason=f"not played: {own.reason}", findings=()
    )


ExitCode = Literal[0, 1, 3]


def exit_code(report: Report) -> ExitCode:
    """Return the exit code that docs/exit-codes.md gives the report's verdict."""
    match report.verdict:
        case Verdict.PASSED:
            return 0
        case Verdict.UNCLEAR:
            return 3
        case _:
            return 1

"""What a worker owes when it dies is made up: every Started gets its Finished."""

import sys

import pytest

from twidder_cli import runner
from twidder_cli.load.library import find_contract
from twidder_cli.model.events import (
    Event,
    ScenarioFinished,
    ScenarioStarted,
    SubmissionFinished,
    SubmissionStarted,
    encode,
)
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.report import INTERRUPTED
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.runner import Runner

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

JOB = Job(
    submission=Submission(name="s", kind="folder", location="/s"),
    scenarios=(),
    contract=find_contract(None),
    patience=1.0,
    seed=1,
    workspace="",
)
BEGUN = SubmissionStarted(submission="s", origin="/s")
SCENARIO = ScenarioStarted(submission="s", scenario="a")
PASSED = ScenarioFinished(
    submission="s", scenario="a", outcome=Outcome(verdict=Verdict.PASSED), seconds=1.5
)
ENDED = SubmissionFinished(submission="s", seconds=2.5)


def events_of(monkeypatch: pytest.MonkeyPatch, *said: Event, then: str = "") -> list[Event]:
    """Return what a runner tells of a worker that says something and then does something."""
    lines = b"".join(encode(event) + b"\n" for event in said)
    script = f"import os, signal, sys\nos.write(int(sys.argv[-1]), {lines!r})\n{then}"
    monkeypatch.setattr(runner, "_WORKER", (sys.executable, "-c", script))
    return list(Runner().run(JOB))


def crashed(words: str) -> Outcome:
    return Outcome(
        verdict=Verdict.UNCLEAR,
        blame=Blame.HARNESS,
        reason=f"our worker ended before its work was done: {words}",
    )


def test_events_are_handed_on_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Event] = [BEGUN, SCENARIO, PASSED, ENDED]
    assert events_of(monkeypatch, *said) == said


def test_a_worker_that_says_nothing_has_begun_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = crashed("out of paper")
    assert events_of(monkeypatch, then="sys.exit('out of paper')") == [
        BEGUN,
        SubmissionFinished(submission="s", outcome=outcome),
    ]


def test_a_scenario_under_way_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = crashed("it was killed")
    killed = "os.kill(os.getpid(), signal.SIGKILL)"
    assert events_of(monkeypatch, BEGUN, SCENARIO, then=killed) == [
        BEGUN,
        SCENARIO,
        ScenarioFinished(submission="s", scenario="a", outcome=outcome),
        SubmissionFinished(submission="s", outcome=outcome),
    ]


def test_a_scenario_that_had_ended_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    told = events_of(monkeypatch, BEGUN, SCENARIO, PASSED, then="sys.exit('full')")
    assert told == [
        BEGUN,
        SCENARIO,
        PASSED,
        SubmissionFinished(submission="s", outcome=crashed("full")),
    ]


def test_half_a_line_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    told = events_of(monkeypatch, BEGUN, then='os.write(int(sys.argv[-1]), b\'{"type": "sub\')')
    assert [type(event) for event in told] == [SubmissionStarted, SubmissionFinished]


def test_after_an_interruption_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Runner()
    stopped.interrupt(2)
    assert (list(stopped.run(JOB)), stopped.interrupted) == ([], 2)


def test_an_interruption_ends_the_worker_and_what_it_had_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = encode(BEGUN) + b"\n" + encode(SCENARIO) + b"\n"
    script = f"import os, sys, time\nos.write(int(sys.argv[-1]), {lines!r})\ntime.sleep(1000)"
    monkeypatch.setattr(runner, "_WORKER", (sys.executable, "-c", script))
    stopped = Runner()
    told: list[Event] = []
    for event in stopped.run(JOB):
        told.append(event)
        if event == SCENARIO:
            stopped.interrupt(15)
    assert told == [
        BEGUN,
        SCENARIO,
        ScenarioFinished(submission="s", scenario="a", outcome=INTERRUPTED),
        SubmissionFinished(submission="s", outcome=INTERRUPTED),
    ]

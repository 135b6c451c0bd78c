"""What a worker owes when it dies is made up: every Started gets its Finished."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.checker.waiting import LONG
from twidder_cli.load.library import find_contract
from twidder_cli.model.events import (
    Event,
    ScenarioFinished,
    ScenarioStarted,
    SubmissionFinished,
    SubmissionStarted,
    decode,
    encode,
)
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.report import INTERRUPTED
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.runner import Runner

ROOT = Path(__file__).parents[2]

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
CRASHED = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS)
ENDED = SubmissionFinished(submission="s", seconds=2.5)


RUN = """
import sys
import msgspec
from twidder_cli import runner
from twidder_cli.model.events import ScenarioStarted, encode
from twidder_cli.model.job import Job

script, silence, time, *interruption = sys.argv[1:]
runner._SILENCE, runner._TIME = float(silence), float(time)
runner._WORKER = (sys.executable, "-c", script)
stopped = runner.Runner()
for event in stopped.run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)):
    print(encode(event).decode(), flush=True)
    if interruption and isinstance(event, ScenarioStarted):
        stopped.interrupt(int(interruption[0]))
"""


def events_of(
    *said: Event, then: str = "", interruption: int = 0, silence: float = 15, time: float = 60
) -> list[Event]:
    """Return what a runner tells of a worker that says something and then does something.

    `interruption` is the signal that interrupts the runner at the scenario's start;
    `silence` is how long, in seconds, a worker may say nothing, `time` how long it may take.
    """
    lines = b"".join(encode(event) + b"\n" for event in said)
    script = f"import os, signal, sys, time\nos.write(int(sys.argv[-1]), {lines!r})\n{then}"
    done = subprocess.run(  # noqa: S603  our own script
        [
            *(sys.executable, "-c", RUN, script, str(silence), str(time)),
            *([str(interruption)] if interruption else []),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=msgspec.json.encode(JOB),
        capture_output=True,
        timeout=LONG,
        check=False,
    )
    assert done.stderr == b""
    return [decode(line) for line in done.stdout.splitlines()]


def unfinished(events: list[Event]) -> list[Event]:
    """Return what was made up for a worker that crashed, without its words."""
    for event in events:
        assert isinstance(event, ScenarioFinished | SubmissionFinished)
        assert event.outcome is not None
        assert (event.outcome.verdict, event.outcome.blame) == (Verdict.UNCLEAR, Blame.HARNESS)
        assert event.outcome.reason.startswith("our worker ended before its work was done: ")
    return [msgspec.structs.replace(event, outcome=CRASHED) for event in events]


def reason_of(event: Event) -> str:
    """Return why a worker came to no end of its own."""
    assert isinstance(event, SubmissionFinished)
    assert event.outcome is not None
    return event.outcome.reason.removeprefix("our worker ended before its work was done: ")


def test_events_are_handed_on_as_they_are() -> None:
    assert events_of(BEGUN, SCENARIO, PASSED, ENDED) == [BEGUN, SCENARIO, PASSED, ENDED]


def test_a_worker_that_says_nothing_has_begun_and_ended() -> None:
    begun, *rest = events_of(then="sys.exit('out of paper')")
    assert (begun, unfinished(rest)) == (
        BEGUN,
        [SubmissionFinished(submission="s", outcome=CRASHED)],
    )


def test_a_scenario_under_way_is_ended() -> None:
    told = events_of(BEGUN, SCENARIO, then="os.kill(os.getpid(), signal.SIGKILL)")
    assert told[:2] == [BEGUN, SCENARIO]
    assert unfinished(told[2:]) == [
        ScenarioFinished(submission="s", scenario="a", outcome=CRASHED),
        SubmissionFinished(submission="s", outcome=CRASHED),
    ]


def test_a_scenario_that_had_ended_stays_as_it_was() -> None:
    told = events_of(BEGUN, SCENARIO, PASSED, then="sys.exit('full')")
    assert told[:3] == [BEGUN, SCENARIO, PASSED]
    assert unfinished(told[3:]) == [SubmissionFinished(submission="s", outcome=CRASHED)]


def test_half_a_line_is_no_event() -> None:
    told = events_of(BEGUN, then='os.write(int(sys.argv[-1]), b\'{"type": "sub\')')
    assert [type(event) for event in told] == [SubmissionStarted, SubmissionFinished]


def test_after_an_interruption_nothing_is_begun() -> None:
    stopped = Runner()
    stopped.interrupt(2)
    assert (list(stopped.run(JOB)), stopped.interrupted) == ([], 2)


@pytest.mark.parametrize("stubborn", [False, True])
def test_an_interruption_ends_the_worker_and_what_it_had_begun(stubborn: bool) -> None:
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    told = events_of(BEGUN, SCENARIO, then=f"{ignoring}time.sleep(1000)", interruption=15)
    assert told == [
        BEGUN,
        SCENARIO,
        ScenarioFinished(submission="s", scenario="a", outcome=INTERRUPTED),
        SubmissionFinished(submission="s", outcome=INTERRUPTED),
    ]


def test_what_comes_after_the_last_event_is_none() -> None:
    assert events_of(BEGUN, SCENARIO, PASSED, ENDED, SCENARIO, PASSED)[-1] == ENDED


def test_a_line_that_is_no_event_ends_the_worker_and_makes_it_unclear() -> None:
    garbled = """os.write(int(sys.argv[-1]), b'{"type": "passed"}\\n')\ntime.sleep(1000)"""
    told = events_of(BEGUN, SCENARIO, then=garbled)
    assert told[:2] == [BEGUN, SCENARIO]
    assert unfinished(told[2:]) == [
        ScenarioFinished(submission="s", scenario="a", outcome=CRASHED),
        SubmissionFinished(submission="s", outcome=CRASHED),
    ]


def test_a_worker_that_takes_for_ever_is_killed_although_it_is_heard_of() -> None:
    line = encode(SCENARIO) + b"\n"
    talking = f"while True:\n    os.write(int(sys.argv[-1]), {line!r})\n    time.sleep(0.05)"
    told = events_of(BEGUN, SCENARIO, then=talking, time=1.0)
    assert reason_of(told[-1]) == "it took longer than 1 s in all"
    assert unfinished([one for one in told[1:] if one != SCENARIO]) == [
        ScenarioFinished(submission="s", scenario="a", outcome=CRASHED),
        SubmissionFinished(submission="s", outcome=CRASHED),
    ]


def test_a_worker_that_is_not_heard_of_is_killed() -> None:
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(1000)"
    told = events_of(BEGUN, SCENARIO, then=ignoring, silence=3.0)
    assert told[:2] == [BEGUN, SCENARIO]
    assert unfinished(told[2:])[-1] == SubmissionFinished(submission="s", outcome=CRASHED)
    assert reason_of(told[-1]) == "nothing was heard of it for 3 s"

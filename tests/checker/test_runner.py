"""What a worker owes when it dies is made up: every Started gets its Finished."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil
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
from twidder_cli.model.scenario import Source
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
BEGUN = SubmissionStarted(submission="s", origin="folder")
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

script, silence, at_once, *interruption = sys.argv[1:]
runner._SILENCE = float(silence)
runner._WORKER = (sys.executable, "-c", script)
stopped = runner.Runner(int(at_once))
for event in stopped.run(msgspec.json.decode(sys.stdin.buffer.read(), type=list[Job])):
    print(encode(event).decode(), flush=True)
    if interruption and isinstance(event, ScenarioStarted):
        stopped.interrupt(int(interruption[0]))
"""


def events_of(
    *said: Event,
    then: str = "",
    interruption: int = 0,
    silence: float = 15,
    jobs: Sequence[Job] = (JOB,),
    at_once: int = 1,
) -> list[Event]:
    """Return what a runner tells of a worker that says something and then does something.

    The seconds of one that came to no end of its own are set to 0, once they are known.
    `interruption` is the signal that interrupts the runner at the scenario's start;
    `silence` is how long, in seconds, a worker may say nothing, `time` how long it may take.
    """
    lines = b"".join(encode(event) + b"\n" for event in said)
    script = f"import os, signal, sys, time\nos.write(int(sys.argv[-1]), {lines!r})\n{then}"
    done = subprocess.run(  # noqa: S603  our own script
        [
            *(sys.executable, "-c", RUN, script, str(silence), str(at_once)),
            *([str(interruption)] if interruption else []),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=msgspec.json.encode(jobs),
        capture_output=True,
        timeout=LONG,
        check=False,
    )
    assert done.stderr == b""
    return [_without_seconds(decode(line)) for line in done.stdout.splitlines()]


def _without_seconds(event: Event) -> Event:
    if not isinstance(event, SubmissionFinished) or event.outcome is None:
        return event
    assert event.seconds > 0
    return msgspec.structs.replace(event, seconds=0.0)


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
    assert (list(stopped.run([JOB])), stopped.interrupted) == ([], 2)


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
    hurried = msgspec.structs.replace(JOB, limit=1.0)
    told = events_of(BEGUN, SCENARIO, then=talking, jobs=[hurried])
    assert reason_of(told[-1]) == "grading took longer than 1 s; --time-limit allows more"


def test_a_worker_that_is_not_heard_of_is_killed() -> None:
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(1000)"
    told = events_of(BEGUN, SCENARIO, then=ignoring, silence=3.0)
    assert told[:2] == [BEGUN, SCENARIO]
    assert reason_of(told[-1]) == "nothing was heard of our worker for 3 s"


def test_a_worker_that_takes_too_long_is_killed_and_it_is_nobodys_fault() -> None:
    hurried = msgspec.structs.replace(JOB, limit=0.5)
    told = events_of(BEGUN, SCENARIO, then="time.sleep(1000)", jobs=[hurried])
    late = Outcome(
        verdict=Verdict.UNCLEAR,
        blame=Blame.HARNESS,
        reason="grading took longer than 0.5 s; --time-limit allows more",
    )
    assert told == [
        BEGUN,
        SCENARIO,
        ScenarioFinished(submission="s", scenario="a", outcome=late),
        SubmissionFinished(submission="s", outcome=late),
    ]


MEET = """
import json
job = json.load(sys.stdin)
name = job["submission"]["name"]
folder, = job["scenarios"]
folder = folder["text"]
open(os.path.join(folder, name), "w").close()
while len(os.listdir(folder)) < 2:
    time.sleep(0.01)
os.write(int(sys.argv[-1]), json.dumps(
    {"type": "submission_started", "submission": name, "origin": ""}).encode() + b"\\n")
os.write(int(sys.argv[-1]), json.dumps(
    {"type": "submission_finished", "submission": name}).encode() + b"\\n")
"""


def test_several_are_graded_at_a_time(tmp_path: Path) -> None:
    """Each of the two workers waits for the other, so one after the other would never end."""
    place = Source(id="", path="", text=str(tmp_path))
    jobs = [
        msgspec.structs.replace(
            JOB,
            submission=msgspec.structs.replace(JOB.submission, name=name),
            scenarios=(place,),
            sandbox="none",  # they meet in a folder outside their workspaces
        )
        for name in ("anna", "bob")
    ]
    told = events_of(then=MEET, jobs=jobs, at_once=2)
    ended = [event for event in told if isinstance(event, SubmissionFinished)]
    assert sorted(event.submission for event in ended) == ["anna", "bob"]
    assert all(event.outcome is None for event in ended)


def test_an_iterator_that_is_closed_leaves_no_worker_behind() -> None:
    others = psutil.Process().children(recursive=True)  # of tests that keep a server for long
    told = Runner().run([JOB])
    first = next(told)
    told.close()
    assert isinstance(first, SubmissionStarted)
    left = psutil.Process().children(recursive=True)
    assert [process for process in left if process not in others] == []


def test_what_is_found_out_before_a_turn_reaches_its_worker_and_its_events() -> None:
    def equipped(job: Job) -> Job:
        return msgspec.structs.replace(job, notes=("x 1.2 can't be had here",))

    told = Runner().run([JOB], equipped)
    first = next(told)
    told.close()
    assert first == msgspec.structs.replace(BEGUN, notes=("x 1.2 can't be had here",))

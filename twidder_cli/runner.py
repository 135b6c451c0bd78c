"""Runs jobs in workers, and returns their events in order; what a dead worker owes is made up here."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from twidder_cli import processes
from twidder_cli.model.events import (
    Event,
    ScenarioFinished,
    ScenarioStarted,
    SubmissionFinished,
    SubmissionStarted,
    decode,
)
from twidder_cli.model.job import Job
from twidder_cli.model.verdicts import Blame, Outcome, Verdict

_WORKER = (sys.executable, "-m", "twidder_cli.worker")


def run(job: Job) -> Iterator[Event]:
    """Grade one submission in a worker; every Started gets its Finished, whatever happens.

    Closing the iterator early stops the worker, and nothing is left behind.
    """
    with tempfile.TemporaryDirectory(prefix="twidder-", ignore_cleanup_errors=True) as workspace:
        job = msgspec.structs.replace(job, workspace=str(Path(workspace)))
        worker = processes.Worker(_WORKER, msgspec.json.encode(job))
        account = _Account(job)
        try:
            for line in worker.lines():
                event = decode(line)
                account.note(event)
                yield event
        except msgspec.DecodeError:
            pass  # a worker that was killed while it wrote
        finally:
            worker.stop()
        yield from account.missing(worker.errors())


class _Account:
    """What a worker has begun and not ended."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._began = False
        self._ended = False
        self._unfinished: str | None = None

    def note(self, event: Event) -> None:
        match event:
            case SubmissionStarted():
                self._began = True
            case ScenarioStarted(scenario=scenario):
                self._unfinished = scenario
            case ScenarioFinished():
                self._unfinished = None
            case SubmissionFinished():
                self._ended = True

    def missing(self, errors: str) -> Iterator[Event]:
        """Yield the events that a worker which died did not write."""
        if self._ended:
            return
        name = self._job.submission.name
        last = (errors.strip().splitlines() or ["it was killed"])[-1]
        outcome = Outcome(
            verdict=Verdict.UNCLEAR,
            blame=Blame.HARNESS,
            reason=f"our worker ended before its work was done: {last}",
        )
        if not self._began:
            yield SubmissionStarted(submission=name, origin=self._job.submission.location)
        if self._unfinished is not None:
            yield ScenarioFinished(submission=name, scenario=self._unfinished, outcome=outcome)
        yield SubmissionFinished(submission=name, outcome=outcome)

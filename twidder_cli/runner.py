"""Runs jobs in workers and returns their events; what a dead worker owes is made up here."""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
from twidder_cli.model.report import INTERRUPTED
from twidder_cli.model.verdicts import Blame, Outcome, Verdict

# -P: nothing in the operator's folder is imported by accident.
_WORKER = (sys.executable, "-P", "-m", "twidder_cli.worker")
_CLEAN_UP = 5.0
_SILENCE = 180.0
"""Seconds without an event after which a worker is taken for stuck; a scenario has 60."""
_TIME = 3600.0
"""Seconds that a submission may take in all; forty scenarios of 60 in a row are 2400."""


class Runner:
    """Grades submissions one after the other, until it is interrupted.

    `interrupted` is the number of the signal that did it, 0 for none.
    """

    def __init__(self) -> None:
        self.interrupted = 0
        self._worker: processes.Worker | None = None

    def interrupt(self, signal_number: int) -> None:
        """Stop grading, for use in a signal handler; the second call is less patient."""
        worker = self._worker
        if worker is not None:
            worker.terminate()
            timer = threading.Timer(0 if self.interrupted else _CLEAN_UP, worker.kill)
            timer.daemon = True
            timer.start()
        self.interrupted = signal_number

    def run(self, job: Job) -> Iterator[Event]:
        """Grade one submission in a worker; every Started gets its Finished, whatever happens.

        Yields nothing after an interruption. Nothing is left behind when the
        iterator is used up or closed.
        """
        if self.interrupted:
            return
        account = _Account(job)
        with _workspace() as folder:
            sandbox = _sandbox(job)
            job = msgspec.structs.replace(job, workspace=str(folder), sandbox=sandbox.value)
            self._worker = worker = processes.Worker(
                _WORKER, msgspec.json.encode(job), sandbox=sandbox, workspace=folder
            )
            watch = _Watch(worker, _SILENCE * job.patience, _TIME * job.patience)
            try:
                for line in worker.lines():
                    event = decode(line)
                    account.note(event)
                    watch.heard()
                    yield event
                    if account.ended:
                        break  # what comes after the last event is none
            except msgspec.DecodeError:
                pass  # it was killed in the middle of a line
            finally:
                watch.over()
                worker.stop(_CLEAN_UP)
                self._worker = None
        words = watch.why or worker.errors()
        yield from account.missing(INTERRUPTED if self.interrupted else _crashed(words))


@contextmanager
def _workspace() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="twidder-"))
    try:
        yield folder
    finally:
        processes.remove(folder)


def _sandbox(job: Job) -> processes.Sandbox:
    if job.submission.kind == "url":
        return processes.Sandbox.NONE  # nothing of it runs here
    if job.sandbox == "auto":
        return processes.best_sandbox()
    return processes.Sandbox(job.sandbox)


class _Watch:
    """Kills a worker that says nothing for long, or takes too long in all; `why` tells which."""

    def __init__(self, worker: processes.Worker, silence: float, time_in_all: float) -> None:
        self.why = ""
        self._worker = worker
        self._silence = silence
        self._time = time_in_all
        self._deadline = time.monotonic() + time_in_all
        self._heard = threading.Event()
        self._is_over = False
        self._thread = threading.Thread(target=self._watch, daemon=True, name="watch")
        self._thread.start()

    def heard(self) -> None:
        """Take note that an event came."""
        self._heard.set()

    def over(self) -> None:
        """Stop watching."""
        self._is_over = True
        self._heard.set()
        self._thread.join()

    def _watch(self) -> None:
        is_heard = True
        while is_heard and not self._is_over and time.monotonic() < self._deadline:
            is_heard = self._heard.wait(self._silence)
            self._heard.clear()
        if self._is_over:
            return
        silent = f"nothing was heard of it for {self._silence:g} s"
        self.why = f"it took longer than {self._time:g} s in all" if is_heard else silent
        self._worker.kill()


class _Account:
    """What a worker has begun and not ended."""

    def __init__(self, job: Job) -> None:
        self._submission = job.submission
        self.ended = False
        self._began = False
        self._unfinished: dict[str, None] = {}

    def note(self, event: Event) -> None:
        match event:
            case SubmissionStarted():
                self._began = True
            case ScenarioStarted(scenario=scenario):
                self._unfinished[scenario] = None
            case ScenarioFinished(scenario=scenario):
                self._unfinished.pop(scenario, None)
            case SubmissionFinished():
                self.ended = True
            case _:
                pass

    def missing(self, outcome: Outcome) -> Iterator[Event]:
        """Yield the events that a worker which did not come to its end has not written."""
        if self.ended:
            return
        name = self._submission.name
        if not self._began:
            yield SubmissionStarted(submission=name, origin=self._submission.location)
        for scenario in self._unfinished:
            yield ScenarioFinished(submission=name, scenario=scenario, outcome=outcome)
        yield SubmissionFinished(submission=name, outcome=outcome)


def _crashed(errors: str) -> Outcome:
    last = (errors.strip().splitlines() or ["it was killed"])[-1]
    return Outcome(
        verdict=Verdict.UNCLEAR,
        blame=Blame.HARNESS,
        reason=f"our worker ended before its work was done: {last}",
    )

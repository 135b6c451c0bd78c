"""Runs jobs in workers and returns their events; what a dead worker owes is made up here."""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator

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
_WAITING = 1000
"""Events that may wait to be handed on; a worker that is faster than its reader waits."""


def _as_it_is(job: Job) -> Job:
    return job


class Runner:
    """Grades submissions in workers, so many at a time, until it is interrupted.

    `interrupted` is the number of the signal that did it, 0 for none.
    """

    def __init__(self, at_once: int = 1) -> None:
        self.interrupted = 0
        self._at_once = at_once
        self._is_over = False
        self._workers: set[processes.Worker] = set()
        self._changing = threading.Lock()

    def interrupt(self, signal_number: int) -> None:
        """Stop grading, for use in a signal handler; the second call is less patient."""
        self._stop(0 if self.interrupted else _CLEAN_UP)
        self.interrupted = signal_number

    def run(
        self, jobs: Iterable[Job], equipped: Callable[[Job], Job] = _as_it_is
    ) -> Generator[Event]:
        """Grade submissions; every Started gets its Finished, whatever happens.

        A job is taken when there is a worker for it, and `equipped` then, beside
        what others do. After an interruption no more are begun. Nothing is left
        behind when the iterator is used up or closed.
        """
        todo = iter(jobs)
        told: queue.Queue[Event | BaseException | None] = queue.Queue(_WAITING)
        slots = [
            threading.Thread(
                target=self._work, args=(todo, equipped, told), daemon=True, name=f"slot {n}"
            )
            for n in range(self._at_once)
        ]
        for slot in slots:
            slot.start()
        working = len(slots)
        try:
            while working:
                event = told.get()
                if isinstance(event, BaseException):
                    raise event
                if event is None:
                    working -= 1
                else:
                    yield event
        finally:
            if working:
                self._stop(_CLEAN_UP)
                while any(slot.is_alive() for slot in slots):
                    with contextlib.suppress(queue.Empty):
                        told.get(timeout=0.1)

    def _work(
        self,
        todo: Iterator[Job],
        equipped: Callable[[Job], Job],
        told: "queue.Queue[Event | BaseException | None]",
    ) -> None:
        try:
            while (job := self._next(todo)) is not None:
                for event in self._grade(equipped(job)):
                    told.put(event)
        except BaseException as error:  # noqa: BLE001  raised again where the events are read
            told.put(error)
        else:
            told.put(None)

    def _next(self, todo: Iterator[Job]) -> Job | None:
        with self._changing:
            return None if self.interrupted or self._is_over else next(todo, None)

    def _stop(self, patience: float) -> None:
        self._is_over = True
        for worker in tuple(self._workers):
            worker.terminate()
            timer = threading.Timer(patience, worker.kill)
            timer.daemon = True
            timer.start()

    def _grade(self, job: Job) -> Iterator[Event]:
        account = _Account(job)
        with processes.scratch() as folder:
            sandbox = _sandbox(job)
            job = msgspec.structs.replace(job, workspace=str(folder), sandbox=sandbox.value)
            worker = processes.Worker(
                _WORKER, msgspec.json.encode(job), sandbox=sandbox, workspace=folder
            )
            self._workers.add(worker)
            if self._is_over:
                worker.terminate()  # it came too late to be told with the others
            watch = _Watch(worker, _SILENCE * job.patience, job.limit)
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
                self._workers.discard(worker)
        if self._is_over:
            yield from account.missing(INTERRUPTED)
        else:
            yield from account.missing(watch.verdict or _crashed(worker.errors()))


def _sandbox(job: Job) -> processes.Sandbox:
    if job.submission.kind == "url":
        return processes.Sandbox.NONE  # nothing of it runs here
    if job.sandbox == "auto":
        return processes.best_sandbox()
    return processes.Sandbox(job.sandbox)


class _Watch:
    """Kills a worker that has not been heard of for long, or takes longer than it may.

    `verdict` is then what becomes of the rest.
    """

    def __init__(self, worker: processes.Worker, silence: float, limit: float) -> None:
        self.verdict: Outcome | None = None
        self._worker = worker
        self._silence = silence
        self._limit = limit
        self._ends = time.monotonic() + limit
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
        while is_heard and not self._is_over and time.monotonic() < self._ends:
            left = self._ends - time.monotonic()
            is_heard = self._heard.wait(max(0.0, min(self._silence, left)))
            self._heard.clear()
        if self._is_over:
            return
        if time.monotonic() >= self._ends:
            why = f"grading took longer than {self._limit:g} s; --time-limit allows more"
        else:
            why = f"nothing was heard of our worker for {self._silence:g} s"
        self.verdict = _unclear(why)
        self._worker.kill()


class _Account:
    """What a worker has begun and not ended."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._since = time.monotonic()
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
        name = self._job.submission.name
        if not self._began:
            origin = self._job.submission.kind
            yield SubmissionStarted(submission=name, origin=origin, notes=self._job.notes)
        for scenario in self._unfinished:
            yield ScenarioFinished(submission=name, scenario=scenario, outcome=outcome)
        seconds = time.monotonic() - self._since
        yield SubmissionFinished(submission=name, seconds=seconds, outcome=outcome)


def _crashed(errors: str) -> Outcome:
    last = (errors.strip().splitlines() or ["it was killed"])[-1]
    return _unclear(f"our worker ended before its work was done: {last}")


def _unclear(reason: str) -> Outcome:
    return Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason=reason)

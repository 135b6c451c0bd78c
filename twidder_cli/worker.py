"""A process of ours that grades one submission: reads a job, writes events, one line each.

The events go to a descriptor of their own that the submission does not
inherit, so nothing a submission prints can be taken for one.
"""

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import msgspec

from twidder_cli import processes
from twidder_cli.browser.found import why_not
from twidder_cli.engine.grade import grade, notes
from twidder_cli.engine.pace import START, Pace
from twidder_cli.engine.people import Browser
from twidder_cli.engine.server import Server
from twidder_cli.libraries import Libraries
from twidder_cli.load.library import load_scenarios
from twidder_cli.model.events import (
    Event,
    Pictured,
    ScenarioFinished,
    ScenarioStarted,
    ServerStarted,
    StepFinished,
    SubmissionFinished,
    SubmissionStarted,
    encode,
)
from twidder_cli.model.job import Job
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import CannotPlay
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict
from twidder_cli.preparation import Prepared, Ungradable, prepare
from twidder_cli.schedule import Schedule
from twidder_cli.submissions.failures import explained
from twidder_cli.submissions.server import NotStarted, Running

Emit = Callable[[Event], None]

_PAGES = max(2, (os.cpu_count() or 2) // 2)
"""Scenarios with pages that are played at a time."""


class Grading:
    """One submission's turn: several servers of it at a time, and its scenarios shared out.

    Each lane has a server with data of its own, so that what is played in one
    is not heard in another. A server that dies is started again.
    """

    def __init__(self, job: Job, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._name = job.submission.name
        self._pace = Pace(job.patience)
        self._schedule = Schedule(load_scenarios(list(job.scenarios)))
        self._browser: Browser | None = None
        if self._schedule.has_browsers:
            self._get_browser()
        self._pages = threading.Semaphore(_PAGES)
        self._server = Server(job.contract, self._pace)
        self._starts = itertools.count(1)
        self._outcome: Outcome | None = None
        self._crash: BaseException | None = None

    def run(self) -> None:
        """Grade, and tell every step of it; the servers are gone when this returns."""
        began = time.monotonic()
        self._emit(
            SubmissionStarted(
                submission=self._name, origin=self._job.submission.kind, notes=self._job.notes
            )
        )
        # Nobody has to wait for it when the first page is opened.
        threading.Thread(target=self._start_browser, daemon=True, name="browser start").start()
        try:
            prepared = prepare(self._job, Path(self._job.workspace), self._pace, self._get_browser)
            self._play_on(prepared, began)
        except Ungradable as ungradable:
            self._outcome = Outcome.of([ungradable.finding])
        finally:
            if self._browser is not None:
                self._browser.close()
        self._emit(
            SubmissionFinished(
                submission=self._name,
                seconds=time.monotonic() - began,
                outcome=self._outcome,
                notes=tuple(notes(self._server)),
            )
        )

    def _get_browser(self) -> Browser | None:
        if self._browser is None:
            self._browser = _browser(self._job)
        return self._browser

    def _play_on(self, prepared: Prepared, began: float) -> None:
        """Play all scenarios, each lane on servers of its own."""
        self._start = prepared.start
        self._server = Server(prepared.contract, self._pace)
        self._server.understood |= prepared.understood
        if prepared.spoken is not None:
            self._server.use_by_page(prepared.spoken)
        if prepared.fault is not None:
            self._outcome = Outcome.of([prepared.fault])
        self._emit(
            ServerStarted(
                submission=self._name,
                how=prepared.how,
                seconds=time.monotonic() - began,
                notes=prepared.notes,
                contract=prepared.names,
            )
        )
        count = 1 if prepared.has_fixed_port else min(self._job.lanes, len(self._job.scenarios))
        lanes = [
            threading.Thread(target=self._lane, name=f"lane {number}", daemon=True)
            for number in range(count)
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        if self._crash is not None:
            raise self._crash

    def _lane(self) -> None:
        try:
            self._play_all()
        except NotStarted as not_started:
            self._outcome = Outcome.of([_no_longer(explained(not_started.attempt))])
            self._schedule.give_up()
        except BaseException as crash:  # noqa: BLE001  raised again in the main thread
            self._crash = crash
            self._schedule.give_up()

    def _play_all(self) -> None:
        with ExitStack() as servers:
            # Before there is a scenario for it: the first one is played alone meanwhile.
            running = self._started(servers)
            while (scenario := self._schedule.take()) is not None:
                failed = self._schedule.failed_need(scenario)
                if failed is not None:
                    self._skip(scenario, failed)
                    continue
                if not running.is_alive:
                    servers.close()
                    running = self._started(servers)
                self._play(scenario, running)

    def _started(self, servers: ExitStack) -> Running:
        workspace = Path(self._job.workspace) / f"start-{next(self._starts)}"
        return servers.enter_context(self._start(workspace, self._pace.scaled(START)))

    def _skip(self, scenario: Scenario, need: str) -> None:
        self._emit(ScenarioStarted(submission=self._name, scenario=scenario.id))
        outcome = Outcome(
            verdict=Verdict.SKIPPED,
            blame=Blame.SUBMISSION,
            reason=f"can't be checked until {need} passes",
        )
        self._finish(ScenarioFinished(submission=self._name, scenario=scenario.id, outcome=outcome))

    def _play(self, scenario: Scenario, running: Running) -> None:
        # Pages are work for the processor, where all else is waiting.
        has_pages = scenario.in_browser or self._server.by_page
        with self._pages if has_pages else nullcontext():
            self._play_now(scenario, running)

    def _play_now(self, scenario: Scenario, running: Running) -> None:
        self._emit(ScenarioStarted(submission=self._name, scenario=scenario.id))
        began = time.monotonic()
        if scenario.in_browser or self._server.by_page:
            self._start_browser()

        def progress(step: str, kind: str) -> None:
            self._emit(
                StepFinished(submission=self._name, scenario=scenario.id, step=step, kind=kind)
            )

        server = self._server.at(running.url, running)
        seed = f"{self._job.seed}{self._job.salt}"
        timeline, outcome, pictures = grade(scenario, server, seed, progress, self._browser)
        for actor, image in pictures.items():
            self._emit(
                Pictured(submission=self._name, scenario=scenario.id, actor=actor, image=image)
            )
        self._finish(
            ScenarioFinished(
                submission=self._name,
                scenario=scenario.id,
                outcome=outcome,
                seconds=time.monotonic() - began,
                timeline=timeline,
            )
        )

    def _start_browser(self) -> None:
        if self._browser is not None:
            with suppress(CannotPlay):  # told where an actor needs it
                self._browser.start()

    def _finish(self, event: ScenarioFinished) -> None:
        self._emit(event)
        self._schedule.finish(event.scenario, event.outcome.verdict)


def _browser(job: Job) -> Browser | None:
    """Return the browser of this worker, which is not started before it is needed."""
    if why_not():
        return None
    from twidder_cli.browser.chromium import Chromium

    # Nothing of a server's runs here that somebody else has started, but its pages do.
    is_url = job.submission.kind == "url"
    sandbox = processes.best_sandbox() if is_url else processes.Sandbox(job.sandbox)
    host = urlsplit(job.submission.location).hostname if is_url else None
    return Chromium(sandbox, Path(job.workspace), [host] if host else [], Libraries())


def _no_longer(finding: Finding) -> Finding:
    """A start that fails after one has worked may be this machine's doing."""
    return msgspec.structs.replace(finding, verdict=Verdict.UNCLEAR)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # At once, from whatever is under way in however many threads: the parent
    # writes the events that are missing, and removes the files.
    processes.kill_descendants()
    os._exit(143)


def main() -> None:
    """Read a job from standard input and write events to the descriptor named by the argument."""
    signal.signal(signal.SIGTERM, _stop)
    processes.end_with_parent()
    processes.adopt_orphans()
    processes.close_to_others()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    with os.fdopen(int(sys.argv[1]), "wb") as pipe:
        writing = threading.Lock()

        def emit(event: Event) -> None:
            line = encode(event) + b"\n"
            with writing:
                pipe.write(line)
                pipe.flush()

        try:
            Grading(job, emit).run()
        finally:
            processes.kill_descendants()


if __name__ == "__main__":
    main()

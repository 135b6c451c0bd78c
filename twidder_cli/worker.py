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
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import msgspec

from twidder_cli import processes
from twidder_cli.engine.judge import has_stalled, judge
from twidder_cli.engine.pace import START, Pace
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import load_scenarios
from twidder_cli.model.events import (
    Event,
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
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.schedule import Schedule
from twidder_cli.submissions.server import NotStarted, Running, started

Emit = Callable[[Event], None]


class Grading:
    """One submission's turn: several servers of it at a time, and its scenarios shared out.

    Each lane has a server with data of its own, so that what is played in one
    is not heard in another. A server that dies is started again.
    """

    def __init__(self, job: Job, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._name = job.submission.name
        self._learned = Server(job.contract, Pace(job.patience))
        self._schedule = Schedule(load_scenarios(list(job.scenarios)))
        self._starts = itertools.count(1)
        self._not_started: NotStarted | None = None
        self._crash: BaseException | None = None

    def run(self) -> None:
        """Grade, and tell every step of it; the servers are gone when this returns."""
        began = time.monotonic()
        self._emit(SubmissionStarted(submission=self._name, origin=self._job.submission.location))
        lanes = [
            threading.Thread(target=self._lane, name=f"lane {number}", daemon=True)
            for number in range(min(self._job.lanes, len(self._job.scenarios)))
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        if self._crash is not None:
            raise self._crash
        failed = self._not_started
        self._emit(
            SubmissionFinished(
                submission=self._name,
                seconds=time.monotonic() - began,
                outcome=Outcome.of([failed.finding]) if failed else None,
            )
        )

    def _lane(self) -> None:
        try:
            self._play_all()
        except NotStarted as not_started:
            self._not_started = not_started
            self._schedule.give_up()
        except BaseException as crash:  # noqa: BLE001  raised again in the main thread
            self._crash = crash
            self._schedule.give_up()

    def _play_all(self) -> None:
        with ExitStack() as servers:
            running: Running | None = None
            while (scenario := self._schedule.take()) is not None:
                failed = self._schedule.failed_need(scenario)
                if failed is not None:
                    self._skip(scenario, failed)
                    continue
                if running is None or not running.is_alive:
                    servers.close()
                    running = self._start(servers)
                self._play(scenario, running)

    def _start(self, servers: ExitStack) -> Running:
        number = next(self._starts)
        began = time.monotonic()
        workspace = Path(self._job.workspace) / f"start-{number}"
        running = servers.enter_context(
            started(
                self._job.submission,
                workspace,
                self._learned.pace.scaled(START),
                processes.Sandbox(self._job.sandbox),
            )
        )
        if number == 1:
            self._emit(
                ServerStarted(
                    submission=self._name,
                    how=running.how,
                    seconds=time.monotonic() - began,
                    notes=running.notes,
                )
            )
        return running

    def _skip(self, scenario: Scenario, need: str) -> None:
        self._emit(ScenarioStarted(submission=self._name, scenario=scenario.id))
        outcome = Outcome(
            verdict=Verdict.SKIPPED,
            blame=Blame.SUBMISSION,
            reason=f"can't be checked until {need} passes",
        )
        self._finish(ScenarioFinished(submission=self._name, scenario=scenario.id, outcome=outcome))

    def _play(self, scenario: Scenario, running: Running) -> None:
        self._emit(ScenarioStarted(submission=self._name, scenario=scenario.id))
        began = time.monotonic()

        def progress(step: str, kind: str) -> None:
            self._emit(
                StepFinished(submission=self._name, scenario=scenario.id, step=step, kind=kind)
            )

        server = self._learned.at(running.url, lambda: running.is_alive)
        pause = server.pace.token_pause
        seed = f"{self._job.seed}{self._job.salt}"
        timeline = Player(scenario, server, seed, progress).play()
        outcome = judge(scenario, timeline)
        is_doubtful = outcome.verdict is Verdict.UNCLEAR and has_stalled(timeline)
        is_hasty = outcome.verdict is not Verdict.PASSED and server.pace.token_pause > pause
        if running.is_alive and (is_doubtful or is_hasty):
            timeline = Player(scenario, server, f"{seed}/again", progress).play()
            outcome = judge(scenario, timeline)
        self._finish(
            ScenarioFinished(
                submission=self._name,
                scenario=scenario.id,
                outcome=outcome,
                seconds=time.monotonic() - began,
                timeline=timeline,
            )
        )

    def _finish(self, event: ScenarioFinished) -> None:
        self._emit(event)
        self._schedule.finish(event.scenario, event.outcome.verdict)


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

"""A process of ours that grades one submission: reads a job, writes events, one line each.

The events go to a descriptor of their own that the submission does not
inherit, so nothing a submission prints can be taken for one.
"""

import os
import signal
import sys
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
from twidder_cli.submissions.server import NotStarted, Running, started

Emit = Callable[[Event], None]


class Grading:
    """One submission's turn: its server, started as often as it dies, and its scenarios."""

    def __init__(self, job: Job, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._name = job.submission.name
        self._server = Server(job.contract, Pace(job.patience))
        self._verdicts: dict[str, Verdict] = {}
        self._starts = 0

    def run(self) -> None:
        """Grade, and tell every step of it; the server is gone when this returns."""
        began = time.monotonic()
        self._emit(SubmissionStarted(submission=self._name, origin=self._job.submission.location))
        outcome = None
        try:
            self._grade(load_scenarios(list(self._job.scenarios)))
        except NotStarted as not_started:
            outcome = Outcome.of([not_started.finding])
        self._emit(
            SubmissionFinished(
                submission=self._name, seconds=time.monotonic() - began, outcome=outcome
            )
        )

    def _grade(self, scenarios: list[Scenario]) -> None:
        with ExitStack() as servers:
            running: Running | None = None
            for scenario in scenarios:
                failed = self._failed_need(scenario)
                if failed is not None:
                    self._skip(scenario, failed)
                    continue
                if running is None or not running.is_alive:
                    servers.close()
                    running = self._start(servers)
                self._play(scenario, running)

    def _start(self, servers: ExitStack) -> Running:
        self._starts += 1
        began = time.monotonic()
        workspace = Path(self._job.workspace) / f"start-{self._starts}"
        running = servers.enter_context(
            started(self._job.submission, workspace, self._server.pace.scaled(START))
        )
        if self._starts == 1:
            self._emit(
                ServerStarted(
                    submission=self._name,
                    how=running.how,
                    seconds=time.monotonic() - began,
                    notes=running.notes,
                )
            )
        return running

    def _failed_need(self, scenario: Scenario) -> str | None:
        bad = {Verdict.FAILED, Verdict.SKIPPED}
        return next((need for need in scenario.needs if self._verdicts.get(need) in bad), None)

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

        self._server.url = running.url.rstrip("/")
        self._server.is_alive = lambda: running.is_alive
        pause = self._server.token_pause
        timeline = Player(scenario, self._server, f"{self._job.seed}", progress).play()
        outcome = judge(scenario, timeline)
        is_doubtful = outcome.verdict is Verdict.UNCLEAR and has_stalled(timeline)
        is_hasty = outcome.verdict is not Verdict.PASSED and self._server.token_pause > pause
        if running.is_alive and (is_doubtful or is_hasty):
            timeline = Player(scenario, self._server, f"{self._job.seed}/again", progress).play()
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
        self._verdicts[event.scenario] = event.outcome.verdict
        self._emit(event)


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)


def main() -> None:
    """Read a job from standard input and write events to the descriptor named by the argument."""
    signal.signal(signal.SIGTERM, _stop)
    processes.end_with_parent()
    processes.adopt_orphans()
    processes.close_to_others()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    with os.fdopen(int(sys.argv[1]), "wb") as pipe:

        def emit(event: Event) -> None:
            pipe.write(encode(event) + b"\n")
            pipe.flush()

        Grading(job, emit).run()


if __name__ == "__main__":
    main()

"""Grades a server of tests/broken_servers as `twidder check` grades a submission."""

import shutil
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import msgspec

from tests.broken_servers import right, wrong
from twidder_cli.load.library import find_contract, find_plan
from twidder_cli.load.playlist import Playlist, listed, playlist
from twidder_cli.model.events import RunFinished, RunStarted
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.report import SubmissionResult, fold
from twidder_cli.model.scenario import Plan
from twidder_cli.model.verdicts import Verdict
from twidder_cli.runner import Runner

SERVERS = Path(wrong.__file__).parent
CATCHERS = {f"wrong/{name}": server.catcher for name, server in wrong.SERVERS.items()}
NAMES = (*CATCHERS, *(f"right/{name}" for name in right.SERVERS))

_LETTERS = {
    Verdict.PASSED: ".",
    Verdict.SKIPPED: "s",
    Verdict.UNCLEAR: "u",
    Verdict.FAILED: "F",
}


@cache
def plan() -> Plan:
    """Return the plan that the gallery is graded by: its servers have no page to speak of."""
    whole = find_plan(None)
    on_the_wire = {one.id for _, one in playlist(tuple(whole.scenarios)) if not one.in_browser}
    shares = {name: share for name, share in whole.scenarios.items() if name in on_the_wire}
    return msgspec.structs.replace(whole, scenarios=shares)


@cache
def scenarios() -> Playlist:
    """Return all scenarios of the plan, in the order in which `twidder check` plays them."""
    return playlist(tuple(plan().scenarios))


def and_what_they_need(names: Collection[str]) -> Playlist:
    """Return the scenarios of these names and all that they build on, in the same order."""
    wanted = set(names)
    for _, scenario in reversed(scenarios()):  # what is needed comes first
        if scenario.id in wanted:
            wanted.update(scenario.needs)
    return [(source, scenario) for source, scenario in scenarios() if scenario.id in wanted]


def written(name: str, folder: Path) -> Submission:
    """Write a server of the gallery as somebody's submission."""
    module, _, server = name.partition("/")
    shutil.copytree(SERVERS, folder / SERVERS.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "server.py").write_text(
        f'from {SERVERS.name}.{module} import make\n\napp = make("{server}")\n'
    )
    return Submission(name=name, kind="folder", location=str(folder))


def graded(
    submission: Submission, *, patience: float, seed: int = 1, played: Playlist | None = None
) -> SubmissionResult:
    """Grade a submission by the whole plan or a part of it, in a worker of its own."""
    played = scenarios() if played is None else played
    started = RunStarted(
        plan=plan().title,
        rule=plan().rule,
        scenarios=tuple(listed(scenario, plan()) for _, scenario in played),
        submissions=(submission.name,),
        targets=(submission.location,),
        version="",
        started_at="",
        replay="",
    )
    job = job_of(submission, patience=patience, seed=seed, played=played)
    events = Runner().run([job])
    return fold([started, *events, RunFinished(seconds=0.0)]).submissions[0]


def job_of(
    submission: Submission, *, patience: float, seed: int, played: Playlist | None = None
) -> Job:
    """Return what a worker needs to grade a submission by the whole plan or a part of it."""
    played = scenarios() if played is None else played
    return Job(
        submission=submission,
        scenarios=tuple(source for source, _ in played),
        contract=find_contract("common"),
        patience=patience,
        seed=seed,
        workspace="",
    )


def letters(result: SubmissionResult) -> Mapping[str, str]:
    """Return the verdicts as the golden matrix writes them, by scenario."""
    return {s.listed.id: _LETTERS[s.outcome.verdict] for s in result.scenarios}

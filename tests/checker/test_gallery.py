"""Servers wrong on purpose, each caught by the right scenario; odd ones, all let through.

All verdicts together are tests/golden/matrix.txt. Where they change for a good
reason, `make golden` writes them anew, and the diff is reviewed.
"""

import inspect
import os
import shutil
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.mark import ParameterSet

from tests.broken_servers import right, wrong
from tests.golden import matrix
from twidder_cli.load.library import (
    find_contract,
    find_plan,
    find_scenarios,
    load_scenarios,
    requirements,
)
from twidder_cli.model.events import Listed, RunFinished, RunStarted
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.report import SubmissionResult, fold
from twidder_cli.model.scenario import Plan, Scenario, Source
from twidder_cli.model.verdicts import Blame, Verdict
from twidder_cli.runner import Runner

SERVERS = Path(wrong.__file__).parent
IS_REWRITING = "TWIDDER_GOLDEN" in os.environ
PATIENCE = 0.5
ABOUT_TIME = frozenset(
    {
        "wrong/broadcasts-the-logout-late",
        "right/says-it-twice",
        "right/closes-later",
        "right/polls",
        "right/acknowledges-late",
        "right/looks-strangers-up-slowly",
        "right/takes-its-time",
        "right/pings-its-clients",
        "right/counts-fast",
        "right/counts-slowly",
    }
)
"""Servers with a rhythm or a delay of their own, which our waits must not be shortened against."""

LETTERS = {
    Verdict.PASSED: "p",
    Verdict.SKIPPED: "s",
    Verdict.UNCLEAR: "u",
    Verdict.FAILED: "F",
}
CATCHERS = {f"wrong/{name}": server.catcher for name, server in wrong.SERVERS.items()}
NAMES = (*CATCHERS, *(f"right/{name}" for name in right.SERVERS))

NOT_YET = {
    "wrong/crashes-on-unknown-tokens": "no judge minds a status of 500",
    "wrong/forgets-the-newer-socket": "no scenario opens the new socket before the old one closes",
    "wrong/shows-the-oldest-first": "no scenario posts two messages",
    "wrong/takes-short-passwords": "no scenario tries one",
    "wrong/reads-walls-after-sign-out": "an empty wall counts as refused, where another was not",
    "right/acknowledges-by-number": "numbers are masked, so the notice is taken for noise",
    "right/announces-who-comes-and-goes": "nobody leaves in the control phase",
}
"""Servers that the checker is wrong about, and why."""

Grade = Callable[[str], SubmissionResult]


# The runner leaves a pipe of its worker's to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@cache
def plan() -> Plan:
    return find_plan(None)


@cache
def scenarios() -> tuple[tuple[Source, Scenario], ...]:
    """All scenarios of the plan, each after those that it needs."""
    sources = find_scenarios(tuple(plan().scenarios))
    loaded = {one.id: (s, one) for s, one in zip(sources, load_scenarios(sources), strict=True)}
    needs = {name: scenario.needs for name, (_, scenario) in loaded.items()}
    return tuple(loaded[name] for name in TopologicalSorter(needs).static_order())


def listed(scenario: Scenario) -> Listed:
    requirement = requirements()[scenario.requirement]
    share = plan().scenarios[scenario.id]
    return Listed(
        id=scenario.id,
        title=scenario.title,
        requirement=requirement.id,
        ref=requirement.ref,
        says=requirement.says,
        level=share.level or scenario.level,
        points=share.points,
        path=scenario.path,
    )


def written(name: str, folder: Path) -> Submission:
    """Write a server of the gallery as somebody's submission."""
    module, _, server = name.partition("/")
    shutil.copytree(SERVERS, folder / SERVERS.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "server.py").write_text(
        f'from {SERVERS.name}.{module} import make\n\napp = make("{server}")\n'
    )
    return Submission(name=name, kind="folder", location=str(folder))


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Grade a server of the gallery as `twidder check` does, in a worker of its own."""

    def graded(name: str) -> SubmissionResult:
        started = RunStarted(
            plan=plan().title,
            scenarios=tuple(listed(scenario) for _, scenario in scenarios()),
            submissions=(name,),
            targets=(str(tmp_path),),
            version="",
            started_at="",
            replay="",
        )
        job = Job(
            submission=written(name, tmp_path),
            scenarios=tuple(source for source, _ in scenarios()),
            contract=find_contract("common"),
            patience=1.0 if name in ABOUT_TIME else PATIENCE,
            seed=1,
            workspace="",
        )
        report = fold([started, *Runner().run(job), RunFinished(seconds=0.0)])
        return report.submissions[0]

    return graded


def findings(result: SubmissionResult) -> str:
    """What was found, for whoever reads why a test fails."""
    outcomes = [(result.name, result.own)] if result.own else []
    outcomes += [(s.listed.id, s.outcome) for s in result.scenarios]
    return "\n".join(
        f"{where}: {outcome.verdict}: {finding.title}: {finding.actual}"
        for where, outcome in outcomes
        for finding in outcome.findings
    )


def check_row(result: SubmissionResult) -> None:
    """Compare a server's verdicts with its row in the golden matrix, or write the row."""
    row = {s.listed.id: LETTERS[s.outcome.verdict] for s in result.scenarios}
    catcher = CATCHERS.get(result.name)
    if catcher is not None:
        row[catcher] = f"[{row[catcher]}]"
    if IS_REWRITING:
        matrix.write(result.name, row, names=NAMES, columns=list(plan().scenarios))
    golden = matrix.read().get(result.name)
    assert row == golden, (
        f"The verdicts about {result.name} are not those of tests/golden/matrix.txt.\n"
        f"{findings(result)}\n"
        "If they are right now, write them with `make golden` and review the diff."
    )


def servers(module: ModuleType) -> list[ParameterSet]:
    kind = module.__name__.rpartition(".")[2]
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=NOT_YET[f"{kind}/{name}"]))
        if f"{kind}/{name}" in NOT_YET
        else pytest.param(name)
        for name in module.SERVERS
    ]


@pytest.mark.parametrize("name", servers(wrong))
def test_a_wrong_server_is_caught(name: str, grade: Grade) -> None:
    result = grade(f"wrong/{name}")
    catcher = wrong.SERVERS[name].catcher
    caught = next(s.outcome for s in result.scenarios if s.listed.id == catcher)
    assert (caught.verdict, caught.blame) == (Verdict.FAILED, Blame.SUBMISSION), findings(result)
    assert result.verdict is Verdict.FAILED
    check_row(result)


@pytest.mark.parametrize("name", servers(right))
def test_a_right_server_gets_full_marks(name: str, grade: Grade) -> None:
    result = grade(f"right/{name}")
    assert {s.outcome.verdict for s in result.scenarios} == {Verdict.PASSED}, findings(result)
    assert result.verdict is Verdict.PASSED, findings(result)
    assert result.points == result.max_points
    check_row(result)


@pytest.mark.parametrize("scenario", find_plan(None).scenarios)
def test_a_scenario_catches_a_wrong_server(scenario: str) -> None:
    caught = {catcher for name, catcher in CATCHERS.items() if name not in NOT_YET}
    assert scenario in caught, f"add a server to {SERVERS}/wrong.py that fails it first"


def test_names_are_unique() -> None:
    assert not set(wrong.SERVERS) & set(right.SERVERS)


@pytest.mark.parametrize("name", wrong.SERVERS)
def test_a_mistake_is_small(name: str) -> None:
    server, mistake, _ = wrong.SERVERS[name]
    code = [line for line in inspect.getsource(server).splitlines() if line.strip()]
    assert len(code) - 3 <= 15, "it has a decorator, a name, a sentence, and 15 lines of mistake"
    assert mistake.endswith("."), "say what the mistake is"
    assert "\n" not in mistake, "one sentence says what the mistake is"


def test_the_matrix_has_the_gallery_s_rows() -> None:
    assert list(matrix.read()) == [name for name in NAMES if name not in NOT_YET], (
        "write it with `make golden`"
    )

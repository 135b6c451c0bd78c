"""Servers wrong on purpose, each caught by the right scenario; odd ones, all let through.

All verdicts together are tests/golden/matrix.txt. Where they change for a good
reason, `make golden` writes them anew, and the diff is reviewed. It plays all
scenarios on all servers; here a wrong one is graded by the one that has to catch it:
that right servers pass all shows that nobody is failed too easily.
"""

import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.mark import ParameterSet

from tests.broken_servers import right, wrong
from tests.golden import matrix
from tests.golden.grading import (
    CATCHERS,
    NAMES,
    SERVERS,
    and_what_they_need,
    graded,
    letters,
    plan,
    scenarios,
    written,
)
from twidder_cli.load.playlist import Playlist
from twidder_cli.model.report import SubmissionResult
from twidder_cli.model.verdicts import Blame, Verdict

IS_REWRITING = "TWIDDER_GOLDEN" in os.environ
PATIENCE = 0.5
ABOUT_TIME = frozenset(
    {
        "wrong/broadcasts-the-logout-late",
        "right/says-it-twice",
        "right/closes-later",
        "right/polls",
        "right/acknowledges-late",
        "right/tells-later-what-it-replaced",
        "right/looks-strangers-up-slowly",
        "right/takes-its-time",
        "right/pings-its-clients",
        "right/counts-fast",
        "right/counts-slowly",
    }
)
"""Servers with a rhythm or a delay of their own, which our waits must not be shortened against."""

NOT_YET: dict[str, str] = {}
"""Servers that the checker is wrong about, and why."""

Grade = Callable[[str], SubmissionResult]


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Grade a server of the gallery, and wait no longer than it takes to be right about it."""

    def grade_it(name: str) -> SubmissionResult:
        played = played_on(name)
        patience = 1.0 if name in ABOUT_TIME else PATIENCE
        result = graded(written(name, tmp_path / "first"), patience=patience, played=played)
        if any(s.outcome.verdict is Verdict.UNCLEAR for s in result.scenarios):
            # What unclear means: it could not be told this time. The machine is busy here.
            result = graded(written(name, tmp_path / "again"), patience=1.0, played=played)
        return result

    return grade_it


def played_on(name: str) -> Playlist:
    """What a server is graded by: everything, or what has to catch a wrong one."""
    if IS_REWRITING or name not in CATCHERS:
        return scenarios()
    return and_what_they_need([CATCHERS[name]])


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
    row = dict(letters(result))
    catcher = CATCHERS.get(result.name)
    if catcher is not None:
        row[catcher] = row[catcher].replace("F", "!")
    if IS_REWRITING:
        matrix.write(result.name, row, names=NAMES, columns=list(plan().scenarios))
    golden = matrix.read().get(result.name, {})
    assert _is_the_same(row, {name: golden.get(name, "?") for name in row}), (
        f"The verdicts about {result.name} are not those of tests/golden/matrix.txt.\n"
        f"{findings(result)}\n"
        "If they are right now, write them with `make golden` and review the diff."
    )


def _is_the_same(row: Mapping[str, str], golden: Mapping[str, str]) -> bool:
    """Whether a row says what the golden one says.

    Where something was unclear, here or when the golden row was written, the
    machine was busy: then nothing may have changed between passed and failed,
    and what was unclear or builds on it is left to a quieter run.
    """
    if row == golden:
        return True
    if "u" not in {*row.values(), *golden.values()} or row.keys() != golden.keys():
        return False
    passed, failed = {"."}, {"F", "!"}
    return not any(
        {row[name], golden[name]} & passed and {row[name], golden[name]} & failed for name in row
    )


def test_a_row_with_something_unclear_may_not_change_between_passed_and_failed() -> None:
    golden = {"a": ".", "b": "!", "c": "F"}
    assert _is_the_same({"a": ".", "b": "!", "c": "u"}, golden)
    assert not _is_the_same({"a": "F", "b": "!", "c": "u"}, golden)
    assert not _is_the_same({"a": ".", "b": "!", "c": "s"}, golden)


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
    caught = next(s for s in result.scenarios if s.listed.id == catcher)
    verdict, blame = caught.outcome.verdict, caught.outcome.blame
    assert (verdict, blame) == (Verdict.FAILED, Blame.SUBMISSION), findings(result)
    assert result.points < result.max_points
    if caught.listed.level == "required":
        assert result.verdict is Verdict.FAILED
    check_row(result)


@pytest.mark.parametrize("name", servers(right))
def test_a_right_server_gets_full_marks(name: str, grade: Grade) -> None:
    result = grade(f"right/{name}")
    assert {s.outcome.verdict for s in result.scenarios} == {Verdict.PASSED}, findings(result)
    assert result.verdict is Verdict.PASSED, findings(result)
    assert result.points == result.max_points
    check_row(result)


@pytest.mark.parametrize("scenario", plan().scenarios)
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

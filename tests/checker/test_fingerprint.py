"""What makes a result hold: the same work, graded in the same way."""

import os
from pathlib import Path

import msgspec

from tests.checker.handed_in import put
from twidder_cli.fingerprint import of_grading, of_work
from twidder_cli.load.library import find_contract
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.scenario import Source

JOB = Job(
    submission=Submission(name="anna", kind="folder", location=""),
    scenarios=(Source(id="a", path="a.yaml", text="title: a"),),
    contract=find_contract(None),
    patience=1.0,
    seed=1,
    workspace="",
)


def submitted(folder: Path) -> Job:
    """Write a submission, and return its job."""
    (folder / "sub").mkdir(parents=True)
    (folder / "server.py").write_text("app = 1")
    (folder / "sub/x.py").write_text("2")
    place = msgspec.structs.replace(JOB.submission, location=str(folder))
    return msgspec.structs.replace(JOB, submission=place)


def graded_as(job: Job, version: str) -> str:
    return of_grading(job, of_work(job.submission), version)


def test_the_same_work_has_the_same_fingerprint_wherever_it_is(tmp_path: Path) -> None:
    here, there = submitted(tmp_path / "a"), submitted(tmp_path / "b")
    renamed = msgspec.structs.replace(there.submission, name="bob")
    there = msgspec.structs.replace(
        there, submission=renamed, seed=7, lanes=3, workspace="/w", notes=("n",)
    )
    assert graded_as(here, "1") == graded_as(there, "1")


def test_whatever_decides_a_verdict_changes_the_graded_as(tmp_path: Path) -> None:
    job = submitted(tmp_path / "a")
    source = Source(id="a", path="a.yaml", text="title: b")
    contract = msgspec.structs.replace(job.contract, vouched=True)
    prints = {
        graded_as(job, "1"),
        graded_as(job, "2"),
        graded_as(msgspec.structs.replace(job, patience=2.0), "1"),
        graded_as(msgspec.structs.replace(job, scenarios=(source,)), "1"),
        graded_as(msgspec.structs.replace(job, contract=contract), "1"),
    }
    (tmp_path / "a/sub/x.py").write_text("3")
    prints.add(graded_as(job, "1"))
    (tmp_path / "a/sub/x.py").rename(tmp_path / "a/sub/y.py")
    prints.add(graded_as(job, "1"))
    assert len(prints) == 7


def test_what_came_along_with_the_work_changes_nothing(tmp_path: Path) -> None:
    job = submitted(tmp_path / "a")
    before = graded_as(job, "1")
    put(tmp_path / "a", {".git/HEAD": "ref", "node_modules/x/y.js": "1", "sub/.DS_Store": "2"})
    assert graded_as(job, "1") == before


def test_a_fingerprint_waits_for_no_pipe(tmp_path: Path) -> None:
    job = submitted(tmp_path / "a")
    before = graded_as(job, "1")
    os.mkfifo(tmp_path / "a/pipe")
    (tmp_path / "a/link").symlink_to("/dev/zero")
    assert graded_as(job, "1") == before

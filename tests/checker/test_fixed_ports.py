"""Submissions that insist on a port, graded at the same time."""

from pathlib import Path

import msgspec
import pytest

from tests.checker.handed_in import put
from tests.golden.grading import job_of
from twidder_cli import processes
from twidder_cli.model.events import (
    ScenarioFinished,
    ServerStarted,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.verdicts import Verdict
from twidder_cli.runner import Runner

SERVER = """
from flask import Flask
app = Flask(__name__)
app.add_url_rule("/", view_func=lambda: app.send_static_file("{page}"))
app.run(port=5000)
"""
"""Works by `python server.py` only, since it starts a server when it is imported."""


def job(folder: Path, page: str) -> Job:
    """Return the job to look at the page that a submission shows at `/`."""
    put(folder, {"server.py": SERVER.format(page=page), "static/client.html": "<!DOCTYPE html>"})
    submission = Submission(name=folder.name, kind="folder", location=str(folder))
    whole = job_of(submission, patience=0.3, seed=1)
    only = tuple(source for source in whole.scenarios if source.id == "lab3/root")
    return msgspec.structs.replace(whole, scenarios=only)


@pytest.mark.skipif(
    processes.best_sandbox() is not processes.Sandbox.FULL,
    reason="needs a network for each submission, which this machine can't give",
)
def test_two_that_insist_on_one_port_do_not_meet(tmp_path: Path) -> None:
    jobs = [job(tmp_path / "right", "client.html"), job(tmp_path / "wrong", "nothing.html")]
    events = list(Runner(2).run(jobs))
    started = [event for event in events if isinstance(event, ServerStarted)]
    assert [one.how.partition(",")[0] for one in started] == ["python server.py"] * 2
    assert {e.submission: e.outcome.verdict for e in events if isinstance(e, ScenarioFinished)} == {
        "right": Verdict.PASSED,
        "wrong": Verdict.FAILED,
    }
    kinds = [type(event) for event in events]
    assert kinds.index(SubmissionFinished) > kinds.index(SubmissionStarted, 1)  # at the same time

"""How a submission is started, as the worker finds it out, with real servers."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.checker.handed_in import Files, put
from tests.golden.grading import SERVERS, job_of
from twidder_cli import processes
from twidder_cli.model.events import ScenarioFinished, ServerStarted, SubmissionFinished
from twidder_cli.model.job import Submission
from twidder_cli.model.verdicts import Verdict
from twidder_cli.runner import Runner

AT_IMPORT: Files = {
    "lab3/server.py": "from broken_servers.right import make\n"
    'app = make("says-one-word")\n'
    "app.run(port=5000)\n"
}
"""Works by `python server.py`, and gunicorn never gets beyond importing it."""


@pytest.mark.skipif(
    processes.best_sandbox() is not processes.Sandbox.FULL,
    reason="needs a network for each submission, which this machine can't give",
)
def test_what_starts_a_server_when_imported_is_played_as_a_script_and_fails_l8(
    tmp_path: Path,
) -> None:
    folder = put(tmp_path, AT_IMPORT)
    shutil.copytree(SERVERS, folder / "lab3" / SERVERS.name)
    submission = Submission(name="anna", kind="folder", location=str(folder))
    job = job_of(submission, patience=0.3, seed=1)
    first = msgspec.structs.replace(job, scenarios=job.scenarios[:1])
    events = list(Runner().run([first]))
    started = next(event for event in events if isinstance(event, ServerStarted))
    assert started.how.startswith("python lab3/server.py")
    (played,) = (event for event in events if isinstance(event, ScenarioFinished))
    assert played.outcome.verdict is Verdict.PASSED
    (finished,) = (event for event in events if isinstance(event, SubmissionFinished))
    assert finished.outcome is not None
    assert finished.outcome.verdict is Verdict.FAILED
    assert "(L8)" in finished.outcome.findings[0].title

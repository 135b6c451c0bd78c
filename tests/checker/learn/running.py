"""Starts a submission, reads its route table in a confined process, and learns its contract."""

import tempfile
from pathlib import Path

from tests.checker.waiting import LONG
from twidder_cli import processes
from twidder_cli.engine.pace import Pace
from twidder_cli.learn.learning import learn
from twidder_cli.learn.sources import sources_in
from twidder_cli.load.library import find_contract
from twidder_cli.model.job import Submission
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.submission import Application, Inspection, Setup
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.reading import inspect
from twidder_cli.submissions.server import Place


def table_of(folder: Path, application: str = "server:app", seconds: float = LONG) -> RouteTable:
    """Return the route table that an application in a folder tells."""
    place = Place(folder, processes.best_sandbox(), Inspection())
    module, _, target = application.partition(":")
    found = Application(folder=".", module=module, target=target, file="server.py", why="")
    with tempfile.TemporaryDirectory() as workspace:
        return place.table(Setup(application=found), Path(workspace, "start-1"), seconds)


def learned(
    submission: Submission,
    workspace: Path,
    *,
    is_table_known: bool = True,
    patience: float = 3.0,
) -> Learned:
    """Learn the contract of a submission, on a machine that is busy with other tests.

    `workspace` is a folder that is not there yet.
    """
    handed_in = brought(submission, workspace / "source")
    inspection = inspect(handed_in.folder, handed_in.name)
    place = Place(handed_in.root, processes.best_sandbox(), inspection)
    setup = Setup(application=inspection.applications[0])
    table = place.table(setup, workspace / "table", LONG) if is_table_known else None
    sources = sources_in(handed_in.root / setup.application.folder) if is_table_known else {}
    with place.started(setup, workspace / "server", LONG) as running:
        return learn(
            running.url,
            find_contract(None),
            table,
            sources=sources,
            pace=Pace(patience),
            seed="test",
        )

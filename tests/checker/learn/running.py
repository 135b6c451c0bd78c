"""Starts a submission, reads its route table in a confined process, and learns its contract."""

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.checker.waiting import LONG
from twidder_cli import processes
from twidder_cli.engine.pace import START, Pace
from twidder_cli.learn.learning import learn
from twidder_cli.learn.sources import sources_in
from twidder_cli.load.library import find_contract
from twidder_cli.model.job import Submission
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.submissions.server import _environment, started
from twidder_cli.submissions.table import TABLE_LIMIT, read_table, table_argv


def table_of(folder: Path, application: str = "server:app", seconds: float = LONG) -> RouteTable:
    """Return the route table that an application in a folder tells."""
    read, write = os.pipe()
    argv = table_argv(application, write)
    process = processes.start(
        argv, folder=folder, writable=folder, env=_environment(folder), keep=[write]
    )
    os.close(write)
    lines = bytearray()
    deadline = time.monotonic() + seconds
    try:
        while len(lines) <= TABLE_LIMIT and _is_readable(read, deadline):
            chunk = os.read(read, 65536)
            if not chunk:
                break
            lines += chunk
        return read_table(bytes(lines))
    finally:
        process.kill()
        os.close(read)


def _is_readable(descriptor: int, deadline: float) -> bool:
    return bool(select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0])


@contextmanager
def served(submission: Submission, workspace: Path) -> Iterator[str]:
    """Serve a submission under gunicorn; yield its URL."""
    with started(submission, workspace, 3 * START) as running:
        yield running.url


def learned(
    submission: Submission,
    workspace: Path,
    *,
    is_table_known: bool = True,
    patience: float = 3.0,
) -> Learned:
    """Learn the contract of a submission, on a machine that is busy with other tests."""
    folder = Path(submission.location)
    table = table_of(folder) if is_table_known else None
    with served(submission, workspace) as url:
        return learn(
            url,
            find_contract(None),
            table,
            sources=sources_in(folder) if is_table_known else {},
            pace=Pace(patience),
            seed="test",
        )

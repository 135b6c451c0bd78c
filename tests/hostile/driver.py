"""Starts a submission as a worker does, and asks it for attacks. Run in a worker's place.

Reads Orders from standard input and writes one Outcome to the descriptor named by the argument.
"""

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil

from tests.checker.waiting import LONG
from twidder_cli import processes
from twidder_cli.model.job import Submission
from twidder_cli.submissions.server import started
from twidder_cli.wire import http


class Orders(msgspec.Struct, frozen=True):
    """What to start, how to confine it, and which attacks to ask for, one after the other."""

    folder: str
    workspace: str
    sandbox: str
    attacks: list[tuple[str, Any]]
    patience: float = LONG


class Outcome(msgspec.Struct, frozen=True):
    """The answers, None where there was none; what the server was ended for; and what is left."""

    answers: list[Any]
    excess: str
    is_alive: bool
    log: str
    processes_left: list[str]
    files_left: list[str]
    network: str


def carried_out(orders: Orders) -> Outcome:
    """Start the server, make its attacks, and end it."""
    submission = Submission(name="hostile", kind="folder", location=orders.folder)
    workspace = Path(orders.workspace) / "start-1"
    sandbox = processes.Sandbox(orders.sandbox)
    with started(submission, workspace, LONG, sandbox) as running:
        answers = [_answer(running.url, *attack, orders.patience) for attack in orders.attacks]
        excess, is_alive, log = running.excess, running.is_alive, running.log()
    left = [one for one in psutil.process_iter() if one.pid not in {1, os.getpid()}]
    return Outcome(
        answers=answers,
        excess=excess,
        is_alive=is_alive,
        log=log,
        processes_left=[str(process) for process in left],
        files_left=[str(path) for path in Path(orders.workspace).iterdir()],
        network=str(Path("/proc/self/ns/net").readlink()),
    )


def _answer(url: str, name: str, knowledge: Any, patience: float) -> Any:
    headers = {"Content-Type": "application/json"}
    body = msgspec.json.encode(knowledge)
    try:
        reply = http.call("POST", f"{url}/attack/{name}", headers, body, timeout=patience)
    except http.Lost:
        return None
    return msgspec.json.decode(reply.body) if reply.status == 200 else reply.body


def main() -> None:
    """Be a worker, for the time of one server."""
    processes.end_with_parent()
    processes.adopt_orphans()
    processes.close_to_others()
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    with os.fdopen(int(sys.argv[1]), "wb") as pipe:
        pipe.write(msgspec.json.encode(carried_out(orders)) + b"\n")


if __name__ == "__main__":
    main()

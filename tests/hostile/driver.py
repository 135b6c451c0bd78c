"""Starts a server as a worker does, and asks it for attacks. Run in a worker's place.

Reads Orders from standard input and writes an Outcome to the descriptor named by the argument.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from tests.checker.waiting import LONG, wait_for
from twidder_cli import processes
from twidder_cli.model.submission import Application, Inspection, Setup
from twidder_cli.processes.ending import below
from twidder_cli.submissions.failures import explained
from twidder_cli.submissions.server import NotStarted, Place
from twidder_cli.wire import http


class Orders(msgspec.Struct, frozen=True):
    """What to start, how to confine it, and which attacks to ask for.

    They are made one after the other, each of them `at_once` times; an answer is waited
    for `patience` seconds.
    """

    folder: str
    workspace: str
    sandbox: str
    attacks: list[tuple[str, Any]]
    at_once: int = 1
    patience: float = LONG


class Outcome(msgspec.Struct, frozen=True):
    """The answers, None where there was none; what became of the server, and what is left."""

    answers: list[Any] = []
    excess: str = ""
    is_alive: bool = False
    log: str = ""
    not_started: str = ""
    left: list[str] = []


def carried_out(orders: Orders) -> Outcome:
    """Start the server, make its attacks, and end it."""
    outcome = _attacked(orders)
    wait_for(lambda: below(os.getpid()) == [], "the end of all processes")
    left = [path.name for path in Path(orders.workspace).iterdir()]
    return msgspec.structs.replace(outcome, left=left)


def _attacked(orders: Orders) -> Outcome:
    workspace, sandbox = Path(orders.workspace, "start-1"), processes.Sandbox(orders.sandbox)
    place = Place(Path(orders.folder), sandbox, Inspection())
    application = Application(folder=".", module="server", target="app", file="server.py", why="")
    try:
        with place.started(Setup(application=application), workspace, LONG) as running:
            return Outcome(
                answers=[
                    one for attack in orders.attacks for one in _made(attack, running.url, orders)
                ],
                excess=running.excess,
                is_alive=running.is_alive,
                log=running.log(),
            )
    except NotStarted as not_started:
        return Outcome(not_started=explained(not_started.attempt).actual)


def _made(attack: tuple[str, Any], url: str, orders: Orders) -> list[Any]:
    with ThreadPoolExecutor(orders.at_once) as pool:
        tries = [pool.submit(_answer, *attack, url, orders.patience) for _ in range(orders.at_once)]
        return [one.result() for one in tries]


def _answer(name: str, knowledge: Any, url: str, patience: float) -> Any:
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

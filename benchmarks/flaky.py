"""Whether the same server gets the same verdicts again and again, whatever the machine does.

The reference and a seeded sample of tests/broken_servers are graded under three
conditions: with nothing else going on, beside a busy process for each core, and
behind a relay that delays each direction. Every verdict is compared with the
golden matrix; the reference has to pass everything.
"""

import argparse
import asyncio
import contextlib
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.golden import matrix
from tests.golden.grading import NAMES, graded, job_of, letters, plan, written
from twidder_cli.engine.pace import START, Pace
from twidder_cli.model.job import Submission
from twidder_cli.preparation import prepare
from twidder_cli.processes import best_sandbox
from twidder_cli.submissions.find import REFERENCE

CONDITIONS = ("idle", "hog", "relay")
SHORTEST, LONGEST = 0.02, 0.06
"""Seconds that the relay holds a piece of data back."""


class Relay:
    """Passes connections on, each direction late; breaks off what the other side breaks off."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._random = random.Random(port)  # noqa: S311  a delay is no secret

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Serve one connection, from its begin to its end."""
        server, requests = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pass_on(client, requests), self._pass_on(server, answers))
        for writer in (answers, requests):
            writer.close()

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        pieces: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue()
        reading = asyncio.create_task(self._read(source, pieces))
        with contextlib.suppress(OSError):
            while True:
                due, piece = await pieces.get()
                await asyncio.sleep(due - asyncio.get_running_loop().time())
                if piece is None:
                    no_linger = struct.pack("ii", 1, 0)
                    sink.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, no_linger
                    )
                    sink.transport.abort()
                    break
                if not piece:
                    sink.write_eof()
                    break
                sink.write(piece)
                await sink.drain()
        await reading

    async def _read(
        self, source: asyncio.StreamReader, pieces: asyncio.Queue[tuple[float, bytes | None]]
    ) -> None:
        """Read until the end, which is an empty piece, or None where the connection was reset."""
        piece: bytes | None = b"-"
        due = 0.0
        while piece:
            try:
                piece = await source.read(65536)
            except OSError:
                piece = None
            now = asyncio.get_running_loop().time()
            due = max(due, now + self._random.uniform(SHORTEST, LONGEST))
            pieces.put_nowait((due, piece))


@contextlib.contextmanager
def relayed(url: str) -> Iterator[str]:
    """Yield the URL of a relay to a server."""
    relay = Relay(int(url.rpartition(":")[2]))
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with await asyncio.start_server(relay.serve, sock=listener):
            await over.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            # A connection that is cut off at the end has no one left to hear of it.
            loop.set_exception_handler(lambda _loop, _context: None)
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


@contextlib.contextmanager
def hogged(condition: str) -> Iterator[None]:
    """Keep every core busy, where that is the condition."""
    cores = range(os.cpu_count() or 1) if condition == "hog" else ()
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in cores]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


class Turn(NamedTuple):
    """One grading of one server; `seed` decides the order of what happens at once."""

    condition: str
    server: str
    seed: int


def play(turn: Turn) -> dict[str, str]:
    """Return the letters of one grading, by scenario."""
    with tempfile.TemporaryDirectory() as folder:
        submission = REFERENCE
        if turn.server != REFERENCE.name:
            submission = written(turn.server, Path(folder, "submitted"))
        if turn.condition != "relay":
            return dict(letters(graded(submission, patience=1.0, seed=turn.seed)))
        job = job_of(submission, patience=1.0, seed=turn.seed)
        job = msgspec.structs.replace(job, sandbox=best_sandbox().value)
        prepared = prepare(job, Path(folder, "work"), Pace(), lambda: None)
        with prepared.start(Path(folder, "served"), START) as running, relayed(running.url) as url:
            behind = Submission(name=turn.server, kind="url", location=url)
            return dict(letters(graded(behind, patience=1.0, seed=turn.seed)))


class Tally(NamedTuple):
    """What became of the scenario runs under one condition."""

    counts: Counter[str]
    changes: list[str]

    def add(self, turn: Turn, row: dict[str, str]) -> str:
        """Count a grading in; returns what is different, in words."""
        golden = {name: letter.replace("!", "F") for name, letter in expected(turn.server).items()}
        pairs = {name: (golden[name], letter) for name, letter in row.items()}
        different = [f"{n} {a} -> {b}" for n, (a, b) in pairs.items() if a != b]
        changed = [f"{n} {a} -> {b}" for n, (a, b) in pairs.items() if {a, b} == {".", "F"}]
        self.counts["runs"] += sum(letter != "s" for letter in row.values())
        self.counts["unclear"] += sum(a != "u" and b == "u" for a, b in pairs.values())
        self.changes.extend(f"{turn.condition}: {turn.server}: {change}" for change in changed)
        return "; ".join(different) or "as expected"


def expected(server: str) -> matrix.Row:
    """Return a server's row of the golden matrix."""
    everything_passed = dict.fromkeys(plan().scenarios, ".")
    return everything_passed if server == REFERENCE.name else matrix.read()[server]


def turns(condition: str, runs: int, chance: random.Random) -> list[Turn]:
    """Return as many gradings as make so many scenario runs: the reference, and a sample."""
    count = max(2, round(runs / len(plan().scenarios)))
    known = [name for name in NAMES if name in matrix.read()]
    sample = chance.sample(known, min(len(known), count - count // 4))
    again = [REFERENCE.name] * (count - len(sample))
    servers = [*again, *sample]
    chance.shuffle(servers)
    return [Turn(condition, server, chance.getrandbits(32)) for server in servers]


def measure(todo: Sequence[Turn], at_once: int) -> Tally:
    """Grade all servers of one condition and print what is different as it is found."""
    tally = Tally(Counter(), [])
    with hogged(todo[0].condition), ProcessPoolExecutor(at_once) as pool:
        waiting = {pool.submit(play, turn): turn for turn in todo}
        for done, future in enumerate(as_completed(waiting), 1):
            turn = waiting[future]
            words = tally.add(turn, future.result())
            print(f"{turn.condition} {done}/{len(todo)} {turn.server}: {words}", flush=True)
    return tally


def main() -> None:
    """Grade under every condition; exits with 1 where a verdict has changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="scenario runs, about so many")
    parser.add_argument("--seed", type=int, default=1, help="decides the sample and all orders")
    parser.add_argument("--at-once", type=int, default=4, help="gradings at the same time")
    parser.add_argument("--condition", choices=CONDITIONS, action="append", help="only this one")
    given = parser.parse_args()
    chance = random.Random(given.seed)  # noqa: S311  repeatable on purpose
    conditions = given.condition or CONDITIONS
    tallies = {
        name: measure(turns(name, given.runs // len(conditions), chance), given.at_once)
        for name in conditions
    }
    print(f"{'condition':<10} {'runs':>6} {'changed':>8} {'unclear':>8}")
    for name, (counts, changes) in tallies.items():
        share = f"{counts['unclear'] / max(1, counts['runs']):.1%}"
        print(f"{name:<10} {counts['runs']:>6} {len(changes):>8} {share:>8}")
    changed = [change for tally in tallies.values() for change in tally.changes]
    print("\n".join(changed) or "no verdict has changed between passed and failed")
    sys.exit(bool(changed))


if __name__ == "__main__":
    main()

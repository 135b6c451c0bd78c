"""How long a class takes beside merely starting its servers and waiting as long.

Generated submissions are graded by `twidder check`, and what each had to be waited for
is read from what was recorded of it: answers, handshakes, graces and settles. Then a
peer that checks nothing starts and stops the same servers, as many at a time, as often
(once to see that it starts, once for each lane), and sleeps as long on each lane.
Pages are left out unless asked for: the peer has no browser.

The harness's memory is that of the process that one starts, at its highest: for this
class, and for ten times as many whose results are all kept from an earlier run.
"""

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.golden.grading import plan
from tests.submissions.axes import NONE, drawn
from tests.submissions.generator import Truth, unpack, write
from tests.submissions.running import set_up, started
from twidder_cli.model.events import (
    ScenarioFinished,
    ServerStarted,
    SubmissionFinished,
    decode,
)
from twidder_cli.model.timeline import Frame, Timeline

LANES = 2
"""Servers of one submission at a time, as `twidder check` has them in a class."""
TIMES = 10
"""So many times as many are in the class whose results are kept."""
_WAITED = 0.05
"""Seconds between two entries above which the checker was waiting rather than working."""

_CHECK = """
import atexit, os, pathlib
from twidder_cli import cli

def tell():
    status = pathlib.Path("/proc/self/status").read_text()
    pathlib.Path(os.environ["PEAK"]).write_text(status.partition("VmHWM:")[2].split()[0])

atexit.register(tell)
cli.main()
"""
"""Runs `twidder` and writes down the most memory that its own process had, in KiB."""


class Run(NamedTuple):
    """What a run of `twidder check` took: seconds, and MiB of its own process."""

    seconds: float
    memory: float


class Turn(NamedTuple):
    """Seconds that one submission took: in all, until it was prepared, and waited on a lane."""

    taken: float
    prepared: float
    waited: float


def gradable(count: int) -> Iterator[int]:
    """Yield seeds of submissions that can be graded."""
    return itertools.islice((n for n in itertools.count() if drawn(n).hindrance == NONE), count)


def hand_in(count: int, folder: Path) -> dict[str, tuple[Truth, Path]]:
    """Write a class; returns for each name the truth, and where it was written before."""
    written = {}
    for seed in gradable(count):
        name = f"s{seed:03}"
        place = folder / "written" / name
        place.mkdir(parents=True)
        truth = write(drawn(seed), place)
        target = place / truth.target
        entry = folder / "class" / name
        if target.is_dir():
            shutil.copytree(target, entry)
        else:
            entry.mkdir(parents=True)
            shutil.copy(target, entry)
        written[name] = (truth, place)
    return written


def check(folder: Path, *arguments: str) -> Run:
    """Grade a class."""
    peak = folder / "peak"
    began = time.perf_counter()
    argv = [sys.executable, "-c", _CHECK, "check", *arguments]
    subprocess.run(argv, cwd=folder, env={**os.environ, "PEAK": str(peak)}, check=False)
    return Run(time.perf_counter() - began, int(peak.read_text()) / 1024)


def without_pages(folder: Path) -> Path:
    """Write a plan of what is checked on the wire."""
    wire = folder / "plan.yaml"
    shares = msgspec.to_builtins(plan())
    wire.write_bytes(msgspec.json.encode({"title": plan().title, "scenarios": shares["scenarios"]}))
    return wire


def waited(timeline: Timeline) -> float:
    """Return how long anybody would have waited in a scenario: for the server, or for silence."""
    total = end = 0.0
    for entry in timeline.entries:
        if isinstance(entry, Frame):
            continue
        if entry.sent - end > _WAITED:
            total += entry.sent - end
        total += max(0.0, entry.received - max(entry.sent, end))
        end = max(end, entry.received)
    return total


def turn(archive: Path) -> Turn:
    """Return how long a submission took, by what was recorded of it."""
    taken = prepared = waits = 0.0
    for line in archive.read_bytes().splitlines()[1:]:
        match decode(line):
            case SubmissionFinished(seconds=seconds):
                taken = seconds
            case ServerStarted(seconds=seconds):
                prepared = seconds
            case ScenarioFinished(timeline=timeline):
                waits += waited(timeline)
            case _:
                pass
    return Turn(taken, prepared, waits / LANES)


def serve(truth: Truth, written: Path, wait: float) -> None:
    """Start a server, wait, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        root = unpack(truth, written, Path(folder, "copy"))
        set_up(root, truth.folder, truth.databases[0])
        with started(root, truth.folder, truth.application) as server:
            assert server.answers(), server.log
            time.sleep(wait)


def merely(truth: Truth, written: Path, wait: float) -> None:
    """Do for one submission what no grader can do without; `wait` is that of each lane."""
    serve(truth, written, 0.0)
    with ThreadPoolExecutor(LANES) as lanes:
        list(lanes.map(lambda _: serve(truth, written, wait), range(LANES)))


def multiply(folder: Path, names: Iterable[str]) -> None:
    """Make a class of many times as many, with its results, from one that was graded."""
    (folder / "many/events").mkdir(parents=True)
    (folder / "multiplied").mkdir()
    for name, number in itertools.product(names, range(TIMES)):
        twin = f"{name}-{number}"
        (folder / "multiplied" / twin).symlink_to(folder / "class" / name)
        graded = (folder / "results/events" / f"{name}.jsonl").read_bytes()
        renamed = graded.replace(
            f'"submission":"{name}"'.encode(), f'"submission":"{twin}"'.encode()
        )
        (folder / "many/events" / f"{twin}.jsonl").write_bytes(renamed)


def main() -> None:
    """Grade a class, do the same without grading, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="submissions")
    parser.add_argument("--pages", action="store_true", help="use pages in a browser as well")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="graded at a time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="twidder-benchmark-", dir="/var/tmp") as name:
        folder = Path(name)
        written = hand_in(given.count, folder)
        played = () if given.pages else ("--plan", str(without_pages(folder)))
        ours = check(folder, "class", "--results", "results", "--jobs", str(given.jobs), *played)
        turns = {name: turn(folder / "results/events" / f"{name}.jsonl") for name in written}
        began = time.perf_counter()
        with ThreadPoolExecutor(given.jobs) as pool:
            list(pool.map(lambda name: merely(*written[name], turns[name].waited), written))
        peer = time.perf_counter() - began
        multiply(folder, written)
        kept = check(folder, "class", "--results", "results", "--resume", *played)
        many = check(folder, "multiplied", "--results", "many", "--resume", *played)
    count = len(written)
    print(f"{count} submissions, {given.jobs} at a time: {ours.seconds:.0f} s, merely {peer:.0f} s")
    print(f"ratio {ours.seconds / peer:.2f} (aim: 1.3 or less)")
    print(f"{60 * count / ours.seconds:.1f} submissions a minute")
    each = Turn(*(statistics.mean(values) for values in zip(*turns.values(), strict=True)))
    print(
        f"each took {each.taken:.1f} s: {each.prepared:.1f} s until it was prepared; each lane "
        f"waited {each.waited:.1f} s"
    )
    print(f"memory: {ours.memory:.0f} MiB while {count} were graded;")
    print(f"  all kept: {kept.memory:.0f} MiB of {count}, {many.memory:.0f} MiB of {TIMES * count}")
    print(f"  all kept: {kept.seconds:.1f} s of {count}, {many.seconds:.1f} s of {TIMES * count}")


if __name__ == "__main__":
    main()

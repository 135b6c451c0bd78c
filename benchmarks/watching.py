"""What can be learned of a contract without its route table: by guesses, and by its own page.

Generated submissions are started as they are, and learned from their address alone,
as one would be that is no Flask application. What is learned is compared with the truth.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.submissions.axes import drawn
from tests.submissions.generator import Truth, unpack, write
from tests.submissions.judged import shown, unlike
from tests.submissions.running import set_up, started
from tests.submissions.seeds import GRADABLE
from twidder_cli import processes
from twidder_cli.browser.chromium import Chromium
from twidder_cli.engine.pace import Pace
from twidder_cli.load.library import find_contract
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.learned import Learned
from twidder_cli.understanding import Understanding


class Way(NamedTuple):
    """What one way has taught, and how many seconds it took."""

    learned: Learned
    seconds: float

    @property
    def is_whole(self) -> bool:
        """Whether everything was seen to work as it was learned."""
        return self.learned.is_whole

    def mistakes(self, truth: Truth) -> list[str]:
        """Return what was learned otherwise than it is, where something was."""
        if self.learned.contract is None:
            return []
        contracts = truth.contract, self.learned.contract
        return [
            " is not ".join(shown(contract, part) for contract in contracts)
            for part in unlike(truth, self.learned.contract)
            if part in self.learned.known
        ]


def learned(seed: int, browser: Chromium, folder: Path) -> tuple[Truth, Way, Way]:
    """Return the truth of a submission, what guesses teach of it, and what its page does."""
    truth = write(drawn(seed), folder)
    root = unpack(truth, folder, folder / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    with started(root, truth.folder, truth.application, *truth.options) as server:
        job = Job(
            submission=Submission(name=str(seed), kind="url", location=server.url),
            scenarios=(),
            contract=find_contract(None),
            patience=1.0,
            seed=seed,
            workspace="",
        )
        understanding = Understanding(job, Pace(), lambda: browser)
        began = time.perf_counter()
        guessed = Way(understanding.of_server(server.url), time.perf_counter() - began)
        began = time.perf_counter()
        nothing = Learned()
        seen = Way(understanding.of_page(server.url, nothing), time.perf_counter() - began)
        return truth, guessed, seen


def main() -> None:
    """Learn everything in both ways, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="only this one; repeatable")
    given = parser.parse_args()
    ways: dict[str, list[tuple[Truth, Way]]] = {"guesses": [], "page": []}
    with tempfile.TemporaryDirectory(prefix="watching-") as name:
        browser = Chromium(processes.best_sandbox(), Path(name))
        for seed in given.seed or GRADABLE:
            folder = Path(name, str(seed))
            folder.mkdir()
            truth, guessed, seen = learned(seed, browser, folder)
            for way, result in (("guesses", guessed), ("page", seen)):
                ways[way].append((truth, result))
                said = "whole" if result.is_whole else f"{len(result.learned.known)} of 10"
                print(f"seed {seed}, {way}: {said}, {result.seconds:.0f} s", flush=True)
                print(*(f"  {one}\n" for one in result.mistakes(truth)), sep="", end="")
        browser.close()
    print(f"{'':<8} {'whole':>6} {'of':>4} {'wrong':>6} {'seconds':>8}")
    for way, results in ways.items():
        whole = sum(one.is_whole for _, one in results)
        wrong = sum(bool(one.mistakes(truth)) for truth, one in results)
        seconds = median(one.seconds for _, one in results)
        print(f"{way:<8} {whole:>6} {len(results):>4} {wrong:>6} {seconds:>8.1f}")


if __name__ == "__main__":
    main()

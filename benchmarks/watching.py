"""What can be learned of a contract by its route table, by watching its own page, and by both.

Generated submissions are started as they are. Their tables and sources are read as `check`
reads them in a folder; their pages are watched from the address alone, as of a server that is
no Flask application, and some are none. What is learned is compared with the truth.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.submissions import others
from tests.submissions.axes import drawn
from tests.submissions.generator import Truth, unpack, write
from tests.submissions.judged import shown, unlike
from tests.submissions.running import set_up, started
from tests.submissions.seeds import GRADABLE
from twidder_cli import processes
from twidder_cli.browser.chromium import Chromium
from twidder_cli.engine.pace import TABLE, Pace
from twidder_cli.learn.sources import sources_in
from twidder_cli.load.library import find_contract
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.submission import Application, Inspection, Setup
from twidder_cli.submissions.server import Place
from twidder_cli.understanding import Understanding

WAYS = ("table", "page", "both", "guesses")
OTHERS = GRADABLE[::4]
"""Seeds of which there is one on Tornado as well: enough for each way to greet and to sign in."""

_SHOWN_BY = {"token": "sign_in", "socket": "connect"}
"""What has to work for a place to be known."""


class Way(NamedTuple):
    """What one way has taught of a submission, and how many seconds it took."""

    truth: Truth
    learned: Learned
    seconds: float

    @property
    def is_whole(self) -> bool:
        """Whether everything is named as it is."""
        return not self._unlike

    @property
    def is_recognised(self) -> bool:
        """Whether it is told that only its own page can speak to it."""
        return any(note.startswith("only its own page can") for note in self.learned.notes)

    @property
    def mistakes(self) -> list[str]:
        """What was learned otherwise than it is, or can't have been learned."""
        known = self.learned.known
        secret = [f"nobody can know {part}" for part in known & self.truth.secret]
        if self.is_recognised and not self.truth.secret:
            secret.append("everybody can speak to it")
        contracts = self.truth.contract, self.learned.contract
        return secret + [
            " is not ".join(shown(contract, part) for contract in contracts)
            for part in self._unlike
            if _SHOWN_BY.get(part, part) in known - self.truth.secret
        ]

    @property
    def _unlike(self) -> list[str]:
        parts = unlike(self.truth, self.learned.contract)
        return [part for part in parts if not (part == "token" and self._takes_token)]

    @property
    def _takes_token(self) -> bool:
        """Whether the token is taken as it was learned, though it is named otherwise.

        The word Bearer may be missing, and a dash in a header is an underscore to WSGI.
        """
        true = self.truth.contract.token
        learned = self.learned.contract.token if self.learned.contract else None
        if true is None or learned is None:
            return False
        is_header = learned.header.replace("_", "-").lower() == true.header.lower()
        return is_header and learned.value in {true.value, true.value.removeprefix("Bearer ")}


class Subject(NamedTuple):
    """A submission that runs; `table` reads its routes, where it has any that can be read."""

    name: str
    truth: Truth
    url: str
    table: Callable[[], RouteTable] | None = None
    sources: Path = Path()


@contextmanager
def of_flask(seed: int, folder: Path) -> Iterator[Subject]:
    """Start the submission of a seed."""
    truth = write(drawn(seed), folder)
    root = unpack(truth, folder, folder / "unpacked")
    place = Place(root, processes.best_sandbox(), Inspection())
    module, _, target = truth.application.partition(":")
    application = Application(folder=truth.folder, module=module, target=target, file="", why="")
    setup = Setup(application=application, database=truth.databases[0])

    def table() -> RouteTable:
        return place.table(setup, folder / "table", TABLE)

    set_up(root, truth.folder, truth.databases[0])
    with started(root, truth.folder, truth.application, *truth.options) as server:
        yield Subject(f"seed {seed}", truth, server.url, table, root / truth.folder)


@contextmanager
def of_tornado(seed: int, folder: Path) -> Iterator[Subject]:
    """Start the submission of a seed that is no Flask application."""
    truth = others.write(drawn(seed), folder)
    with others.started(folder) as server:
        yield Subject(f"seed {seed} on Tornado", truth, server.url)


def ways(subject: Subject, browser: Chromium) -> Iterator[tuple[str, Way]]:
    """Yield what each way teaches of a submission."""

    def understanding(name: str) -> Understanding:
        submission = Submission(name=subject.name, kind="url", location=subject.url)
        job = Job(
            submission=submission,
            scenarios=(),
            contract=find_contract(None),
            patience=1.0,
            seed=1,
            workspace="",
            salt=name,  # the users of one way are nobody's of another
        )
        return Understanding(job, Pace(), lambda: browser)

    def timed(learn: Callable[[], Learned]) -> Way:
        began = time.perf_counter()
        return Way(subject.truth, learn(), time.perf_counter() - began)

    yield "guesses", timed(lambda: understanding("guesses").of_server(subject.url))
    yield "page", timed(lambda: understanding("page").of_page(subject.url, Learned()))
    if subject.table is None:
        return
    began = time.perf_counter()
    both, table, sources = understanding("both"), subject.table(), sources_in(subject.sources)
    learned = both.of_server(subject.url, table, sources)
    yield "table", (by_table := Way(subject.truth, learned, time.perf_counter() - began))
    more = timed(lambda: both.of_page(subject.url, learned, table, sources))
    if both.wants_page(learned):
        yield "both", more._replace(seconds=by_table.seconds + more.seconds)
    else:
        yield "both", by_table


def report(results: dict[str, list[Way]]) -> None:
    """Print the shares, and how long it took."""
    columns = ("whole", "of", "its page only", "of", "wrong", "seconds")
    print(" ".join([f"{'':<8}", *(f"{column:>13}" for column in columns)]))
    for name, found in results.items():
        open_to_all = [one for one in found if not one.truth.secret]
        secret = [one for one in found if one.truth.secret]
        numbers: Sequence[float] = (
            sum(one.is_whole for one in open_to_all),
            len(open_to_all),
            sum(one.is_recognised for one in secret),
            len(secret),
            sum(bool(one.mistakes) for one in found),
            round(median(one.seconds for one in found), 1) if found else 0,
        )
        print(" ".join([f"{name:<8}", *(f"{number:>13}" for number in numbers)]))


def main() -> None:
    """Learn everything in all ways; exits with 1 where something was learned wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="only this one; repeatable")
    parser.add_argument("--tornado", type=int, action="append", help="only this one on Tornado")
    given = parser.parse_args()
    is_chosen = given.seed or given.tornado
    subjects = [(of_flask, seed) for seed in given.seed or ([] if is_chosen else GRADABLE)]
    subjects += [(of_tornado, seed) for seed in given.tornado or ([] if is_chosen else OTHERS)]
    results: dict[str, list[Way]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory(prefix="watching-") as name:
        browser = Chromium(processes.best_sandbox(), Path(name))
        for number, (start, seed) in enumerate(subjects):
            folder = Path(name, str(number))
            folder.mkdir()
            with start(seed, folder) as subject:
                for way, found in ways(subject, browser):
                    results[way].append(found)
                    said = "whole" if found.is_whole else f"{len(found.learned.known)} of 10"
                    said += ", its page only" * found.is_recognised
                    print(f"{subject.name}, {way}: {said}, {found.seconds:.0f} s", flush=True)
                    print(*(f"  {one}\n" for one in found.mistakes), sep="", end="", flush=True)
        browser.close()
    report(results)
    sys.exit(any(one.mistakes for found in results.values() for one in found))


if __name__ == "__main__":
    main()

"""Whether any submission is graded with no configuration.

tests/submissions writes submissions along all the ways in which real ones differ, and
knows the truth about each. `twidder check` grades them as they are handed in, and what
it finds is compared with the truth.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.submissions.axes import drawn
from tests.submissions.generator import Truth, write
from tests.submissions.judged import Graded, graded, judgement, shown, unlike
from tests.submissions.seeds import SEEDS


class Proof(NamedTuple):
    """A submission, and what was found out about it."""

    seed: int
    truth: Truth
    found: Graded

    @property
    def is_gradable(self) -> bool:
        """Whether it can be started at all."""
        return self.truth.failure is None

    @property
    def is_started(self) -> bool:
        """Whether the application that was handed in was started as the lab says."""
        return self.found.how.startswith("gunicorn ") and self.truth.application in self.found.how

    @property
    def unlike(self) -> list[str]:
        """What of the contract was learned otherwise than it is, where there is one."""
        is_learnable = self.is_started and not self.truth.secret
        return unlike(self.truth, self.found.contract) if is_learnable else []

    @property
    def judgement(self) -> str:
        """Whether it was judged as its truth says."""
        return judgement(self.truth, self.found)

    def deviations(self) -> Iterator[str]:
        """Yield all that is not as its truth says."""
        if self.is_gradable and not self.is_started:
            yield f"not started: {self.found.how or self.found.reason}"
        for part in self.unlike if self.is_gradable else ():
            learned, true = (shown(c, part) for c in (self.found.contract, self.truth.contract))
            yield f"{part} is {true}, learned was {learned}"
        if self.judgement != "right":
            mistake = self.truth.mistake.name if self.truth.mistake else "no mistake"
            yield f"{self.judgement}: it has {self.truth.failure or mistake}, and is {self.found}"


def proof(seed: int) -> Proof:
    """Write the submission of a seed, and have it graded."""
    with tempfile.TemporaryDirectory(prefix="twidder-generated-") as folder:
        truth = write(drawn(seed), Path(folder))
        return Proof(seed, truth, graded(truth, Path(folder)))


def report(proofs: Sequence[Proof]) -> None:
    """Print the shares, and how long it took."""
    gradable = [one for one in proofs if one.is_gradable]
    learnable = [one for one in gradable if not one.truth.secret]
    rows = [
        ("started", sum(one.is_started for one in gradable), len(gradable)),
        ("learned", sum(one.is_started and not one.unlike for one in learnable), len(learnable)),
        *(
            (name, sum(one.judgement == name for one in proofs), len(proofs))
            for name in ("right", "wrong", "unclear")
        ),
    ]
    print(f"{'':<10} {'count':>6} {'of':>6} {'share':>8}")
    for name, count, of in rows:
        print(f"{name:<10} {count:>6} {of:>6} {count / max(1, of):>8.1%}")
    seconds = [one.found.seconds for one in proofs]
    print(f"seconds for each: {median(seconds):.0f} (median), {max(seconds):.0f} at most")


def main() -> None:
    """Grade everything; exits with 1 where a verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=3, help="gradings at the same time")
    parser.add_argument("--seed", type=int, action="append", help="only this one; repeatable")
    given = parser.parse_args()
    proofs = []
    with ThreadPoolExecutor(given.at_once) as pool:
        for one in pool.map(proof, given.seed or SEEDS):
            proofs.append(one)
            deviations = list(one.deviations())
            print(
                f"seed {one.seed}: {one.found.seconds:.0f} s", *deviations, sep="\n  ", flush=True
            )
    report(proofs)
    sys.exit(any(one.judgement == "wrong" for one in proofs))


if __name__ == "__main__":
    main()

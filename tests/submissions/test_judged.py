"""What is handed in is graded with no configuration, as its truth says. All: `make generated`."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.submissions.axes import NONE, drawn
from tests.submissions.generator import Truth, write
from tests.submissions.judged import REQUIRED, Graded, graded, judgement, unlike
from tests.submissions.seeds import GRADABLE, SPEAKABLE

SLOW = {"bcrypt", "flask_bcrypt", "flask_cors", "jwt"}
"""Packages with which passwords are hashed, which is most of what such a submission does."""

UNHEARD = {"silent", "wrong-client"}
"""Mistakes that show by what does not come, which a machine that is too busy leaves open."""

HINDERED = (48, 50)
"""One that fails and one that is left open: a syntax error, a package that nobody has."""


def covering(seeds: Sequence[int], count: int) -> list[int]:
    """Return so many seeds, each the one with the most values that none before it has."""
    chosen: list[int] = []
    values: set[tuple[str, str]] = set()
    for _ in range(count):
        best = max(seeds, key=lambda seed: len(asdict(drawn(seed)).items() - values))
        values.update(asdict(drawn(best)).items())
        chosen.append(best)
    return chosen


def is_suited(seed: int) -> bool:
    """Whether a submission is graded soon, and the same on a busy machine."""
    return drawn(seed).package not in SLOW and drawn(seed).mistake not in UNHEARD


JUDGED = covering([seed for seed in SPEAKABLE if is_suited(seed)], 5)
SECRET = covering([seed for seed in GRADABLE if seed not in SPEAKABLE and is_suited(seed)], 2)


@pytest.mark.parametrize("seed", [*JUDGED, *HINDERED])
def test_a_submission_is_graded_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    found = graded(truth, tmp_path)
    assert judgement(truth, found) == "right", found
    assert unlike(truth, found.contract) == ([] if truth.failure is None else ["all of it"])


@pytest.mark.parametrize("seed", SECRET)
def test_what_only_its_page_can_say_costs_nobody_points(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    assert judgement(truth, found := graded(truth, tmp_path)) != "wrong", found


def test_those_cover_a_good_part_of_what_there_is() -> None:
    drawings = [asdict(drawn(seed)) for seed in JUDGED]
    assert len({value for drawing in drawings for value in drawing.items()}) > 80
    assert {drawing["mistake"] for drawing in drawings} > {NONE}


# What is right, wrong and unclear


RIGHT, SILENT, NO_PYTHON, LACKING = "none", "silent", "syntax-error", "missing-package"
LEFT_OUT = "The package tddd97_mailer_2019 is not installed here"


def truth(wrong: str, folder: Path) -> Truth:
    plain = replace(drawn(48), hindrance=NONE, mistake=NONE)
    axis = "hindrance" if wrong in {NO_PYTHON, LACKING} else "mistake"
    return write(replace(plain, **{axis: wrong}), folder)


@pytest.mark.parametrize(
    ("wrong", "verdicts", "reason", "expected"),
    [
        (RIGHT, "passed passed passed", "", "right"),
        (RIGHT, "passed failed passed", "", "wrong"),
        (RIGHT, "passed unclear passed", "", "unclear"),
        (RIGHT, "failed", "The server did not start", "wrong"),
        (RIGHT, "skipped skipped skipped", "", "unclear"),
        (RIGHT, "unclear", "It met a limit of this machine", "unclear"),
        (SILENT, "passed failed skipped", "", "right"),
        (SILENT, "passed passed passed", "", "wrong"),
        (SILENT, "failed skipped skipped", "", "wrong"),
        (SILENT, "passed unclear skipped", "", "unclear"),
        (SILENT, "skipped skipped skipped", "", "unclear"),
        (SILENT, "failed", "The server did not start", "wrong"),
        (NO_PYTHON, "failed", "Python can't read server.py:6", "right"),
        (NO_PYTHON, "failed", "The server did not start", "wrong"),
        (NO_PYTHON, "unclear", "It met a limit of this machine", "unclear"),
        (LACKING, "unclear", LEFT_OUT, "right"),
        (LACKING, "failed", LEFT_OUT, "wrong"),
        (LACKING, "passed passed passed", "", "wrong"),
    ],
)
def test_a_verdict_is_wrong_only_where_it_is_settled(
    wrong: str, verdicts: str, reason: str, expected: str, tmp_path: Path
) -> None:
    said = verdicts.split()
    scenarios = dict(zip(REQUIRED, said, strict=True)) if len(said) > 1 else {}
    worst = max(said, key=["passed", "skipped", "unclear", "failed"].index)
    found = Graded(worst, reason, "", None, scenarios, 0.0)
    assert judgement(truth(wrong, tmp_path), found) == expected

"""Plan and requirement files: what counts, how much, and what is wrong with them."""

import pytest

from tests.checker.files import PLAN as ONE
from tests.checker.files import changed
from twidder_cli.load.library import bundled_ids, find_plan, requirements
from twidder_cli.load.plan import load_plan, load_requirements
from twidder_cli.load.source import Mistakes
from twidder_cli.model.scenario import Plan, Requirement, Share

KNOWN = ("lab3/root", "lab3/targeted")
PLAN = ONE + "  lab3/targeted: 1\n"


def mistakes_in(text: str) -> list[str]:
    mistakes = Mistakes()
    assert load_plan(text, "p.yaml", mistakes, KNOWN) is None
    return mistakes.found


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("3", Share(points=3)),
        ("0", Share(points=0)),
        ("0.5", Share(points=0.5)),
        ("{points: 2}", Share(points=2)),
        ("{points: 2, level: advanced}", Share(points=2, level="advanced")),
    ],
)
def test_a_right_file_becomes_a_plan(written: str, share: Share) -> None:
    mistakes = Mistakes()
    plan = load_plan(changed(PLAN, ": 3", f": {written}"), "p.yaml", mistakes, KNOWN)
    assert mistakes.found == []
    assert plan == Plan(
        title="Lab 3", scenarios={"lab3/root": share, "lab3/targeted": Share(points=1)}
    )


def test_the_plan_of_lab_3_counts_scenarios_that_are_there() -> None:
    assert set(find_plan(None).scenarios) <= set(bundled_ids())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            ": 3",
            ": -1",
            ["p.yaml:3:14: expected points, a number from 0, got -1"],
            id="points below 0",
        ),
        pytest.param(
            ": 3",
            ": yes",
            ["p.yaml:3:14: expected points, a number from 0, got 'yes'"],
            id="a word in place of points",
        ),
        pytest.param(
            ": 3",
            ": true",
            ["p.yaml:3:14: expected points, a number from 0, got True"],
            id="a truth in place of points",
        ),
        pytest.param(
            ": 3",
            ": .inf",
            ["p.yaml:3:14: expected points, a number from 0, got '.inf'"],
            id="points without end",
        ),
        pytest.param(
            ": 3",
            ":",
            ["p.yaml:3:13: expected points, a number from 0, got None"],
            id="no points",
        ),
        pytest.param(
            ": 3",
            ": {points: 2, level: hard}",
            ["p.yaml:3:33: expected 'required' or 'advanced', got 'hard'"],
            id="an unknown level",
        ),
        pytest.param(
            ": 3",
            ": {points: 2, levl: advanced}",
            ["p.yaml:3:26: there is no field 'levl'. Did you mean 'level'?"],
            id="an unknown field of a share",
        ),
        pytest.param(
            ": 3",
            ": 3\n  lab3/root: 4",
            ["p.yaml:4:3: 'lab3/root' stands here a second time (first in line 3)"],
            id="a scenario counted twice",
        ),
        pytest.param(
            "title:",
            "titel:",
            [
                "p.yaml:1:1: there is no field 'titel'. Did you mean 'title'?",
                "p.yaml:1:1: 'title' is missing",
            ],
            id="an unknown field",
        ),
        pytest.param(
            "scenarios:",
            "pass: {points: 4.5}\nscenarios:",
            ["p.yaml:2:7: 4.5 points pass, but there are 4"],
            id="more points than there are",
        ),
        pytest.param(
            "scenarios:",
            "pass: {required: false}\nscenarios:",
            ["p.yaml:2:7: nothing is needed to pass, so nobody can fail"],
            id="a rule that asks for nothing",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: list[str]) -> None:
    assert mistakes_in(changed(PLAN, old, new)) == said


def test_all_mistakes_are_told_in_one_pass() -> None:
    assert mistakes_in(
        "title: P\nscenarios: {lab3/root: x, lab3/targeted: 1, lab3/rot: 2}\nextra: 1\n"
    ) == [
        "p.yaml:3:1: there is no field 'extra'. Possible: title, pass, scenarios.",
        "p.yaml:2:24: expected points, a number from 0, got 'x'",
        "p.yaml:2:45: there is no scenario 'lab3/rot'. Did you mean 'lab3/root'?",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n"])
def test_what_is_no_plan_is_told(text: str) -> None:
    assert len(mistakes_in(text)) == 1


def test_a_requirement_has_its_place_in_the_lab_and_its_sentence() -> None:
    mistakes = Mistakes()
    found = load_requirements("json: {ref: L5, says: JSON it is.}\n", "r.yaml", mistakes)
    assert (found, mistakes.found) == (
        {"json": Requirement(id="json", ref="L5", says="JSON it is.")},
        [],
    )


def test_a_requirement_without_its_sentence_is_a_mistake() -> None:
    mistakes = Mistakes()
    found = load_requirements("json: {ref: L5}\n", "r.yaml", mistakes)
    assert (found, mistakes.found) == ({}, ["r.yaml:1:7: 'says' is missing"])


def test_the_requirements_of_the_package_are_right() -> None:
    assert {"one-session", "auto-logout", "targeted", "token"} <= set(requirements())

"""Plan and requirement files: what counts, how much, and what is wrong with them."""

from pathlib import Path

import pytest

from tests.checker.files import PLAN as ONE
from tests.checker.files import changed
from twidder_cli.load.library import bundled_ids, find_plan, requirements
from twidder_cli.load.plan import load_plan, load_requirements
from twidder_cli.load.source import Mistakes
from twidder_cli.model.scenario import Level, Plan, Requirement, Share

KNOWN = ("lab3/root", "lab3/targeted")
PLAN = ONE + "  lab3/targeted: 1\n"
NOBODY_CAN_FAIL = "no scenario is required and no points are needed, so nobody can fail"


def mistakes_in(text: str) -> list[str]:
    mistakes = Mistakes()
    assert load_plan(text, "p.yaml", mistakes, KNOWN, level_of) is None
    return mistakes.found


def level_of(name: str) -> Level:
    return "advanced" if name == "lab3/targeted" else "required"


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
    text = changed(changed(PLAN, ": 3", f": {written}"), ": 1", ": {points: 1, level: required}")
    plan = load_plan(text, "p.yaml", mistakes, KNOWN, level_of)
    assert mistakes.found == []
    assert plan == Plan(
        title="Lab 3",
        scenarios={"lab3/root": share, "lab3/targeted": Share(points=1, level="required")},
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
            ["p.yaml:2:7: 4.5 points pass, but there are 4, so nobody can pass"],
            id="more points than there are",
        ),
        pytest.param(
            "scenarios:",
            "pass: {required: false}\nscenarios:",
            ["p.yaml:2:7: nothing is needed to pass, so nobody can fail"],
            id="a rule that asks for nothing",
        ),
        pytest.param(
            ": 3",
            ": {points: 3, level: advanced}",
            [f"p.yaml:1:1: {NOBODY_CAN_FAIL}"],
            id="nothing that is required",
        ),
        pytest.param(
            "scenarios:\n  lab3/root: 3",
            "pass: {required: true}\nscenarios:",
            [f"p.yaml:2:7: {NOBODY_CAN_FAIL}"],
            id="a scenario that is advanced by itself",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: list[str]) -> None:
    assert mistakes_in(changed(PLAN, old, new)) == said


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ("{points: 0.5}", "{points: 1, level: advanced}"),
        ("{required: false, points: 4}", "3"),
        ("{points: 0.9}", "{points: 0.7}\n  one.yaml: 0.1\n  two.yaml: 0.1"),
    ],
)
def test_a_rule_that_somebody_can_pass_and_somebody_fail_is_right(
    rule: str, points: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).touch()
    text = changed(PLAN, "scenarios:", f"pass: {rule}\nscenarios:")
    mistakes = Mistakes()
    load_plan(changed(text, ": 3", f": {points}"), "p.yaml", mistakes, KNOWN, level_of)
    assert mistakes.found == []


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

"""The schema, the handbook of scenarios, and the commands about them agree with the loader."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.checker.files import SCENARIO, changed
from twidder_cli import cli
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import bundled_ids, find_scenarios, load_scenarios
from twidder_cli.load.scenario import MACROS
from twidder_cli.load.schema import scenario_schema
from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow, drawn
from twidder_cli.steps import step_kinds

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
HANDBOOK = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", HANDBOOK, re.DOTALL)

# The schema


def accepts(text: str) -> bool:
    document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  texts only
    checker = jsonschema.Draft202012Validator(scenario_schema())
    return checker.is_valid(_numbered(document))


def _numbered(value: Any) -> Any:
    """Write whole numbers as such, which our loader does too."""
    match value:
        case dict():
            return {key: _numbered(inner) for key, inner in value.items()}
        case list():
            return [_numbered(inner) for inner in value]
        case str() if re.fullmatch(r"\d+", value):
            return int(value)
        case _:
            return value


def test_the_schema_that_is_kept_is_the_one_that_is_made() -> None:
    kept = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    assert kept == scenario_schema(), "twidder scenario schema > scenarios/scenario.schema.json"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())


@pytest.mark.parametrize(
    "name",
    [*bundled_ids(), *(f"openings/{path.stem}" for path in (SCENARIOS / "openings").iterdir())],
)
def test_the_schema_accepts_what_comes_with_the_package(name: str) -> None:
    assert accepts((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"))


def test_the_schema_accepts_a_right_file() -> None:
    assert accepts(SCENARIO)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title:", "titel:"),
        ("steps:\n", "colour: red\nsteps:\n"),
        ("steps:\n", "level: hard\nsteps:\n"),
        ("[anna@laptop, anna@phone]", "[anna]"),
        ("[anna@laptop, anna@phone]", "[]"),
        ("expect_push", "expect_pusch"),
        ("5 s", "5 minutes"),
        ("5 s", "5"),
        ("{to: anna@laptop, within", "{to: anna@laptop, withn"),
        ("to: anna@laptop, ", ""),
        ("- sign_in: anna@laptop", "- sign_in"),
        ("connect: anna@laptop", "connect: []"),
        ("sign_in: anna@laptop", "expect_page: anna@laptop"),
        ("sign_in: anna@laptop", "repeat: {times: 1, steps: [{sign_out: anna@laptop}]}"),
        ("sign_in: anna@laptop", "repeat: {times: 2}"),
        ("sign_in: anna@laptop", "include: [a]"),
        ("sign_in: anna@laptop", "disconnect: {by: anna@laptop, how: burn}"),
        ("sign_in: anna@laptop", "expect_refused: {by: anna@laptop, calls: [sign_off]}"),
        ("- sign_in: anna@laptop\n  - connect", "- sign_in: anna@laptop\n    connect"),
    ],
)
def test_the_schema_rejects_what_the_loader_rejects(old: str, new: str) -> None:
    text = changed(SCENARIO, old, new)
    assert not accepts(text)
    (source,) = find_scenarios(("lab3/root",))
    with pytest.raises(OperatorError):
        load_scenarios([type(source)(id="1", path="1.yaml", text=text)])


# The handbook

HEAD = """\
title: An example
requirement: targeted
actors: [anna@laptop, anna@phone, anna@tablet, bob@desk, eve@cafe, {eva@home: {via: browser}}]
steps:
  - open: eva@home
  - sign_up: [anna, bob, eve, eva]
  - sign_in: [anna@laptop, anna@phone, bob@desk, eve@cafe]
  - post_message: anna@laptop
  - connect: [anna@laptop, anna@laptop, anna@laptop, anna@phone, bob@desk]
  - get_user_data_by_token: eve@cafe
  - trigger: [{sign_in: anna@phone}]
"""
TAIL = "  - expect_no_error: bob@desk\n"


def example(number: int, folder: Path) -> Path:
    """Write an example as a scenario; steps alone get the story around them that they need."""
    text = EXAMPLES[number]
    if text.startswith("- "):
        text = HEAD + "".join(f"  {line}\n" for line in text.splitlines()) + TAIL
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    return path


PLANS = [i for i, text in enumerate(EXAMPLES) if "\nscenarios:\n" in text]
STORIES = [i for i in range(len(EXAMPLES)) if i not in PLANS]


@pytest.mark.parametrize("number", STORIES)
def test_an_example_of_the_handbook_is_right(number: int, tmp_path: Path) -> None:
    assert len(load_scenarios(find_scenarios((str(example(number, tmp_path)),)))) == 1


@pytest.mark.parametrize("number", STORIES)
def test_the_schema_accepts_an_example_of_the_handbook(number: int, tmp_path: Path) -> None:
    assert accepts(example(number, tmp_path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("word", sorted({*step_kinds(), *MACROS}))
def test_every_word_of_the_language_has_an_entry_in_the_handbook(word: str) -> None:
    assert re.search(
        rf"\*\*`{word}`\*\*|^\*\*`[^*]*`{word}`|^\*\*`{word}`,", HANDBOOK, re.MULTILINE
    )


@pytest.mark.parametrize("word", sorted({*step_kinds(), *MACROS}))
def test_the_schema_says_what_a_word_does(word: str) -> None:
    assert word in scenario_schema()["$defs"]["step"]["properties"]


# Drawings

DRAWN = [one.id for one in load_scenarios(find_scenarios(("lab3",))) if len(one.actors) <= 4]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_drawing_keeps_to_80_columns(count: int) -> None:
    actors = [Actor(f"longusername{n}@long-place-name-{n}") for n in range(count)]
    arrows = [
        Arrow(actor=actor, label="a label that says far more than there is room for " * 2, kind=k)
        for actor in actors
        for k in ("asks", "hears", "silent")
    ]
    assert max(len(line) for line in drawn(actors, arrows)) <= 80


def test_a_note_goes_across_the_drawing() -> None:
    _, line = drawn([Actor("anna@laptop")], [Arrow(actor="", label="trigger", kind="note")])
    assert line.startswith("-- trigger ---")


# The commands

NOBODY_CAN_FAIL = "no scenario is required and no points are needed, so nobody can fail"


class Said:
    def __init__(self, code: int, output: str, errors: str) -> None:
        self.code = code
        self.output = output
        self.errors = errors


def twidder(capsys: pytest.CaptureFixture[str], *arguments: str) -> Said:
    with pytest.raises(SystemExit) as exited:
        cli.main(list(arguments))
    told = capsys.readouterr()
    assert isinstance(exited.value.code, int)
    return Said(exited.value.code, told.out, told.err)


def test_a_right_file_has_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "told.yaml").write_text(SCENARIO)
    said = twidder(capsys, "scenario", "lint", str(tmp_path / "told.yaml"))
    assert (said.code, said.output) == (0, "1 scenario, no mistake\n")


def test_all_scenarios_of_the_package_have_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    said = twidder(capsys, "scenario", "lint", "lab3")
    assert (said.code, said.output) == (0, f"{len(bundled_ids())} scenarios, no mistake\n")


def test_a_plan_in_a_folder_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("told.yaml").write_text(SCENARIO + "level: advanced\n")
    Path("plan.yaml").write_text("title: Easy\nscenarios: {told.yaml: 1}\n")
    Path("hard.yaml").write_text("title: Hard\npass: {points: 2}\nscenarios: {told.yaml: 1}\n")
    said = twidder(capsys, "scenario", "lint", ".")
    assert (said.code, said.output, said.errors.splitlines()) == (
        2,
        "",
        [
            "twidder: hard.yaml:2:7: 2 points pass, but there are 1, so nobody can pass",
            f"twidder: plan.yaml:1:1: {NOBODY_CAN_FAIL}",
        ],
    )
    Path("hard.yaml").unlink()
    Path("plan.yaml").write_text("title: Fair\npass: {points: 1}\nscenarios: {told.yaml: 1}\n")
    said = twidder(capsys, "scenario", "lint", ".")
    assert (said.code, said.output) == (0, "1 scenario and 1 plan, no mistake\n")


def test_mistakes_in_several_files_are_told_in_one_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(changed(SCENARIO, "expect_push", "expect_psh"))
    Path("b.yaml").write_text(changed(SCENARIO, "5 s", "5"))
    said = twidder(capsys, "scenario", "lint", ".")
    assert (said.code, said.output, said.errors.splitlines()) == (
        2,
        "",
        [
            "twidder: a.yaml:11:5: there is no step 'expect_psh'. Did you mean 'expect_push'?",
            "twidder: b.yaml:11:44: expected a text, got 5",
        ],
    )


@pytest.mark.parametrize("name", DRAWN)
def test_a_scenario_is_explained_on_80_columns(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = twidder(capsys, "scenario", "explain", name)
    assert (said.code, said.errors) == (0, "")
    assert said.output.startswith(f"{name}: ")
    assert [line for line in said.output.splitlines() if len(line.rstrip()) > 80] == []


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = twidder(capsys, "scenario", "schema")
    assert (said.code, json.loads(said.output)) == (0, scenario_schema())


def test_control_characters_in_a_name_are_not_printed_raw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a\x1b[31m.yaml").write_text(changed(SCENARIO, "5 s", "5"))
    said = twidder(capsys, "scenario", "lint", "a\x1b[31m.yaml")
    assert said.errors == "twidder: a\\x1b[31m.yaml:11:44: expected a text, got 5\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["scenario", "lint", "x" * 5000],
        ["scenario", "lint", "x" * 300 + ".yaml"],
        ["check", "x" * 5000],
        ["check", "--plan", "x" * 5000],
        ["check", "--contract", "x" * 300 + ".yaml"],
        ["check", "http://localhost..:1"],
    ],
)
def test_a_name_that_can_not_be_is_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = twidder(capsys, *arguments)
    assert (said.code, said.output, said.errors.count("\n")) == (2, "", 1)
    assert said.errors.startswith("twidder: ")


def test_what_a_scenario_file_says_is_not_printed_raw(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A short name, so that no line is folded inside what is looked for.
    monkeypatch.chdir(tmp_path)
    path = Path("loud.yaml")
    path.write_text(
        'title: "T \\e[31m"\nwhy: "w \\e]0;t\\a"\nhint: "h \\e[31m"\nrequirement: json\n'
        "actors: [anna@laptop]\n"
        "steps: [{sign_up: anna}, {sign_in: anna@laptop}, "
        '{expect_accepted: {by: anna@laptop, shows: ["s \\e[31m"]}}]\n'
    )
    shown = [
        twidder(capsys, "scenario", command, str(path)).output for command in ("list", "explain")
    ]
    assert all("T \\x1b[31m" in text for text in shown)
    assert not any("\x1b" in text or "\x07" in text for text in shown)

"""What stands in scenario files beside single steps: rounds, openings, calls, bytes, captures."""

from pathlib import Path

import pytest

from tests.checker.files import SCENARIO, changed, loaded, mistakes_in, without_column
from tests.checker.timelines import ANNA, asked, played, timeline
from twidder_cli.engine.judge import judge
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import find_scenarios, load_scenarios
from twidder_cli.model.scenario import Scenario, Source
from twidder_cli.model.step import Call, Step
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps.expect_refused import ExpectRefused
from twidder_cli.steps.together import Together

EXPECTATION = "  - expect_push: {to: anna@laptop, within: 5 s}\n"
FIRST = "1.yaml:12"


def steps_of(text: str) -> tuple[Step, ...]:
    """Return what is written after the eleven lines of a right file."""
    (scenario,) = loaded(SCENARIO + text)
    return scenario.steps[5:]


def said_of(text: str) -> list[str]:
    return [without_column(mistake) for mistake in mistakes_in(SCENARIO + text)]


# Rounds

REPEATED = """\
  - repeat:
      times: 3
      steps:
        - together: [{sign_in: [anna@laptop, anna@phone]}]
        - expect_one_valid: [anna@laptop, anna@phone]
"""


def test_rounds_are_written_out_and_numbered() -> None:
    assert [(step.kind, step.round, step.line) for step in steps_of(REPEATED)] == [
        (kind, number, line)
        for number in (1, 2, 3)
        for kind, line in (("together", 15), ("expect_one_valid", 16))
    ]


@pytest.mark.parametrize("times", ["0", "1", "201", "-3", "2.5", "often", "true"])
def test_rounds_are_from_2_to_200(times: str) -> None:
    assert said_of(changed(REPEATED, "times: 3", f"times: {times}")) == [
        "1.yaml:13: expected times, a whole number from 2 to 200"
    ]


def rounds(*statuses: int) -> Scenario:
    calls = (Call(function="get_user_data_by_token"),)
    return Scenario(
        id="r",
        path="r.yaml",
        title="Rounds",
        requirement="token",
        actors=(ANNA,),
        steps=tuple(
            ExpectRefused(kind="expect_refused", line=9, by=(ANNA,), calls=calls, round=number)
            for number, _ in enumerate(statuses, 1)
        ),
    )


def test_what_is_wrong_in_some_rounds_is_one_finding() -> None:
    statuses = (401, 200, 401, 200, 401)
    entries = [
        (
            asked(ANNA, "get_user_data_by_token", number, status=status, step=str(number)),
            played("expect_refused", number + 0.5, step=str(number)),
        )
        for number, status in enumerate(statuses, 1)
    ]
    outcome = judge(rounds(*statuses), timeline(*entries))
    (finding,) = outcome.findings
    assert (outcome.verdict, finding.actual.splitlines()[0]) == (
        Verdict.FAILED,
        "wrong in 2 of 5 rounds; the first time:",
    )


# Openings

OPENING = "title: Anna\nsteps:\n  - sign_up: anna\n  - sign_in: anna@laptop\n"
INCLUDING = """\
title: Anna reads
requirement: token
actors: anna@laptop
steps:
  - include: {name}
  - expect_accepted: anna@laptop
"""


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def including(folder: Path, name: str) -> list[Scenario]:
    put(folder / "told.yaml", INCLUDING.replace("{name}", name))
    return load_scenarios(find_scenarios((str(folder / "told.yaml"),)))


def test_an_opening_beside_the_file_is_found(tmp_path: Path) -> None:
    put(tmp_path / "mine/start.yaml", OPENING)
    (scenario,) = including(tmp_path, "mine/start")
    assert [step.kind for step in scenario.steps] == ["sign_up", "sign_in", "expect_accepted"]


def test_an_opening_of_the_package_is_found(tmp_path: Path) -> None:
    (scenario,) = including(tmp_path, "openings/anna-at-laptop")
    assert [step.kind for step in scenario.steps][:3] == ["sign_up", "sign_in", "connect"]


def test_the_opening_beside_the_file_comes_first(tmp_path: Path) -> None:
    put(tmp_path / "openings/anna-at-laptop.yaml", OPENING)
    (scenario,) = including(tmp_path, "openings/anna-at-laptop")
    assert [step.kind for step in scenario.steps] == ["sign_up", "sign_in", "expect_accepted"]


def test_what_is_included_has_the_line_of_its_include(tmp_path: Path) -> None:
    put(tmp_path / "start.yaml", OPENING)
    (scenario,) = including(tmp_path, "start")
    assert [step.line for step in scenario.steps] == [5, 5, 6]


def test_a_scenario_carries_its_openings_with_it(tmp_path: Path) -> None:
    put(tmp_path / "start.yaml", OPENING)
    put(tmp_path / "told.yaml", INCLUDING.replace("{name}", "start"))
    (source,) = find_scenarios((str(tmp_path / "told.yaml"),))
    assert source.includes == {"start": OPENING}


def test_an_opening_may_include_another(tmp_path: Path) -> None:
    put(tmp_path / "more.yaml", changed(OPENING, "steps:\n", "steps:\n  - include: less\n"))
    put(tmp_path / "less.yaml", "title: Bare\nsteps:\n  - expect_page: {by: anna@laptop, at: /}\n")
    (scenario,) = including(tmp_path, "more")
    assert scenario.steps[0].kind == "expect_page"


def told_by(folder: Path, name: str) -> str:
    with pytest.raises(OperatorError) as raised:
        including(folder, name)
    return str(raised.value)


def test_an_unknown_opening_is_told_at_its_place(tmp_path: Path) -> None:
    assert told_by(tmp_path, "openings/nobody") == (
        f"{tmp_path}/told.yaml:5:14: there is no opening 'openings/nobody'."
    )


def test_openings_in_a_circle_end_in_a_mistake(tmp_path: Path) -> None:
    put(tmp_path / "one.yaml", "title: One\nsteps:\n  - include: two\n")
    put(tmp_path / "two.yaml", "title: Two\nsteps:\n  - include: one\n")
    said = told_by(tmp_path, "one").splitlines()
    assert said
    assert all("there is no opening '" in line for line in said)


def test_a_mistake_in_an_opening_names_the_opening_and_its_line(tmp_path: Path) -> None:
    put(tmp_path / "start.yaml", changed(OPENING, "sign_in", "sign_inn"))
    assert told_by(tmp_path, "start") == (
        "start:4:5: there is no step 'sign_inn'. Did you mean 'sign_in'?"
    )


# Together


def test_together_makes_the_calls_of_its_steps() -> None:
    (step,) = steps_of("  - together:\n      - sign_in: [anna@laptop, anna@phone]\n")
    assert isinstance(step, Together)
    assert [actor for inner in step.steps for actor, _ in inner.calls_of_actors] == [
        "anna@laptop",
        "anna@phone",
    ]


def test_only_functions_can_be_done_together() -> None:
    assert said_of("  - together:\n      - connect: anna@laptop\n") == [
        f"{FIRST}: connect can't be done together with others; functions can"
    ]


# Calls


def calls_of(written: str) -> tuple[Call, ...]:
    (step,) = steps_of(f"  - expect_refused: {{by: anna@laptop, calls: [{written}]}}\n")
    assert isinstance(step, ExpectRefused)
    return step.calls


def test_a_call_may_leave_inputs_out() -> None:
    assert calls_of("{sign_up: {without: [password, email]}}") == (
        Call(function="sign_up", without=("password", "email")),
    )


def test_a_call_may_have_a_body_of_its_own() -> None:
    assert calls_of('{sign_in: {body: "[]"}}') == (Call(function="sign_in", body="[]"),)


def test_a_body_is_a_text() -> None:
    written = "  - expect_refused: {by: anna@laptop, calls: [{sign_in: {body: 5}}]}\n"
    assert said_of(written) == [f"{FIRST}: expected a text, got 5"]


# Bytes


@pytest.mark.parametrize("form", ["text: hello", 'binary: "00 ff"', 'raw: "8102fffe"'])
def test_one_form_of_a_message_is_sent(form: str) -> None:
    (step,) = steps_of(f"  - send: {{by: anna@laptop, {form}}}\n")
    assert step.kind == "send"


@pytest.mark.parametrize("forms", ["", ', text: a, binary: "00"', ', binary: "00", raw: "00"'])
def test_none_and_several_forms_are_a_mistake(forms: str) -> None:
    assert said_of(f"  - send: {{by: anna@laptop{forms}}}\n") == [
        f"{FIRST}: send wants exactly one of text, binary and raw"
    ]


@pytest.mark.parametrize("written", ["0", "0g", "0 0", "hello"])
def test_bytes_are_written_in_hexadecimal(written: str) -> None:
    (said,) = said_of(f'  - send: {{by: anna@laptop, raw: "{written}"}}\n')
    assert said.startswith(f"{FIRST}: expected bytes in hexadecimal such as '81 05', got ")


# Endings


@pytest.mark.parametrize("how", ["close", "cut", "freeze"])
def test_a_socket_ends_in_one_of_three_ways(how: str) -> None:
    (step,) = steps_of(f"  - disconnect: {{by: anna@phone, how: {how}, which: oldest}}\n")
    assert step.kind == "disconnect"


def test_another_way_to_end_is_a_mistake() -> None:
    (said,) = said_of("  - disconnect: {by: anna@phone, how: burn}\n")
    assert said.startswith(f"{FIRST}: ")
    assert "'burn'" in said


def test_an_actor_whose_newest_socket_was_left_hears_nothing() -> None:
    (said,) = said_of(
        "  - disconnect: anna@laptop\n  - expect_message: {on: anna@laptop, says: x}\n"
    )
    assert said == "1.yaml:13: 'anna@laptop' has no socket, so nothing could arrive"


def test_an_actor_whose_oldest_socket_was_left_still_hears() -> None:
    leaving = "  - connect: anna@laptop\n  - disconnect: {by: anna@laptop, which: oldest}\n"
    assert len(steps_of(leaving + "  - expect_message: {on: anna@laptop, says: x}\n")) == 3


# Where steps may stand


def test_an_expectation_of_a_trigger_does_not_stand_in_one() -> None:
    inner = "      - connect: anna@phone\n      - expect_silence: anna@phone\n"
    text = changed(SCENARIO, "      - connect: anna@phone\n", inner)
    assert [without_column(one) for one in mistakes_in(text)] == [
        "1.yaml:11: expect_silence can't stand inside a trigger, but after it"
    ]


def test_an_actor_twice_among_the_actors_is_a_mistake() -> None:
    text = changed(SCENARIO, "[anna@laptop, anna@phone]", "[anna@laptop, anna@phone, anna@phone]")
    assert [without_column(one) for one in mistakes_in(text)] == [
        "1.yaml:1: an actor stands twice among the actors"
    ]


@pytest.mark.parametrize("within", ["61 s", "60001 ms"])
def test_nothing_is_waited_for_longer_than_a_minute(within: str) -> None:
    (said,) = mistakes_in(changed(SCENARIO, "5 s", within))
    assert said.startswith("1.yaml:11:44: expected a time above 0 and up to 60 s, got ")


def test_a_source_knows_its_text() -> None:
    source = Source(id="1", path="1.yaml", text=SCENARIO)
    assert load_scenarios([source]) == loaded(SCENARIO)

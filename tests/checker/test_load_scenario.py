"""Scenario files: what is wrong with them is told with its place and what to try."""

import pytest

from tests.checker.files import SCENARIO, changed, loaded, mistakes_in, without_column
from twidder_cli.load.library import bundled_ids, find_scenarios, load_scenarios
from twidder_cli.model.actors import Actor
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Call, Duration
from twidder_cli.steps import step_kinds
from twidder_cli.steps.connect import Connect
from twidder_cli.steps.expect_push import ExpectPush
from twidder_cli.steps.expect_refused import ExpectRefused
from twidder_cli.steps.operation import Operation
from twidder_cli.steps.trigger import Trigger

FIELDS = "title, why, requirement, needs, level, actors, hint, steps"
TWO_STEPS = "{'sign_out': 'anna', 'connect': 'anna'}"
CAPTURED = "a name of small letters and digits"
LISTED = "'twidder scenario list' lists them."
ALIKE = "lab3/page-logout, lab3/auto-logout, lab3/root"
PLACES = "'json:data', 'header:Authorization' or 'cookie:session'"
SAMPLE = "such as 'sign_in: anna@laptop'"


def test_a_right_file_becomes_a_scenario() -> None:
    (scenario,) = loaded(SCENARIO)
    laptop, phone = Actor("anna@laptop"), Actor("anna@phone")
    assert scenario == Scenario(
        id="1",
        path="1.yaml",
        title="The first client is told",
        requirement="auto-logout",
        actors=(laptop, phone),
        steps=(
            scenario.steps[0],
            Operation(kind="sign_in", line=6, column=5, by=(laptop,)),
            Connect(kind="connect", line=7, column=5, by=(laptop,)),
            Trigger(
                kind="trigger",
                line=8,
                column=5,
                steps=(
                    Operation(kind="sign_in", line=9, column=9, by=(phone,)),
                    Connect(kind="connect", line=10, column=9, by=(phone,)),
                ),
            ),
            ExpectPush(kind="expect_push", line=11, column=5, to=(laptop,), within=Duration("5 s")),
        ),
    )
    assert (scenario.steps[0].kind, scenario.steps[0].line) == ("sign_up", 5)


def test_one_value_stands_for_a_list_of_one() -> None:
    listed = changed(SCENARIO, "connect: anna@laptop", "connect: [anna@laptop]")
    assert loaded(listed) == loaded(SCENARIO)


def test_calls_are_functions_with_or_without_inputs() -> None:
    text = (
        SCENARIO + "  - expect_refused: {by: anna@laptop, calls: [sign_out, sign_in: {old: x}]}\n"
    )
    text = changed(text, "sign_in: {old: x}", "{sign_in: {password: secret}}")
    (scenario,) = loaded(text)
    assert scenario.steps[-1] == ExpectRefused(
        kind="expect_refused",
        line=12,
        column=5,
        by=(Actor("anna@laptop"),),
        calls=(Call(function="sign_out"), Call(function="sign_in", inputs={"password": "secret"})),
    )


def test_every_wrong_actor_of_a_list_is_told() -> None:
    text = changed(SCENARIO, "[anna@laptop, anna@phone]", "[anna, Bob@desk]")
    assert [one.split(",")[0] for one in mistakes_in(text)] == [
        "1.yaml:3:10: expected an actor such as 'anna@laptop'",
        "1.yaml:3:16: expected an actor such as 'anna@laptop'",
    ]


def test_of_two_sockets_the_one_that_is_left_can_be_told() -> None:
    sockets = "  - connect: anna@laptop\n  - connect: anna@laptop\n  - disconnect: anna@laptop\n"
    assert loaded(changed(SCENARIO, "  - connect: anna@laptop\n", sockets))


def test_a_name_may_be_that_of_anything_made_before() -> None:
    more = """  - post_message: anna@laptop
  - change_password: anna@laptop
  - get_user_data_by_token: {by: anna@laptop, capture: {city: "json:data.city"}}
  - expect_accepted:
      by: anna@laptop
      shows: ["{anna.message.1}", "{captured.city}"]
      lacks: ["{anna.password}", "{anna.password.2}", "{anna@laptop.token.1}", "{carol.email}"]
"""
    assert loaded(
        changed(SCENARIO, "  - connect: anna@laptop\n", "  - connect: anna@laptop\n" + more)
    )


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("expect_message: {on: anna@laptop, says: ''}", "an empty text is in every message"),
        ("expect_next: {on: anna@laptop, says: ''}", "an empty text is in every message"),
        ("expect_accepted: {by: anna@laptop, lacks: ['']}", "an empty text is in every answer"),
        (
            "expect_refused: {by: anna@laptop, calls: [{post_message: {without: [mesage]}}]}",
            "post_message has no input 'mesage'",
        ),
    ],
)
def test_a_step_that_can_not_mean_what_it_says_is_told(step: str, said: str) -> None:
    connect = "connect: anna@laptop"
    text = changed(SCENARIO, connect, f"{connect}\n  - {step}")
    assert [without_column(one) for one in mistakes_in(text)] == [f"1.yaml:8: {said}"]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "1_000", "0x1f", "2026-01-01"])
def test_words_stay_words(word: str) -> None:
    (scenario,) = loaded(changed(SCENARIO, "The first client is told", word))
    assert scenario.title == word


@pytest.mark.parametrize("step", sorted(step_kinds()))
def test_every_step_kind_has_a_sentence_about_it(step: str) -> None:
    assert f"`- {step}" in (step_kinds()[step].__doc__ or "") or step_kinds()[step].kinds[1:]


def test_the_scenarios_of_the_package_are_right() -> None:
    ids = list(bundled_ids())
    assert [one.id for one in load_scenarios(find_scenarios(("lab3",)))] == ids


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "expect_push",
            "expect_pusch",
            ["1.yaml:11:5: there is no step 'expect_pusch'. Did you mean 'expect_push'?"],
            id="an unknown step",
        ),
        pytest.param(
            "- sign_in: anna@laptop",
            "- sign_in",
            [f"1.yaml:6:5: expected one step {SAMPLE}, got 'sign_in'"],
            id="a step without a value",
        ),
        pytest.param(
            "  - sign_in: anna@laptop\n  - connect: anna@laptop",
            "  - {sign_out: anna, connect: anna}",
            [f"1.yaml:6:5: expected one step {SAMPLE}, got {TWO_STEPS}"],
            id="two steps in one",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            "expect_page: anna@laptop",
            ["1.yaml:6:18: expect_page needs names with values: by, at"],
            id="a step that has no shorthand",
        ),
        pytest.param(
            "{to: anna@laptop, within",
            "{to: anna@laptop, withn",
            ["1.yaml:11:36: there is no field of expect_push 'withn'. Did you mean 'within'?"],
            id="an unknown field of a step",
        ),
        pytest.param(
            "to: anna@laptop, ",
            "",
            ["1.yaml:11:18: 'to' is missing"],
            id="a missing field of a step",
        ),
        pytest.param(
            "5 s",
            "5 minutes",
            ["1.yaml:11:44: expected a time such as '5 s' or '300 ms', got '5 minutes'"],
            id="no time",
        ),
        pytest.param(
            "5 s",
            "0 s",
            ["1.yaml:11:44: expected a time above 0 and up to 60 s, got '0 s'"],
            id="no time at all",
        ),
        pytest.param(
            "5 s", "5", ["1.yaml:11:44: expected a text, got 5"], id="a number in place of a text"
        ),
        pytest.param(
            "title: The first client is told",
            "title: 5",
            ["1.yaml:1:8: expected a text, got 5"],
            id="a title that is no text",
        ),
        pytest.param(
            "title: The first client is told",
            "title: [a, b]",
            ["1.yaml:1:8: expected a text, got ['a', 'b']"],
            id="a list in place of a text",
        ),
        pytest.param(
            "title:",
            "titel:",
            [
                "1.yaml:1:1: there is no field 'titel'. Did you mean 'title'?",
                "1.yaml:1:1: 'title' is missing",
            ],
            id="an unknown field and a missing one",
        ),
        pytest.param(
            "steps:\n",
            "colour: red\nsteps:\n",
            [f"1.yaml:4:1: there is no field 'colour'. Possible: {FIELDS}."],
            id="an unknown field that is near to none",
        ),
        pytest.param(
            "actors:",
            "title: Another\nactors:",
            ["1.yaml:3:1: 'title' stands here a second time (first in line 1)"],
            id="a field given twice",
        ),
        pytest.param(
            "within: 5 s",
            "within: 5 s, within: 6 s",
            ["1.yaml:11:49: 'within' stands here a second time (first in line 11)"],
            id="a field of a step given twice",
        ),
        pytest.param(
            "[anna@laptop, anna@phone]",
            "[anna, anna@phone]",
            ["1.yaml:3:10: expected an actor such as 'anna@laptop', got 'anna'"],
            id="an actor without a place",
        ),
        pytest.param(
            "[anna@laptop, anna@phone]",
            "[anna@laptop, 5]",
            ["1.yaml:3:23: expected a text, got 5"],
            id="an actor that is a number",
        ),
        pytest.param(
            "[anna@laptop, anna@phone]",
            "[]",
            ["1.yaml:3:9: expected at least one value: an empty list says nothing"],
            id="no actors",
        ),
        pytest.param(
            "connect: anna@laptop",
            "connect: []",
            ["1.yaml:7:14: expected at least one value: an empty list says nothing"],
            id="a step of nobody",
        ),
        pytest.param(
            "connect: anna@laptop",
            "connect:",
            ["1.yaml:7:13: expected at least one value: an empty list says nothing"],
            id="a step of nothing",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            "expect_page: {by: anna@laptop, at: [client.html]}",
            ["1.yaml:6:5: a path begins with '/', got 'client.html'"],
            id="a path without a slash",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            "sign_in: {by: anna@laptop, message: Hi}",
            ["1.yaml:6:5: sign_in has no input 'message'"],
            id="an input that the function has not",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            "expect_refused: {by: anna@laptop, calls: [sign_off, {sign_in: {old: x}}]}",
            [
                "1.yaml:6:5: there is no function 'sign_off'",
                "1.yaml:6:5: sign_in has no input 'old'",
            ],
            id="calls of what is not there",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            "expect_refused: {by: anna@laptop, calls: [{sign_in: 5}]}",
            ["1.yaml:6:57: expected names with values, got 5"],
            id="inputs that are no names with values",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            'expect_page: {by: anna@laptop, at: ["/\\0", "/a\\r\\nHost: b"]}',
            [
                "1.yaml:6:5: a path has no control characters, got '/\\x00'",
                "1.yaml:6:5: a path has no control characters, got '/a\\r\\nHost: b'",
            ],
            id="paths that are more than one line",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            'sign_in: {by: anna@laptop, capture: {city: "jsn:data.city"}}',
            [f"1.yaml:6:5: expected {PLACES} to capture from, got 'jsn:data.city'"],
            id="a place that is none",
        ),
        pytest.param(
            "sign_in: anna@laptop",
            'sign_in: {by: anna@laptop, capture: {"The city": "json:data.city"}}',
            [f"1.yaml:6:5: expected {CAPTURED} to capture as, got 'The city'"],
            id="a name that can't be used",
        ),
        pytest.param(
            "actors:",
            "needs: [{a: b}, lab3/root]\nactors:",
            [
                "1.yaml:3:9: expected a text, got {'a': 'b'}",
                f"1.yaml:3:9: there is no scenario \"{{'a': 'b'}}\". {LISTED}",
            ],
            id="a need that is no name",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: list[str]) -> None:
    assert mistakes_in(changed(SCENARIO, old, new)) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "sign_in: anna@phone",
            "sign_in: anna@phon",
            "1.yaml:9: 'anna@phon' is not among the actors. Did you mean 'anna@phone'?",
            id="an actor that is not listed",
        ),
        pytest.param(
            "sign_up: anna",
            "sign_up: ana",
            "1.yaml:5: nobody among the actors is 'ana'. Did you mean 'anna'?",
            id="a user that is not listed",
        ),
        pytest.param(
            "- sign_in: anna@laptop",
            "- sign_in: anna@phone\n  - connect: anna@phone\n  - expect_silence: anna@phone\n"
            "  - sign_in: anna@laptop",
            "1.yaml:8: expect_silence means nothing before a trigger",
            id="an expectation before a trigger",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "",
            "1.yaml:10: 'anna@laptop' has no socket before the trigger, so nothing could arrive",
            id="an expectation on an actor that never connects",
        ),
        pytest.param(
            "  - expect_push: {to: anna@laptop, within: 5 s}\n",
            "",
            "1.yaml:1: nothing is expected in this scenario, so it can't fail",
            id="no expectation",
        ),
        pytest.param(
            "[anna@laptop, anna@phone]",
            "[anna@laptop, anna@phone, carol@home]",
            "1.yaml:1: the user 'carol' belongs to the control phase; choose another name",
            id="the control user",
        ),
        pytest.param(
            "sign_up: anna",
            "expect_page: {by: anna@laptop, at: /}",
            "1.yaml:6: anna has not signed up before",
            id="a user who has no account",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n  - expect_accepted: anna@phone\n",
            "1.yaml:8: 'anna@phone' has not signed in before",
            id="an actor without a token",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - send: {by: anna@laptop, text: x}\n  - connect: anna@laptop\n",
            "1.yaml:7: 'anna@laptop' has no socket",
            id="a message on no socket",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n  - disconnect: {by: anna@laptop, which: oldest}\n",
            "1.yaml:12: 'anna@laptop' has no socket before the trigger, so nothing could arrive",
            id="the oldest socket is the only one",
        ),
        pytest.param(
            "connect: anna@laptop",
            'connect: {by: anna@laptop, token: "{anna@laptop.token.1}"}',
            "1.yaml:11: 'anna@laptop' has no socket before the trigger, so nothing could arrive",
            id="a socket that the server may refuse",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n  - expect_no_error: anna@phone\n",
            "1.yaml:8: nothing was asked as 'anna@phone' before, so this can't fail",
            id="no error of nobody",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n  - trigger: [{expect_no_error: anna@laptop}]\n",
            "1.yaml:8: nothing is done in this trigger, so nothing could arrive",
            id="a trigger of nothing",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n  - eventually: {steps: [{sign_out: anna@laptop}]}\n",
            "1.yaml:8: nothing is expected in this eventually, so it can't fail",
            id="an eventually of nothing",
        ),
        pytest.param(
            "  - expect_push: {to: anna@laptop, within: 5 s}\n",
            "  - eventually:\n      steps:\n        - trigger: [{sign_in: anna@phone}]\n"
            "        - expect_push: anna@laptop\n",
            "1.yaml:13: trigger can't stand inside eventually, but before it",
            id="a trigger in an eventually",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n"
            '  - expect_accepted: {by: anna@laptop, lacks: ["{anna.passwrod}"]}\n',
            "1.yaml:8: there is no {anna.passwrod} before this. Did you mean 'anna.password'?",
            id="a name of nothing",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n"
            '  - expect_accepted: {by: anna@laptop, shows: ["{anna.password.2}"]}\n'
            "  - change_password: anna@laptop\n",
            "1.yaml:8: there is no {anna.password.2} before this. Did you mean 'anna.password'?",
            id="a name of what comes later",
        ),
        pytest.param(
            "  - connect: anna@laptop\n",
            "  - connect: anna@laptop\n"
            "  - post_message: {by: anna@laptop, message: Hello there}\n"
            "  - expect_accepted: {by: anna@laptop, lacks: [Hello]}\n",
            "1.yaml:9: what was given before is written by its name here: {anna.message.1}",
            id="a text that stands nowhere in what was recorded",
        ),
        pytest.param(
            "connect: anna@laptop\n",
            "connect: anna@laptop\n  - connect: {by: anna@phone, token: none}\n",
            "1.yaml:8: a socket is greeted with some token; 'empty' is one that says nothing",
            id="a socket without a token",
        ),
        pytest.param(
            "within: 5 s}",
            "only: signed-in}",
            "1.yaml:11: no expect_one_valid looks before whether 'anna@laptop' is signed in",
            id="a push to whoever is signed in, which nobody looked at",
        ),
    ],
)
def test_a_story_that_makes_no_sense_is_told_with_its_line(old: str, new: str, said: str) -> None:
    assert [without_column(one) for one in mistakes_in(changed(SCENARIO, old, new))] == [said]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("madeup", "the token 'madeup' names nothing. Did you mean 'made-up'?"),
        ("emtpy", "the token 'emtpy' names nothing. Did you mean 'empty'?"),
        ("anna.email", "the token 'anna.email' names nothing. Did you mean '{anna.email}'?"),
        (
            "anna@laptop",
            "the token 'anna@laptop' names nothing. Did you mean '{anna@laptop.token.1}'?",
        ),
        (
            '"{anna@laptop}"',
            "the token '{anna@laptop}' names nothing. Did you mean '{anna@laptop.token.1}'?",
        ),
        (r'"a\r\nHost: b"', r"expected a token that fits into a header, got 'a\r\nHost: b'"),
        ("\u540d", "expected a token that fits into a header, got '\u540d'"),
    ],
)
def test_a_token_that_names_nothing_is_told(token: str, said: str) -> None:
    refused = f"expect_refused: {{by: anna@phone, token: {token}}}"
    text = changed(SCENARIO, "connect: anna@laptop", f"connect: anna@laptop\n  - {refused}")
    assert mistakes_in(text) == [f"1.yaml:8:5: {said}"]


@pytest.mark.parametrize("token", ["undefined", "'%'", "x", "'{\"a\": 1}'", '"\' OR 1=1"'])
def test_a_token_may_be_a_text_that_nobody_was_given(token: str) -> None:
    refused = f"expect_refused: {{by: anna@phone, token: {token}}}"
    assert loaded(changed(SCENARIO, "connect: anna@laptop", f"connect: anna@laptop\n  - {refused}"))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("'1'", "lab3/root", ["1.yaml:3:9: this scenario needs itself"]),
        ("'2'", "'1'", ["1.yaml:3:9: these scenarios need each other: 1 -> 2 -> 1"]),
        (
            "'2', '1'",
            "'2', '1'",
            [
                "1.yaml:3:14: this scenario needs itself",
                "2.yaml:3:9: this scenario needs itself",
                "1.yaml:3:9: these scenarios need each other: 1 -> 2 -> 1",
            ],
        ),
    ],
)
def test_a_circle_of_needs_is_told_where_it_closes(
    first: str, second: str, said: list[str]
) -> None:
    texts = [changed(SCENARIO, "actors:", f"needs: [{n}]\nactors:") for n in (first, second)]
    assert sorted(mistakes_in(*texts)) == sorted(said)


def test_a_circle_of_needs_is_told_together_with_other_mistakes() -> None:
    text = changed(SCENARIO, "actors:", "needs: ['2', {a: b}]\nactors:")
    other = changed(changed(SCENARIO, "5 s", "5"), "actors:", "needs: '1'\nactors:")
    assert mistakes_in(text, other)[-1].endswith("these scenarios need each other: 1 -> 2 -> 1")


def test_where_no_name_is_near_it_is_told_how_to_list_them() -> None:
    needing = changed(SCENARIO, "actors:", "needs: [x, logout]\nactors:")
    assert mistakes_in(needing) == [
        f"1.yaml:3:9: there is no scenario 'x'. {LISTED}",
        f"1.yaml:3:12: there is no scenario 'logout'. Something like {ALIKE}?",
    ]


def test_an_unknown_requirement_is_told() -> None:
    (said,) = mistakes_in(changed(SCENARIO, "auto-logout", "auto-logut"))
    assert said.startswith("1.yaml")
    assert said.endswith(": there is no requirement 'auto-logut'. Did you mean 'auto-logout'?")


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("anna@laptop", "expected actors of several users: one user's token may stay the same"),
        ("[anna@laptop, bob@desk]", "'bob@desk' has not signed in before"),
    ],
)
def test_tokens_of_nobody_or_of_one_user_can_not_be_compared(of: str, said: str) -> None:
    text = changed(SCENARIO, "anna@phone]", "anna@phone, bob@desk]")
    looking = f"connect: anna@laptop\n  - expect_random_tokens: {of}"
    assert mistakes_in(changed(text, "connect: anna@laptop", looking)) == [f"1.yaml:8:5: {said}"]


def test_an_unknown_level_is_told() -> None:
    (said,) = mistakes_in(changed(SCENARIO, "steps:\n", "level: hard\nsteps:\n"))
    assert said.startswith("1.yaml:4:8: ")
    assert "'hard'" in said


def test_all_mistakes_in_all_files_are_told_in_one_pass() -> None:
    first = changed(SCENARIO, "expect_push", "expect_psh")
    first = changed(first, "actors: [anna@laptop, anna@phone]", "actors: [anna@laptop, phone]")
    second = changed(SCENARIO, "title:", "titel:")
    assert mistakes_in(first, SCENARIO, second) == [
        "1.yaml:3:23: expected an actor such as 'anna@laptop', got 'phone'",
        "1.yaml:11:5: there is no step 'expect_psh'. Did you mean 'expect_push'?",
        "3.yaml:1:1: there is no field 'titel'. Did you mean 'title'?",
        "3.yaml:1:1: 'title' is missing",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1.yaml: the file is empty"),
        ("# later\n", "1.yaml: the file is empty"),
        ("a: [\n", "1.yaml:2:1: this can't be read as YAML: "),
        ("a:\n\t- b\n", "1.yaml:2:1: this can't be read as YAML: found character "),
        ("a: b: c\n", "1.yaml:1:5: this can't be read as YAML: mapping values are not allowed "),
        ("a: 1\n---\nb: 2\n", "1.yaml:2:1: this can't be read as YAML: but found another document"),
        ("a: \x00\n", "1.yaml: this is not valid YAML: "),
        ("a: &x 1\nb: *x\n", "1.yaml:1:4: "),
        ("a: *x\n", "1.yaml:1:4: "),
        ("[" * 900 + "]" * 900, "1.yaml:1:101: this can't be read as YAML: nested too deeply"),
        ("[" * 900, "1.yaml:1:101: this can't be read as YAML: nested too deeply"),
        ("[" * 99_000, "1.yaml:1:"),  # newer readers have a limit of their own, and other words
        ("a: " + "x" * 300_000, "1.yaml: more than 256 KiB; a file of this kind is small"),
        ("- title\n- steps\n", "1.yaml:1:1: expected names with values, got ['title', 'steps']"),
        ("5\n", "1.yaml:1:1: expected names with values, got 5"),
    ],
    ids=[
        "empty",
        "comments only",
        "an open list",
        "a tab",
        "two colons",
        "two documents",
        "a NUL",
        "an anchor",
        "an alias",
        "deep",
        "deep and open",
        "very deep and open",
        "big",
        "a list",
        "a number",
    ],
)
def test_what_is_no_file_of_names_and_values_is_told(text: str, said: str) -> None:
    (told,) = mistakes_in(text)
    assert told.startswith(said)


@pytest.mark.parametrize("anchor", ["a: &x 1\nb: *x\n", "a: *x\n"])
def test_anchors_and_aliases_are_refused_by_name(anchor: str) -> None:
    (told,) = mistakes_in(anchor)
    assert told.endswith("anchors and aliases are not used here")

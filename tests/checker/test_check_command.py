"""`twidder check` as it is used: exit codes, words, and nothing left behind."""

import json
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import psutil
import pytest

from tests.checker.desk import (
    ESCAPE,
    NEVER,
    PAGE,
    RIGHT,
    ROOT_ONLY,
    SIGNING,
    Desk,
    Outcome,
    lab,
)
from tests.checker.files import PLAN, SCENARIO, changed
from tests.checker.hostile import free_port, hostile
from tests.checker.waiting import LONG, wait_for
from twidder_cli import cli


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "temporary").mkdir()
    return Desk(tmp_path)


def mistake(text: str) -> Outcome:
    return Outcome(2, "", f"twidder: {text}\n")


# Submissions that a scenario can be played on

HTML_EVERYWHERE = f"""
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"{PAGE}"]
"""

ENDLESS = """
import secrets
from flask import Flask, jsonify
from flask_sock import Sock
app = Flask(__name__)

@app.post("/sign_up")
@app.post("/sign_in")
def sign():
    return jsonify(success=True, data=secrets.token_hex())

@Sock(app).route("/ws")
def ws(socket):
    while True:
        socket.send("tick")
"""

OWN = """
title: The page is there
requirement: root
actors: anna@laptop
steps:
  - expect_page: {by: anna@laptop, at: [/]}
"""

# 0: everything required passed


def test_the_reference_passes(desk: Desk) -> None:
    outcome = desk.check(*ROOT_ONLY)
    assert outcome.exit_code == 0
    assert outcome.output.startswith("reference: passed, 1 of 1 points (Lab 3)\n")


def test_a_right_folder_passes(desk: Desk) -> None:
    outcome = desk.check(lab(desk, RIGHT), *ROOT_ONLY)
    assert (outcome.exit_code, outcome.output.splitlines()[0]) == (
        0,
        "lab: passed, 1 of 1 points (Lab 3)",
    )


def test_an_advanced_scenario_that_fails_is_no_failure(desk: Desk) -> None:
    plan = changed(PLAN, ": 3", ": {points: 3, level: advanced}")
    desk.put("plan.yaml", f"{plan}  refused.yaml: 1\n")
    desk.put(
        "refused.yaml",
        "title: A made-up token is refused\nrequirement: token\nactors: eve@cafe\n"
        "steps: [{expect_refused: {by: eve@cafe, token: made-up}}]\n",
    )
    name = lab(desk, "def app(e, s): s('404 No', []); return []")
    # Only who is known to mean these routes has refused anything.
    outcome = desk.check(name, "--plan", "plan.yaml", "--contract", "common")
    assert outcome.exit_code == 0
    assert "passed, 1 of 4 points" in outcome.output


# 1: the submission's fault


def test_a_scenario_that_fails_is_1_and_says_how_to_play_it_again(desk: Desk) -> None:
    name = lab(desk, RIGHT)
    (desk.folder / name / "static/client.html").unlink()
    outcome = desk.check(name, *ROOT_ONLY)
    assert outcome.exit_code == 1
    assert "FAILED lab3/root: The page is not served" in outcome.output
    assert "twidder check lab --scenario lab3/root -v" in outcome.output


def test_a_submission_that_dies_at_import_is_1_with_its_last_words_made_harmless(
    desk: Desk,
) -> None:
    words = f"raise SystemError('{ESCAPE}[31m{ESCAPE}]0;title\\x07 out of paper')"
    outcome = desk.check(lab(desk, f"app = None\n{words}\n"), *ROOT_ONLY)
    assert outcome.exit_code == 1
    assert "FAILED The server did not start" in outcome.output
    assert r"SystemError: \x1b[31m\x1b]0;title\x07 out of paper" in outcome.output
    assert 'File "server.py", line 2' in outcome.output
    assert ESCAPE not in outcome.output + outcome.errors
    assert "twidder_cli" not in outcome.output + outcome.errors


def test_the_only_target_without_an_application_is_2_and_says_what_there_is(desk: Desk) -> None:
    desk.put("lab/database_helper.py", "import sqlite3")
    assert desk.check("lab", *ROOT_ONLY) == mistake(
        "lab: there is no Flask application in it; the Python in it: database_helper. "
        "twidder submission inspect tells what was read."
    )


def test_an_application_is_found_wherever_it_is(desk: Desk) -> None:
    desk.put("lab/lab2/server.py", "from flask import Flask\napp = Flask(__name__)\nraise OSError")
    lab(desk, RIGHT, "lab/lab3/twidder")
    outcome = desk.check("lab", *ROOT_ONLY)
    assert outcome.exit_code == 0
    assert "--chdir lab3/twidder server:app" in outcome.output


def test_a_submission_that_is_no_python_is_1(desk: Desk) -> None:
    outcome = desk.check(lab(desk, "app = (\n"), *ROOT_ONLY)
    assert outcome.exit_code == 1
    assert "SyntaxError: '(' was never closed" in outcome.output


def test_a_submission_that_exits_at_import_is_1(desk: Desk) -> None:
    outcome = desk.check(
        lab(desk, "app = None\nraise SystemExit\n"), "--patience", "0.5", *ROOT_ONLY
    )
    assert outcome.exit_code == 1
    assert "FAILED The server" in outcome.output


def test_a_submission_that_never_answers_is_1(desk: Desk) -> None:
    outcome = desk.check(lab(desk, NEVER), "--patience", "0.5", *ROOT_ONLY)
    assert outcome.exit_code == 1
    assert "FAILED The server never answered" in outcome.output
    assert "an answer to GET / within 10 s" in outcome.output


def test_a_server_that_sends_without_end_is_1(desk: Desk) -> None:
    outcome = desk.check(lab(desk, ENDLESS), "--scenario", "lab3/auto-logout")
    assert outcome.exit_code == 1
    assert "FAILED lab3/auto-logout: The server sends without end" in outcome.output


# 2: the operator's mistake


def test_no_such_folder(desk: Desk) -> None:
    assert desk.check("lab") == mistake("lab: there is no such file or folder, and it is no URL")


def test_nothing_listens(desk: Desk) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert desk.check(url) == mistake(
        f"{url}: nothing listens there (Connection refused). Is the server started?"
    )


def test_a_file_that_is_no_archive(desk: Desk) -> None:
    desk.put("lab/server.py", "app = 1")
    assert desk.check("lab/server.py") == mistake(
        "lab/server.py: expected a folder, an archive or a URL"
    )


def test_an_unknown_scenario(desk: Desk) -> None:
    assert desk.check("--scenario", "lab3/rot") == mistake(
        "there is no scenario 'lab3/rot', as an id or as a file. Did you mean 'lab3/root'?"
    )


def test_a_wrong_scenario_file(desk: Desk) -> None:
    desk.put("told.yaml", changed(SCENARIO, "expect_push", "expect_psh"))
    assert desk.check("--scenario", "told.yaml") == mistake(
        "told.yaml:11:5: there is no step 'expect_psh'. Did you mean 'expect_push'?"
    )


def test_a_wrong_contract_file(desk: Desk) -> None:
    desk.put("c.yaml", "operations: 5\n")
    outcome = desk.check("--contract", "c.yaml")
    assert (outcome.exit_code, outcome.output) == (2, "")
    assert outcome.errors.startswith("twidder: c.yaml:1:1: 'token' is missing\n")


def test_scenarios_that_need_each_other(desk: Desk) -> None:
    for name, need in (("a", "b"), ("b", "a")):
        text = changed(SCENARIO, "actors:", f"needs: [mine/{need}]\nactors:")
        desk.put(f"mine/{name}.yaml", text)
    outcome = desk.check("--scenario", "mine/")
    assert (outcome.exit_code, outcome.output) == (2, "")
    assert outcome.errors.startswith("twidder: mine/a.yaml:3:9: these scenarios need each")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("junit", "expected a file, as in junit=results.junit"),
        ("junit=", "expected a file, as in junit=results.junit"),
        ("json=.", "expected a file, as in json=results.json"),
        ("jsn=x", "there is no format 'jsn'. Did you mean 'json'?"),
        ("json=nowhere/x.json", "the folder nowhere can't be written to"),
    ],
)
def test_a_report_that_can_not_be(desk: Desk, report: str, said: str) -> None:
    assert desk.check("--report", report, *ROOT_ONLY) == mistake(f"--report {report}: {said}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--verbos"], "No such option"),
        (["check", "--patience", "0.1"], "'--patience'"),
        (["check", "--patience", "soon"], "'--patience'"),
        (["check", "--scenario"], "'--scenario'"),
        (["chekc"], "There is no command 'chekc'. Did you mean 'check'?"),
        (["scenario", "lst"], "No such command 'lst'"),
    ],
)
def test_a_wrong_command_line(desk: Desk, arguments: list[str], said: str) -> None:
    outcome = desk.run(*arguments)
    assert (outcome.exit_code, outcome.output) == (2, "")
    assert said in outcome.errors
    assert "Traceback" not in outcome.errors


# 3: it could not be told


def test_a_missing_package_is_3(desk: Desk) -> None:
    outcome = desk.check(lab(desk, "import no_such_package\napp = None\n"), *ROOT_ONLY)
    assert outcome.exit_code == 3
    assert "UNCLEAR The package no_such_package is not installed here" in outcome.output
    assert "unclear, 0 of 1 points, 1 open (Lab 3)" in outcome.output


def test_a_submission_that_answers_html_everywhere_is_3_and_asks_for_a_contract(
    desk: Desk,
) -> None:
    name = lab(desk, HTML_EVERYWHERE)
    outcome = desk.check(name, "--scenario", "lab3/auto-logout")
    assert outcome.exit_code == 3
    said = " ".join(outcome.output.split())
    assert "The submission does not answer as the contract names things" in said
    assert "--contract common" in said


def test_the_same_submission_is_1_once_somebody_vouches_for_the_contract(desk: Desk) -> None:
    name = lab(desk, HTML_EVERYWHERE)
    outcome = desk.check(name, "--contract", "common", "--scenario", "lab3/auto-logout")
    assert outcome.exit_code == 1


def test_a_report_that_can_no_longer_be_written_is_3_and_the_result_is_shown(desk: Desk) -> None:
    (desk.folder / "reports").mkdir()
    name = lab(desk, SIGNING + RIGHT)
    with desk.twidder("check", name, "--report", "json=reports/x.json", *ROOT_ONLY) as process:
        desk.wait_for_sign()
        (desk.folder / "reports").rmdir()
        output, errors = process.communicate(timeout=LONG)
    assert process.returncode == 3
    assert "twidder: the json report could not be made: " in errors
    assert output.startswith("lab: passed, 1 of 1 points (Lab 3)\n")


# 129, 130 and 143: interrupted


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP"],
)
def test_an_interruption_reports_what_is_known_and_leaves_nothing(
    desk: Desk, number: signal.Signals, code: int
) -> None:
    labs = [lab(desk, RIGHT, "first"), lab(desk, NEVER, "second")]
    one_by_one = ("--jobs", "1", *ROOT_ONLY)
    with desk.twidder("check", *labs, "--report", "json=x.json", *one_by_one) as process:
        desk.wait_for_sign()
        process.send_signal(number)
        output, errors = process.communicate(timeout=LONG)
    assert process.returncode == code
    assert desk.left_behind() == []
    document = json.loads((desk.folder / "x.json").read_text())
    assert (document["interrupted"], [one["verdict"] for one in document["submissions"]]) == (
        True,
        ["passed", "unclear"],
    )
    assert [line.split()[:4] for line in output.splitlines()[:2]] == [
        ["1/2", "first", "passed", "1/1"],
        ["2/2", "second", "unclear", "0/1"],
    ]
    assert "Traceback" not in output + errors


def test_a_worker_that_is_killed_leaves_nothing_and_is_3(desk: Desk) -> None:
    name = lab(desk, NEVER)
    with desk.twidder("check", name, *ROOT_ONLY) as process:
        desk.wait_for_sign()
        (worker,) = psutil.Process(process.pid).children()
        worker.kill()
        output, errors = process.communicate(timeout=LONG)
    assert process.returncode == 3
    assert "our worker ended before its work was done: it was killed" in output
    assert "Traceback" not in output + errors
    wait_for(lambda: desk.left_behind() == [], "the end of the submission")


def test_who_is_killed_leaves_no_process(desk: Desk) -> None:
    with desk.twidder("check", lab(desk, NEVER), *ROOT_ONLY) as process:
        desk.wait_for_sign()
        process.kill()
    wait_for(
        lambda: [one for one in desk.left_behind() if not one.startswith("twidder-")] == [],
        "the end of everything",
    )


# Reports and several submissions


def test_reports_are_written_and_agree(desk: Desk) -> None:
    reports = ("--report", "junit=x.xml", "--report", "json=x.json")
    assert desk.check(lab(desk, RIGHT), *reports, *ROOT_ONLY).exit_code == 0
    (submission,) = json.loads((desk.folder / "x.json").read_text())["submissions"]
    suites = ET.fromstring((desk.folder / "x.xml").read_text())  # noqa: S314  our own document
    assert (submission["name"], submission["verdict"], submission["points"]) == ("lab", "passed", 1)
    assert (suites.attrib["tests"], suites.attrib["failures"]) == ("1", "0")
    assert sorted(path.name for path in desk.folder.iterdir()) == [
        "lab",
        "temporary",
        "x.json",
        "x.xml",
    ]


def test_two_folders_of_the_same_name_are_told_apart(desk: Desk) -> None:
    labs = [lab(desk, RIGHT, f"{group}/lab") for group in ("a", "b")]
    outcome = desk.check(*labs, "--report", "json=x.json", *ROOT_ONLY)
    submissions = json.loads((desk.folder / "x.json").read_text())["submissions"]
    assert (outcome.exit_code, [one["verdict"] for one in submissions]) == (0, ["passed"] * 2)
    assert len({one["name"] for one in submissions}) == 2
    assert outcome.output.splitlines()[-1] == "2 submissions: 2 passed"


def test_one_folder_named_twice_is_checked_once(desk: Desk) -> None:
    outcome = desk.check(lab(desk, RIGHT), "lab", *ROOT_ONLY)
    assert outcome.output.count("lab: passed") == 1


# Where results go


def test_who_reads_one_line_only_loses_nothing_else(desk: Desk) -> None:
    name = lab(desk, RIGHT)
    (desk.folder / name / "static/client.html").unlink()
    with desk.twidder("check", name, "--report", "json=x.json", *ROOT_ONLY) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(LONG) == 1
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert json.loads((desk.folder / "x.json").read_text())["verdict"] == "failed"


def test_a_report_goes_to_standard_output(desk: Desk) -> None:
    outcome = desk.check("--report", "json=/dev/stdout", *ROOT_ONLY)
    assert outcome.exit_code == 0
    document, _ = json.JSONDecoder().raw_decode(outcome.output)
    assert document["verdict"] == "passed"


def test_a_report_goes_through_a_link(desk: Desk) -> None:
    (desk.folder / "kept").mkdir()
    (desk.folder / "x.json").symlink_to("kept/y.json")
    assert desk.check("--report", "json=x.json", *ROOT_ONLY).exit_code == 0
    assert (desk.folder / "x.json").is_symlink()
    assert json.loads((desk.folder / "kept/y.json").read_text())["verdict"] == "passed"


def test_an_interruption_before_anything_began_is_130_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_name: str | None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("twidder_cli.commands.check.find_plan", interrupted)
    with pytest.raises(SystemExit) as exited:
        cli.main(["check"])
    assert exited.value.code == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_proxy_of_the_environment_captures_nothing(desk: Desk) -> None:
    with hostile(lambda visit: visit.stay()) as proxy:
        names = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "ws_proxy")
        env = {**dict.fromkeys(names, proxy.url), "no_proxy": "", "NO_PROXY": ""}
        assert desk.check("--scenario", "lab3/auto-logout", **env).exit_code == 0
        assert proxy.visits == 0


def test_a_finding_of_ones_own_file_says_its_path_to_play_it_again(desk: Desk) -> None:
    desk.put("mine/root.yaml", OWN)
    name = lab(desk, RIGHT)
    (desk.folder / name / "static/client.html").unlink()
    outcome = desk.check(name, "--scenario", "mine/root.yaml")
    assert "twidder check lab --scenario mine/root.yaml -v" in outcome.output


# What it looks like


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_nothing_but_text_goes_into_a_pipe(desk: Desk, env: dict[str, str]) -> None:
    outcome = desk.check(lab(desk, "app = None\nraise OSError\n"), *ROOT_ONLY, **env)
    assert outcome.exit_code == 1
    assert ESCAPE not in outcome.output + outcome.errors


def test_the_result_keeps_to_80_columns(desk: Desk) -> None:
    text = f"app = None\nraise RuntimeError('{'word ' * 60}')\n"
    outcome = desk.check(lab(desk, text), COLUMNS="80")
    assert [line for line in outcome.output.splitlines() if len(line.rstrip()) > 80] == []


def test_progress_goes_to_standard_error(desk: Desk) -> None:
    outcome = desk.check(*ROOT_ONLY)
    assert outcome.errors.startswith("reference: 1/1 lab3/root passed (")
    assert outcome.errors.count("\n") == 1


def test_the_documented_exit_codes_are_in_the_help(desk: Desk) -> None:
    outcome = desk.check("--help")
    assert outcome.exit_code == 0
    for line in ("0  everything required passed", "129, 130, 143  interrupted"):
        assert line in outcome.output


# The other commands


def test_scenarios_are_listed_with_what_they_are_worth(desk: Desk) -> None:
    outcome = desk.run("scenario", "list")
    assert (outcome.exit_code, outcome.errors) == (0, "")
    lines = outcome.output.splitlines()
    assert lines[0].split() == ["lab", "requirement", "level", "points", "scenario"]
    assert ["L13", "targeted", "required", "3", "lab3/targeted"] in [one.split() for one in lines]
    assert ESCAPE not in outcome.output
    assert [line for line in lines if len(line) > 80] == []


def test_one_scenario_is_listed(desk: Desk) -> None:
    desk.put("mine/told.yaml", SCENARIO)
    outcome = desk.run("scenario", "list", "mine/")
    assert [line.split() for line in outcome.output.splitlines()[1:]] == [
        ["L10", "auto-logout", "required", "0", "mine/told"],
        ["The", "first", "client", "is", "told"],
    ]


def test_help_names_every_command(desk: Desk) -> None:
    outcome = desk.run("--help")
    assert (outcome.exit_code, outcome.errors) == (0, "")
    for command in ("check", "scenario", "serve"):
        assert f"\n  {command} " in outcome.output


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.run("--version").output.startswith("twidder, version ")


def test_what_a_scenario_file_says_is_not_printed_raw(desk: Desk) -> None:
    desk.put(
        "loud.yaml",
        'title: T\nhint: "h \\e[31m"\nrequirement: json\nactors: [anna@laptop]\n'
        "steps: [{sign_up: anna}, {sign_in: anna@laptop}, {expect_accepted: "
        '{by: anna@laptop, calls: [get_user_data_by_token], shows: ["s \\e[31m"]}}]\n',
    )
    outcome = desk.check("--scenario", "loud.yaml")
    assert "s \\x1b[31m in the answer" in outcome.output
    assert "\x1b" not in outcome.output

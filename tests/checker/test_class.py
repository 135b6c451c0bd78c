"""A class from its folder to its results: cut off, gone on with, next to who is hostile."""

import csv
import json
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.checker.desk import NEVER, PAGE, RIGHT, ROOT_ONLY, Desk, lab
from tests.checker.waiting import LONG, wait_for
from twidder_cli import processes
from twidder_cli.model.events import SubmissionFinished, decode

HOSTILE = Path(__file__).parents[1] / "hostile/servers.py"

OWN_SCENARIO = """
title: There is a page at the root
requirement: root
actors: anna@laptop
steps:
  - expect_page: {by: anna@laptop, at: [/]}
"""
DEAR = """
title: Only the page counts
scenarios:
  lab3/root: 7
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "temporary").mkdir()
    return Desk(tmp_path)


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """Return the class's table by submission; empty while there is none."""
    try:
        with (folder / "class.csv").open(newline="") as file:
            return {row["submission"]: row for row in csv.DictReader(file)}
    except FileNotFoundError:
        return {}


def verdicts(folder: Path) -> dict[str, str]:
    return {name: row["verdict"] for name, row in rows(folder).items()}


def recorded(folder: Path) -> dict[str, int]:
    """Return the archives, each whole, with what tells whether one was written again."""
    archives = sorted((folder / "events").glob("*.jsonl"))
    for archive in archives:
        _, *lines = archive.read_bytes().splitlines()
        assert isinstance([decode(line) for line in lines][-1], SubmissionFinished)
    return {archive.stem: archive.stat().st_mtime_ns for archive in archives}


def again(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """Return whose archives were written since then."""
    return {name for name in after if before.get(name) != after[name]}


def hand_in(desk: Desk) -> None:
    """Hand in a class of everything; zoe's server never comes up."""
    lab(desk, RIGHT, "class/anna")
    shutil.copytree(desk.folder / "class/anna", desk.folder / "class/bob")
    lab(desk, RIGHT, "pageless")
    (desk.folder / "pageless/static/client.html").unlink()
    shutil.make_archive(str(desk.folder / "class/carl"), "zip", desk.folder / "pageless")
    lab(desk, "import arrow\napp = None\n", "class/dora")
    lab(desk, "import faker\napp = None\n", "class/disa")
    desk.put("class/eve.zip", "PK\3\4 and no more")
    (desk.folder / "class/fred").mkdir()
    desk.put("class/gun.pdf", "%PDF-1.4")
    lab(desk, NEVER, "class/zoe")


GRADED = {"anna": "passed", "bob": "passed", "carl": "failed", "disa": "unclear"}
GRADED |= {"dora": "unclear", "eve": "unclear", "fred": "unclear", "gun.pdf": "unclear"}
NOT_OURS = {"anna", "bob", "carl"}
"""Those about whom nothing is left to be told."""


def cut_off(desk: Desk, number: int, *arguments: str) -> tuple[int, str, str]:
    """Send a run a signal when all but zoe are graded; return its exit code and what it said."""
    results = desk.folder / "results"
    with desk.twidder("check", "class", *ROOT_ONLY, *arguments) as process:
        desk.wait_for_sign()
        wait_for(lambda: set(GRADED) <= set(rows(results)), "the end of the others")
        process.send_signal(number)
        output, errors = process.communicate(timeout=LONG)
    assert "Traceback" not in output + errors
    return process.returncode, output, errors


def test_a_run_that_is_cut_off_is_gone_on_with(desk: Desk) -> None:
    """Ctrl-C, then kill -9, then a submission that changed, a plan, a contract, a scenario."""
    hand_in(desk)
    results = desk.folder / "results"
    to_results = ("--results", "results", "--jobs", "2")

    code, output, errors = cut_off(desk, signal.SIGINT, *to_results)
    assert code == 130
    assert "twidder: anna and bob hold the same files\n" in errors
    assert "results are in results; the same with --resume goes on" in errors
    assert "9 submissions: 2 passed, 1 failed, 6 unclear" in output
    assert "  2 unclear: a package is missing here: use --install (" in output
    assert verdicts(results) == {**GRADED, "zoe": "unclear"}
    assert rows(results)["bob"]["notes"].startswith("anna and bob hold the same files; ")
    first = recorded(results)
    assert set(first) == {*GRADED, "zoe"}

    code, _, errors = cut_off(desk, signal.SIGKILL, "--resume", *to_results)
    assert code == -signal.SIGKILL
    assert "3 of 9 are kept from an earlier run\n" in errors
    second = recorded(results)
    assert again(first, second).isdisjoint(NOT_OURS)
    wait_for(lambda: desk.at_work() == [], "the end of everything that was under way")
    assert list(desk.temporary.iterdir())

    lab(desk, RIGHT, "class/zoe")
    desk.put("plan.yaml", DEAR)
    outcome = desk.check("class", "--resume", "--plan", "plan.yaml", *to_results)
    assert outcome.exit_code == 1
    assert "3 of 9 are kept from an earlier run\n" in outcome.errors
    assert list(desk.temporary.iterdir()) == []  # nothing is left of the run that was killed
    third = recorded(results)
    assert again(second, third) == {"zoe", *GRADED} - NOT_OURS
    check_that_all_say_the_same(results, outcome.output)
    assert rows(results)["anna"]["points"] == "7"
    assert "anna: passed, 7 of 7 points" in (results / "texts/anna.txt").read_text()
    assert not list(results.rglob("*.part"))

    desk.put("page.yaml", OWN_SCENARIO)
    for changed in (("--contract", "common", *ROOT_ONLY), ("--scenario", "page.yaml")):
        outcome = desk.check("class/anna", "class/zoe", "--resume", *changed, *to_results)
        assert (outcome.exit_code, "are kept" in outcome.errors) == (0, False)
        fourth = recorded(results)
        assert again(third, fourth) == {"anna", "zoe"}
        third = fourth


def check_that_all_say_the_same(results: Path, output: str) -> None:
    """What went in is what came out: in the table, both documents, the texts and the totals."""
    expected = {**GRADED, "zoe": "passed"}
    assert list(rows(results)) == sorted(expected)
    assert verdicts(results) == expected
    document = json.loads((results / "class.json").read_text())
    assert {one["name"]: one["verdict"] for one in document["submissions"]} == expected
    suites = ET.parse(results / "junit.xml").getroot()  # noqa: S314  our own file
    found = {suite.get("name"): suite.find("properties/*[@name='verdict']") for suite in suites}
    assert {name: one.get("value") for name, one in found.items() if one is not None} == expected
    texts = {path.stem: path.read_text() for path in (results / "texts").iterdir()}
    assert {name: text.partition(": ")[2].partition(",")[0] for name, text in texts.items()} == (
        expected
    )
    counts = Counter(expected.values())
    assert f"9 submissions: {counts['passed']} passed, 1 failed, {counts['unclear']} uncl" in output


def test_names_that_are_personal_are_nowhere_with_anonymous(desk: Desk) -> None:
    names = ("Åsa Österberg", "Botvid Eklundh", "Carlotta Almquist", "Dagobert Dahlberg")
    for number, name in enumerate(names[:3]):
        lab(desk, RIGHT, f"class/{name}_98765432100{number}_assignsubmission_file_")
    desk.put("class/Dagobert Dahlberg_987654321003_assignsubmission_file_report.pdf", "%PDF-1.4")
    desk.put(
        "class/Dagobert Dahlberg_987654321003_assignsubmission_onlinetext_/onlinetext.html", "<p>Hi"
    )
    outcome = desk.check("class", "--anonymous", "--results", "results", *ROOT_ONLY)
    assert outcome.exit_code == 3
    files = [path for path in (desk.folder / "results").rglob("*") if path.is_file()]
    told = [outcome.output, outcome.errors, *(f"{path}{path.read_text()}" for path in files)]
    for word in (*" ".join(names).split(), "98765432100"):
        assert [text for text in told if word in text] == []
    assert outcome.errors.count("hold the same files") == 1
    assert outcome.errors.count("are the same student's") == 1
    assert len(rows(desk.folder / "results")) == 5

    desk.put("named/names.csv", "submission,person,handed_in_as\n")
    outcome = desk.check("class", "--anonymous", "--resume", "--results", "named", *ROOT_ONLY)
    assert outcome.exit_code == 2
    assert "there are names in it, of a run without --anonymous" in outcome.errors


def test_a_submission_takes_no_longer_than_it_may(desk: Desk) -> None:
    lab(desk, NEVER, "class/zoe")
    (desk.folder / "class/fred").mkdir()
    outcome = desk.check("class", "--names", "(?P<id>.*)", "--time-limit", "2", *ROOT_ONLY)
    assert outcome.exit_code == 3
    late = "1 unclear: grading took longer than 2 s; --time-limit allows more (zoe)"
    assert late in outcome.output
    assert "1 unclear: it can't be graded: an empty folder (fred)" in outcome.output
    assert outcome.output.splitlines()[0].split()[:2] == ["1/2", "fred"]


ATTACKING = f"""
import json
import threading
from servers import ATTACKS, make

app = make()
app.add_url_rule("/static/client.html", view_func=lambda: {PAGE!r})

FORGED = [
    {{"type": "scenario_finished", "submission": name, "scenario": "lab3/root",
      "outcome": {{"verdict": verdict}}}}
    for name, verdict in (("anna", "failed"), ("bob", "passed"), ("mallory", "passed"))
] + [{{"type": "submission_finished", "submission": "mallory"}}]


def attack():
    ATTACKS["forge_events"]("".join(json.dumps(event) + "\\n" for event in FORGED))
    for name in ("write_everywhere", "delete_everything", "kill_everybody"):
        ATTACKS[name](None)


threading.Thread(target=attack, daemon=True).start()
"""


@pytest.mark.skipif(
    processes.best_sandbox() is not processes.Sandbox.FULL,
    reason="NO FULL SANDBOX HERE (see twidder doctor): a hostile neighbour is not tested",
)
def test_a_hostile_neighbour_changes_nobodys_verdict(desk: Desk) -> None:
    lab(desk, RIGHT, "class/anna")
    lab(desk, RIGHT, "class/bob")
    (desk.folder / "class/bob/static/client.html").unlink()
    for name in ("mallory", "moriarty"):
        lab(desk, ATTACKING, f"class/{name}")
        shutil.copy(HOSTILE, desk.folder / "class" / name)
    handed_in = dict(contents(desk.folder / "class"))
    outcome = desk.check("class", "--results", "results", "--jobs", "4", *ROOT_ONLY)
    found = verdicts(desk.folder / "results")
    assert (found["anna"], found["bob"]) == ("passed", "failed")
    assert "passed" not in {found["mallory"], found["moriarty"]}
    assert outcome.exit_code == 1
    assert dict(contents(desk.folder / "class")) == handed_in
    assert set(recorded(desk.folder / "results")) == set(found)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(p), p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file())

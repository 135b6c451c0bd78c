"""The folder of results: on disk as they come, and what an earlier run left is gone on from."""

import csv
import itertools
import json
import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from tests.checker.reports import FAILED, PASSED, SCENARIOS, started
from tests.checker.timelines import lacks, stood_still
from twidder_cli.errors import OperatorError
from twidder_cli.model.events import (
    Event,
    Pictured,
    RunFinished,
    ScenarioFinished,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.timeline import AnyEntry, Timeline
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.reporters import write_whole
from twidder_cli.reporters.pictures import MOST
from twidder_cli.results import Results

CRASHED = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason="our worker ended")
DEAD = Outcome(verdict=Verdict.FAILED, blame=Blame.SUBMISSION, reason="The server did not start")


def turn(name: str, outcome: Outcome = PASSED, own: Outcome | None = None) -> list[Event]:
    """Return the events of one submission, which did alike in every scenario."""
    scenarios = [
        ScenarioFinished(submission=name, scenario=listed.id, outcome=outcome, seconds=1)
        for listed in SCENARIOS
    ]
    begun = SubmissionStarted(submission=name, origin="/class")
    ended = SubmissionFinished(submission=name, seconds=4, outcome=own)
    return [begun, ended] if own else [begun, *scenarios, ended]


def write(results: Results, events: Iterable[Event]) -> None:
    with closing(results):
        for event in events:
            results.handle(event)


def graded(folder: Path, turns: dict[str, list[Event]], *, end: bool = True) -> None:
    """Write the results of a run, as it would; without its end it was cut off."""
    results = Results(folder, resume=False)
    results.keep({name: f"print of {name}" for name in turns})
    last = [RunFinished(seconds=9)] if end else []
    write(results, [started(*turns), *itertools.chain.from_iterable(turns.values()), *last])


def table(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "class.csv").open(newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def kept(folder: Path, **prints: str) -> list[Event]:
    results = Results(folder, resume=True)
    with closing(results):
        results.keep(prints)
        return list(results.earlier())


def test_every_output_says_the_same(tmp_path: Path) -> None:
    graded(tmp_path / "r", {"anna": turn("anna"), "bob": turn("bob", FAILED)})
    rows = table(tmp_path / "r")
    assert [(r["verdict"], r["points"], r["max_points"]) for r in rows.values()] == [
        ("passed", "7.5", "7.5"),
        ("failed", "0", "7.5"),
    ]
    assert [rows["bob"][listed.id] for listed in SCENARIOS] == ["failed"] * 4
    document = json.loads((tmp_path / "r/class.json").read_text())
    suites = ET.parse(tmp_path / "r/junit.xml").getroot()  # noqa: S314  our own file
    assert [s["verdict"] for s in document["submissions"]] == ["passed", "failed"]
    assert [(s.get("name"), s.get("failures")) for s in suites] == [("anna", "0"), ("bob", "4")]
    assert (tmp_path / "r/texts/bob.txt").read_text().startswith("bob: failed, 0 of 7.5 points")


def test_what_was_finished_is_on_disk_though_the_run_was_cut_off(tmp_path: Path) -> None:
    turns = {"anna": turn("anna"), "bob": turn("bob", FAILED)[:-1]}
    graded(tmp_path, turns, end=False)
    assert list(table(tmp_path)) == ["anna"]
    assert kept(tmp_path, anna="print of anna", bob="print of bob") == turns["anna"]


def test_what_has_changed_is_graded_again(tmp_path: Path) -> None:
    graded(tmp_path, {"anna": turn("anna"), "bob": turn("bob")})
    assert kept(tmp_path, anna="another print", bob="print of bob") == turn("bob")


@pytest.mark.parametrize(("own", "is_kept"), [(CRASHED, False), (DEAD, True)])
def test_what_we_could_not_do_is_tried_again(own: Outcome, is_kept: bool, tmp_path: Path) -> None:
    graded(tmp_path, {"anna": turn("anna", own=own)})
    assert bool(kept(tmp_path, anna="print of anna")) is is_kept


@pytest.mark.parametrize(
    ("entries", "is_kept"), [((stood_still(1, 2),), False), ((lacks(1),), False), ((), True)]
)
def test_what_was_left_open_for_want_of_something_is_tried_again(
    entries: tuple[AnyEntry, ...], is_kept: bool, tmp_path: Path
) -> None:
    busy = Timeline(entries=entries)
    open_ = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason="not told")
    events = [
        msgspec.structs.replace(event, timeline=busy)
        if isinstance(event, ScenarioFinished)
        else event
        for event in turn("anna", open_)
    ]
    graded(tmp_path, {"anna": events})
    assert bool(kept(tmp_path, anna="print of anna")) is is_kept


@pytest.mark.parametrize("damage", [b"", b"{", b'{"fingerprint": "print of anna"}\n{"type": "x"}'])
def test_an_archive_that_is_damaged_is_written_anew(damage: bytes, tmp_path: Path) -> None:
    graded(tmp_path, {"anna": turn("anna")})
    (tmp_path / "events/anna.jsonl").write_bytes(damage)
    assert kept(tmp_path, anna="print of anna") == []


def test_a_resumed_run_ends_with_the_results_of_both(tmp_path: Path) -> None:
    graded(tmp_path, {"anna": turn("anna"), "bob": turn("bob")[:-1]}, end=False)
    archive = (tmp_path / "events/anna.jsonl").stat()
    results = Results(tmp_path, resume=True)
    assert results.keep({"anna": "print of anna", "bob": "print of bob"}) == ("anna",)
    earlier = list(results.earlier())
    write(results, [started("anna", "bob"), *earlier, *turn("bob", FAILED), RunFinished(seconds=5)])
    assert [row["verdict"] for row in table(tmp_path).values()] == ["passed", "failed"]
    assert (tmp_path / "events/anna.jsonl").stat().st_ino == archive.st_ino
    assert not list(tmp_path.rglob("*.part"))


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    first = Results(tmp_path, resume=False)
    with closing(first), pytest.raises(OperatorError, match="another run is at work in it"):
        Results(tmp_path, resume=True)
    Results(tmp_path, resume=True).close()


def test_results_are_never_written_over(tmp_path: Path) -> None:
    graded(tmp_path, {"anna": turn("anna")})
    with pytest.raises(OperatorError, match="--resume goes on with them"):
        Results(tmp_path, resume=False)


def test_a_folder_that_can_not_be_is_the_operators_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="can't be used for results: "):
        Results(tmp_path / "file/results", resume=False)


def test_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_after(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A power cut can't be provoked here, so this looks at what is asked of the system."""
    path = tmp_path / "x.json"
    synced: list[tuple[str, bool]] = []

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((str(name), path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(path, [b"{", b"}"])
    (part, has_its_name), last = synced
    assert (part.endswith(".part"), has_its_name, last) == (True, False, (str(tmp_path), True))
    assert path.read_bytes() == b"{}"


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    formula = msgspec.structs.replace(DEAD, reason="=HYPERLINK(1)")
    graded(tmp_path, {"anna": turn("anna", own=formula)})
    assert table(tmp_path)["anna"]["reason"] == "'=HYPERLINK(1)"


def test_what_is_to_be_known_of_a_submission_is_in_its_own_results(tmp_path: Path) -> None:
    begun, *rest = turn("anna")
    assert isinstance(begun, SubmissionStarted)
    noted = msgspec.structs.replace(begun, notes=("a copy of bob's", "-1 left out"))
    graded(tmp_path, {"anna": [noted, *rest], "bob": turn("bob")})
    assert [row["notes"] for row in table(tmp_path).values()] == [
        "a copy of bob's; -1 left out",
        "",
    ]
    text = (tmp_path / "texts/anna.txt").read_text()
    assert text.splitlines()[1:3] == ["note: a copy of bob's", "note: -1 left out"]
    document = json.loads((tmp_path / "class.json").read_text())
    assert [one["notes"] for one in document["submissions"]] == [list(noted.notes), []]
    values = {one.get("value") for one in ET.parse(tmp_path / "junit.xml").iter("property")}  # noqa: S314  our own file
    assert "a copy of bob's\n-1 left out" in values


def test_names_are_in_their_list_and_nowhere_else(tmp_path: Path) -> None:
    results = Results(tmp_path, resume=False)
    results.write_names([("1234", "Åsa Öst", "Åsa Öst_1234_assignsubmission_file_")])
    write(results, [started("1234"), *turn("1234"), RunFinished(seconds=1)])
    holding = [p.name for p in tmp_path.rglob("*") if p.is_file() and "Öst" in p.read_text()]
    assert holding == ["names.csv"]


def pictured(name: str, actor: str, image: bytes = b"JPEG") -> Event:
    return Pictured(submission=name, scenario="lab3/page", actor=actor, image=image)


def shot(*events: Event) -> list[Event]:
    begun, *rest = turn("..", FAILED)
    return [begun, *events, *rest]


def test_pictures_have_names_of_ours_and_are_in_no_archive(tmp_path: Path) -> None:
    graded(tmp_path / "r", {"..": shot(pictured("..", "anna@laptop"))})
    (picture,) = (tmp_path / "r/pictures").glob("*/*")
    assert picture.relative_to(tmp_path / "r/pictures") == Path("%2E./lab3-page.anna@laptop.jpg")
    assert picture.read_bytes() == b"JPEG"
    (archive,) = (tmp_path / "r/events").iterdir()
    assert b"pictured" not in archive.read_bytes()
    assert [type(e) for e in kept(tmp_path / "r", **{"..": "print of .."})] != []


def test_so_many_pictures_are_kept_and_none_of_an_earlier_run(tmp_path: Path) -> None:
    many = [pictured("..", f"a{n}@laptop") for n in range(MOST + 1)]
    graded(tmp_path / "r", {"..": shot(*many)}, end=False)
    assert len(list((tmp_path / "r/pictures").glob("*/*"))) == MOST
    again = Results(tmp_path / "r", resume=True)
    again.keep({"..": "another print"})
    write(again, [started(".."), *shot()])
    assert list((tmp_path / "r/pictures").glob("*/*")) == []

"""One submission's turn: what is played once more, what is skipped, and servers that die."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.checker.timelines import ANNA, asked, played, stood_still, timeline
from tests.checker.waiting import LONG
from twidder_cli import worker
from twidder_cli.engine import grade
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract
from twidder_cli.model.events import (
    Event,
    Pictured,
    ScenarioFinished,
    ScenarioStarted,
    ServerStarted,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.scenario import Source
from twidder_cli.model.timeline import Died, Noted, Timeline
from twidder_cli.model.verdicts import Blame, Finding, Outcome, Verdict
from twidder_cli.preparation import Prepared, Ungradable
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.server import NotStarted

PAGE = "<!DOCTYPE html><title>Twidder</title>"
STORY = """\
title: The page is there
requirement: root
actors: anna@laptop
steps:
  - expect_page: {by: anna@laptop, at: [/]}
"""


def recorded(status: int, *more: Any) -> Timeline:
    """Return a recording of the story in which the page was answered so."""
    page = asked(ANNA, "page", 1, status=status, body=PAGE, step="1")
    return timeline(page, played("expect_page", 2, step="1", line=5), *more)


GOOD, BAD = recorded(200), recorded(404)
STALLED = recorded(404, stood_still(0.5, 1.5))
DEAD = recorded(404, Died(step="1", actor="", sent=3, received=3))


@dataclass
class Theatre:
    """Plays recordings in place of scenarios; counts starts and plays."""

    recordings: list[Timeline]
    pauses: list[float] = field(default_factory=list)
    starts: int = 0
    seeds: list[str] = field(default_factory=list)
    origins: list[tuple[str, ...]] = field(default_factory=list)
    understood: frozenset[str] = frozenset()
    is_alive: bool = True
    last_start: int = 99
    meetings: list[threading.Barrier | None] = field(default_factory=list)

    @contextmanager
    def started(self, *_: Any) -> Iterator[Any]:
        self.starts += 1
        if self.starts > self.last_start:
            raise NotStarted(Attempt(command="gunicorn server:app", exit_code=3))
        self.is_alive = True
        yield Running(self)

    def player(self, _scenario: Any, server: Server, seed: str, *_: Any) -> "Playing":
        self.seeds.append(seed)
        self.origins.append(server.origins)
        self.understood = frozenset(server.understood)
        return Playing(self, server, {"anna@laptop": seed.encode()})


@dataclass
class Running:
    theatre: Theatre
    url: str = "http://127.0.0.1:1"

    @property
    def is_alive(self) -> bool:
        return self.theatre.is_alive

    @property
    def excess(self) -> str:
        return ""


@dataclass
class Playing:
    theatre: Theatre
    server: Server
    pictures: dict[str, bytes]

    def play(self) -> Timeline:
        if self.theatre.meetings and (meeting := self.theatre.meetings.pop(0)):
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait()
        if self.theatre.pauses:
            self.server.pace.token_pause = self.theatre.pauses.pop(0)
        recording = self.theatre.recordings.pop(0)
        self.theatre.is_alive = not any(isinstance(entry, Died) for entry in recording.entries)
        return recording


def told(
    theatre: Theatre,
    monkeypatch: pytest.MonkeyPatch,
    *stories: Source,
    lanes: int = 1,
    **prepared: Any,
) -> list[Event]:
    """Return the events of a turn in the theatre; `prepared` is what is known before it."""
    events: list[Event] = []
    job = Job(
        submission=Submission(name="s", kind="folder", location="/s"),
        scenarios=stories or (Source(id="a", path="a.yaml", text=STORY),),
        contract=find_contract(None),
        patience=1.0,
        seed=7,
        sandbox="none",
        workspace="/nowhere",
        lanes=lanes,
    )
    known = Prepared(theatre.started, job.contract, "in a test")._replace(**prepared)
    monkeypatch.setattr(worker, "prepare", lambda *_: known)
    monkeypatch.setattr(grade, "Player", theatre.player)
    worker.Grading(job, events.append).run()
    return events


def graded(theatre: Theatre, monkeypatch: pytest.MonkeyPatch, *stories: Source) -> list[Verdict]:
    """Return the verdicts of a turn in the theatre."""
    events = told(theatre, monkeypatch, *stories)
    return [event.outcome.verdict for event in events if isinstance(event, ScenarioFinished)]


def test_what_was_played_while_the_machine_stood_still_is_played_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([STALLED, GOOD])
    assert graded(theatre, monkeypatch) == [Verdict.PASSED]
    assert theatre.seeds == ["7", "7/again"]


def test_what_stalls_twice_stays_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    theatre = Theatre([STALLED, STALLED])
    assert graded(theatre, monkeypatch) == [Verdict.UNCLEAR]
    assert theatre.recordings == []


def test_a_pass_is_not_played_again_although_the_machine_stood_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([recorded(200, stood_still(0.5, 1.5))])
    assert graded(theatre, monkeypatch) == [Verdict.PASSED]


def test_what_fails_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    theatre = Theatre([BAD])
    assert graded(theatre, monkeypatch) == [Verdict.FAILED]


def test_pictures_are_those_of_the_play_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    events = told(Theatre([STALLED, BAD]), monkeypatch)
    picture, finished = events[-3:-1]
    assert isinstance(finished, ScenarioFinished)
    assert picture == Pictured(submission="s", scenario="a", actor="anna@laptop", image=b"7/again")


def test_what_failed_while_tokens_were_found_to_need_a_pause_is_played_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([BAD, GOOD], pauses=[1.1])
    assert graded(theatre, monkeypatch) == [Verdict.PASSED]


def names(origin: str) -> Timeline:
    """Return a recording in which the page looked for its server elsewhere."""
    noted = Noted(step="1", actor=ANNA, sent=1, received=1, kind="elsewhere", text=origin)
    return recorded(404, noted)


def test_where_a_page_looks_for_its_server_is_tried_at_once_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([names("http://a.org"), GOOD, BAD])
    stories = [Source(id=name, path=f"{name}.yaml", text=STORY) for name in "ab"]
    events = told(theatre, monkeypatch, *stories)
    assert theatre.origins == [(), ("http://a.org",), ("http://a.org",)]
    assert theatre.seeds == ["7", "7/at 1", "7"]
    assert [note for note in ending(events).notes if "http://a.org" in note] != []


def test_a_page_that_names_ever_new_origins_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([names(f"http://localhost:{port}") for port in range(9)])
    assert graded(theatre, monkeypatch) == [Verdict.FAILED]
    assert [len(origins) for origins in theatre.origins] == [0, 1, 2, 3, 4]


def test_once_the_pause_is_known_nothing_is_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    theatre = Theatre([BAD, GOOD, BAD], pauses=[1.1])
    stories = [Source(id=name, path=f"{name}.yaml", text=STORY) for name in "ab"]
    assert graded(theatre, monkeypatch, *stories) == [Verdict.PASSED, Verdict.FAILED]


def test_a_server_that_died_is_started_again_for_the_next_scenario(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([DEAD, GOOD])
    stories = [Source(id=name, path=f"{name}.yaml", text=STORY) for name in "ab"]
    assert graded(theatre, monkeypatch, *stories) == [Verdict.FAILED, Verdict.PASSED]
    assert theatre.starts == 2


def test_what_needs_something_that_failed_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    theatre = Theatre([BAD])
    needing = STORY.replace("actors:", "needs: [a]\nactors:")
    stories = (
        Source(id="a", path="a.yaml", text=STORY),
        Source(id="b", path="b.yaml", text=needing),
    )
    assert graded(theatre, monkeypatch, *stories) == [Verdict.FAILED, Verdict.SKIPPED]


# What is known before it begins

MANY = tuple(Source(id=name, path=f"{name}.yaml", text=STORY) for name in "abc")
FAULT = Finding(title="It starts as a script only", expected="gunicorn", actual="it does not")


def ending(events: list[Event]) -> SubmissionFinished:
    last = events[-1]
    assert isinstance(last, SubmissionFinished)
    return last


def test_what_is_known_of_a_submission_is_told_and_gone_by(monkeypatch: pytest.MonkeyPatch) -> None:
    theatre = Theatre([GOOD])
    events = told(theatre, monkeypatch, notes=("a note",), understood=frozenset({"sign_up"}))
    assert [(e.how, e.notes) for e in events if isinstance(e, ServerStarted)] == [
        ("in a test", ("a note",))
    ]
    assert theatre.understood == {"sign_up"}
    assert ending(events).outcome is None


def test_a_fault_of_its_start_stands_beside_what_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    events = told(Theatre([GOOD]), monkeypatch, fault=FAULT)
    (played,) = [event for event in events if isinstance(event, ScenarioFinished)]
    assert played.outcome.verdict is Verdict.PASSED
    assert ending(events).outcome == Outcome.of([FAULT])


@pytest.mark.parametrize(("has_fixed_port", "patience", "starts"), [(False, LONG, 2), (True, 1, 1)])
def test_lanes_play_at_the_same_time_unless_the_port_is_fixed(
    has_fixed_port: bool, patience: float, starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first scenario is played alone; each of the other two waits for the other one."""
    meeting = threading.Barrier(2, timeout=patience)
    theatre = Theatre([GOOD] * 3, meetings=[None, meeting, meeting])
    told(theatre, monkeypatch, *MANY, lanes=2, has_fixed_port=has_fixed_port)
    assert theatre.starts == starts


def test_what_can_not_be_played_has_begun_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def ungradable(*_: Any) -> Prepared:
        raise Ungradable(FAULT)

    theatre = Theatre([])
    monkeypatch.setattr(worker, "prepare", ungradable)
    events: list[Event] = []
    job = Job(
        submission=Submission(name="s", kind="folder", location="/s"),
        scenarios=MANY,
        contract=find_contract(None),
        patience=1.0,
        seed=7,
        workspace="/nowhere",
    )
    worker.Grading(job, events.append).run()
    assert [type(event) for event in events] == [SubmissionStarted, SubmissionFinished]
    assert ending(events).outcome == Outcome.of([FAULT])
    assert theatre.starts == 0


def test_a_start_that_fails_after_one_has_worked_is_nobodys_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = told(Theatre([DEAD], last_start=1), monkeypatch, *MANY)
    begun = [event.scenario for event in events if isinstance(event, ScenarioStarted)]
    outcome = ending(events).outcome
    assert begun == ["a"]
    assert outcome is not None
    assert (outcome.verdict, outcome.blame) == (Verdict.UNCLEAR, Blame.HARNESS)

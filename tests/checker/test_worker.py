"""One submission's turn: what is played once more, what is skipped, and servers that die."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.checker.timelines import ANNA, asked, played, stood_still, timeline
from twidder_cli import worker
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract
from twidder_cli.model.events import Event, ScenarioFinished
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.scenario import Source
from twidder_cli.model.timeline import Died, Timeline
from twidder_cli.model.verdicts import Verdict

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
    is_alive: bool = True

    @contextmanager
    def started(self, *_: Any) -> Iterator[Any]:
        self.starts += 1
        self.is_alive = True
        yield Running(self)

    def player(self, _scenario: Any, server: Server, seed: str, _progress: Any) -> "Playing":
        self.seeds.append(seed)
        return Playing(self, server)


@dataclass
class Running:
    theatre: Theatre
    url: str = "http://127.0.0.1:1"
    how: str = "in a test"
    notes: tuple[str, ...] = ()

    @property
    def is_alive(self) -> bool:
        return self.theatre.is_alive


@dataclass
class Playing:
    theatre: Theatre
    server: Server

    def play(self) -> Timeline:
        if self.theatre.pauses:
            self.server.pace.token_pause = self.theatre.pauses.pop(0)
        recording = self.theatre.recordings.pop(0)
        self.theatre.is_alive = not any(isinstance(entry, Died) for entry in recording.entries)
        return recording


def graded(theatre: Theatre, monkeypatch: pytest.MonkeyPatch, *stories: Source) -> list[Verdict]:
    """Return the verdicts of a turn in the theatre."""
    events: list[Event] = []
    job = Job(
        submission=Submission(name="s", kind="folder", location="/s"),
        scenarios=stories or (Source(id="a", path="a.yaml", text=STORY),),
        contract=find_contract(None),
        patience=1.0,
        seed=7,
        sandbox="none",
        workspace="/nowhere",
    )
    monkeypatch.setattr(worker, "started", theatre.started)
    monkeypatch.setattr(worker, "Player", theatre.player)
    worker.Grading(job, events.append).run()
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


def test_what_failed_while_tokens_were_found_to_need_a_pause_is_played_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theatre = Theatre([BAD, GOOD], pauses=[1.1])
    assert graded(theatre, monkeypatch) == [Verdict.PASSED]


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

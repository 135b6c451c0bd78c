"""A time that ran out on an overloaded machine: what a server shows of itself meanwhile."""

import pytest

from tests.checker.hostile import Handler, Visit, hostile
from twidder_cli.engine import overload
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract
from twidder_cli.model.timeline import Stall

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def _overloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "load", lambda: 6.5)


def stalls(handler: Handler) -> list[Stall]:
    """Return what is noted when a push of this server has not come in time."""
    recorder = Recorder()
    with hostile(handler) as address:
        server = Server(find_contract(None), Pace()).at(address.url)
        overload.waited_in_vain(recorder, 0.0, of=server)
    return [entry for entry in recorder.timeline().entries if isinstance(entry, Stall)]


def answer(visit: Visit) -> None:
    visit.request()
    visit.send(OK)


def keep_waiting(visit: Visit) -> None:
    visit.over.wait()


@pytest.mark.usefixtures("_overloaded")
def test_a_server_that_answers_at_once_had_the_time_to_send() -> None:
    assert stalls(answer) == []


@pytest.mark.usefixtures("_overloaded")
def test_a_server_that_does_not_may_have_had_none() -> None:
    (stall,) = stalls(keep_waiting)
    assert stall.load == 6.5


@pytest.mark.usefixtures("_overloaded")
def test_once_is_not_enough() -> None:
    visits: list[Visit] = []

    def answer_once(visit: Visit) -> None:
        visits.append(visit)
        (answer if len(visits) == 1 else keep_waiting)(visit)

    assert len(stalls(answer_once)) == 1


def test_where_nothing_else_goes_on_a_server_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "load", lambda: 0.5)
    visits: list[Visit] = []
    assert stalls(visits.append) == []
    assert visits == []


@pytest.mark.usefixtures("_overloaded")
def test_without_a_server_to_ask_it_stays_open() -> None:
    recorder = Recorder()
    overload.waited_in_vain(recorder, 0.0)
    assert len(recorder.timeline().entries) == 1

"""The rules, without a server: over a real database file, or with fakes named for what they do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from simple_websocket import ConnectionClosed

from twidder import create_app, messages
from twidder.errors import NotSignedInError
from twidder.messages import Messages
from twidder.parts import Parts
from twidder.push import EXPIRED, GOING_AWAY, SILENT, Farewell, Sockets
from twidder.routes import socket as socket_routes
from twidder.sessions import LIFETIME, Sessions, session_id
from twidder.settings import Settings
from twidder.store import Store

ANNA = "anna@example.org"


class RecordingSocket:
    """Keeps its farewells, and is closed by the first."""

    def __init__(self) -> None:
        self.farewells: list[Farewell] = []

    def end(self, farewell: Farewell) -> None:
        self.farewells.append(farewell)

    def receive(self, timeout: float | None = None) -> None:
        """Say nothing, like a client that never greets."""
        if self.farewells:
            raise ConnectionClosed
        assert timeout is not None, "would wait for ever"


def test_starting_a_session_names_the_one_that_expired(store: Store) -> None:
    sessions = Sessions(store)
    first = sessions.start(ANNA)
    second = sessions.start(ANNA)
    assert first.expired_session_id is None
    assert second.expired_session_id == session_id(first.token)


def test_each_of_many_simultaneous_sessions_expires_exactly_one_other(store: Store) -> None:
    sessions, barrier = Sessions(store), Barrier(30)

    def start() -> tuple[str, str | None]:
        barrier.wait()
        started = sessions.start(ANNA)
        return session_id(started.token), started.expired_session_id

    with ThreadPoolExecutor(30) as pool:
        pairs = [future.result() for future in [pool.submit(start) for _ in range(30)]]
    ids = {new for new, _ in pairs}
    valid = {one for one in ids if sessions.is_valid(one)}
    assert len(valid) == 1
    assert {old for _, old in pairs} == (ids - valid) | {None}


def test_no_token_is_kept(store: Store, tmp_path: Path) -> None:
    token = Sessions(store).start(ANNA).token.encode()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert ANNA.encode() in kept
    assert token not in kept


def test_ending_a_session_twice_is_refused(store: Store) -> None:
    sessions = Sessions(store)
    session = session_id(sessions.start(ANNA).token)
    sessions.end(session)
    with pytest.raises(NotSignedInError):
        sessions.end(session)


def test_what_was_kept_is_there_after_a_restart(store: Store, tmp_path: Path) -> None:
    session = session_id(Sessions(store).start(ANNA).token)
    store.close()
    reopened = Store(tmp_path / "twidder.db")
    assert Sessions(reopened).user_of(session) == ANNA
    reopened.close()


def test_a_session_is_over_after_its_lifetime(store: Store) -> None:
    now = 1_000_000.0
    sessions = Sessions(store, clock=lambda: now)
    session = session_id(sessions.start(ANNA).token)
    now += LIFETIME - 1
    assert sessions.is_valid(session)
    now += 1
    assert not sessions.is_valid(session)
    with pytest.raises(NotSignedInError):
        sessions.user_of(session)


def test_a_session_begins_anew_with_each_sign_in(store: Store) -> None:
    now = 1_000_000.0
    sessions = Sessions(store, clock=lambda: now)
    sessions.start(ANNA)
    now += LIFETIME - 1
    session = session_id(sessions.start(ANNA).token)
    now += LIFETIME - 1
    assert sessions.is_valid(session)


def test_a_wall_shows_the_newest_messages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "NEWEST", 3)
    wall = Messages(store)
    for number in range(5):
        wall.post(writer=ANNA, wall=ANNA, content=str(number))
    assert [message.content for message in wall.on_wall(ANNA)] == ["4", "3", "2"]


def test_a_socket_that_goes_leaves_the_other_of_its_session() -> None:
    sockets, first, second = Sockets(limit=9), RecordingSocket(), RecordingSocket()
    with sockets.holding(second):
        with sockets.holding(first):
            sockets.register(first, "anna")
            sockets.register(second, "anna")
        sockets.log_out("anna")
    assert (first.farewells, second.farewells) == ([], [EXPIRED])


def test_there_are_as_many_places_as_said() -> None:
    sockets = Sockets(limit=2)
    assert [sockets.take_place() for _ in range(3)] == [True, True, False]


def test_a_place_can_be_given_back() -> None:
    sockets = Sockets(limit=1)
    sockets.take_place()
    sockets.give_place_back()
    assert sockets.take_place()


def test_a_stopping_server_ends_all_sockets_and_those_to_come() -> None:
    sockets, greeting, later = Sockets(limit=9), RecordingSocket(), RecordingSocket()
    with sockets.holding(greeting):
        sockets.end_all(GOING_AWAY)
        with sockets.holding(later):
            pass
    assert (greeting.farewells, later.farewells) == ([GOING_AWAY], [GOING_AWAY])


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts.of(create_app(Settings(database=tmp_path / "twidder.db")))


def during_the_check(
    parts: Parts, act: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let something happen between the socket's registration and the check of its token."""

    def is_valid(_: Sessions, session: str) -> bool:
        act()
        return session == "anna"

    monkeypatch.setattr(Sessions, "is_valid", is_valid)
    monkeypatch.setattr(Parts, "of", lambda: parts)


def test_a_sign_in_while_the_token_is_checked_reaches_the_socket(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = RecordingSocket()
    during_the_check(parts, lambda: parts.sockets.log_out("anna"), monkeypatch)
    with parts.sockets.holding(opened):
        socket_routes._admit(opened, "anna")  # type: ignore[arg-type]  # noqa: SLF001
    assert opened.farewells == [EXPIRED]


def test_a_client_that_does_not_greet_is_turned_away() -> None:
    opened = RecordingSocket()
    with pytest.raises(ConnectionClosed):
        socket_routes._serve(opened)  # type: ignore[arg-type]  # noqa: SLF001
    assert opened.farewells == [SILENT]


@pytest.mark.parametrize(("threads", "sockets"), [(1, 1), (2, 1), (10, 9), (100, 90)])
def test_some_threads_are_left_for_http(threads: int, sockets: int) -> None:
    assert Settings(threads=threads).socket_limit == sockets


@pytest.mark.parametrize("name", ["TWIDDER_THREADS", "TWIDDER_PROXIES"])
@pytest.mark.parametrize("value", ["", "-1", "many", "1.5"])
def test_a_nonsense_number_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name}.*{value!r}"):
        Settings.from_environment({name: value})


def test_no_threads_is_a_nonsense_number() -> None:
    with pytest.raises(ValueError, match="TWIDDER_THREADS: expected a whole number from 1 on"):
        Settings.from_environment({"TWIDDER_THREADS": "0"})


def test_settings_have_defaults() -> None:
    assert Settings.from_environment({}) == Settings(Path("twidder.db"), "-", 100, 0)

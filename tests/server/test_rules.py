"""The rules, without a server: over a real database file, or with fakes named for what they do."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from simple_websocket import ConnectionClosed

from twidder import create_app, passwords
from twidder.errors import NotSignedInError
from twidder.parts import Parts
from twidder.passwords import Passwords
from twidder.push import EXPIRED, FULL, GOING_AWAY, SILENT, Farewell, Sockets
from twidder.routes import socket as socket_routes
from twidder.sessions import Sessions, session_id
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


def test_a_stranger_takes_the_same_work_as_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    rules = Passwords()
    kept = rules.hash("correct horse")
    monkeypatch.setattr(
        passwords, "check_password_hash", lambda hashed, _: work.append(hashed[:17])
    )
    assert not rules.matches("wrong password", kept)
    assert not rules.matches("wrong password", None)
    assert work == ["scrypt:32768:8:1$"] * 2


def test_nobodys_password_matches_nothing() -> None:
    assert not Passwords().matches("", None)


def test_no_more_hashes_are_computed_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, both_inside = Passwords(at_once=2), Barrier(2)
    inside: list[int] = []
    lock = threading.Lock()
    running = 0

    def compute(_: str, *, method: str) -> str:
        nonlocal running
        with lock:
            running += 1
            inside.append(running)
        both_inside.wait(5)
        with lock:
            running -= 1
        return method

    monkeypatch.setattr(passwords, "generate_password_hash", compute)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(rules.hash, ["password"] * 6))
    assert max(inside) == 2


def test_a_socket_that_goes_leaves_the_other_of_its_session() -> None:
    sockets, first, second = Sockets(limit=9), RecordingSocket(), RecordingSocket()
    with sockets.holding(second):
        with sockets.holding(first):
            sockets.register(first, "anna")
            sockets.register(second, "anna")
        sockets.log_out("anna")
    assert (first.farewells, second.farewells) == ([], [EXPIRED])


def test_one_socket_too_many_is_turned_away() -> None:
    sockets, first, second = Sockets(limit=1), RecordingSocket(), RecordingSocket()
    with sockets.holding(first), sockets.holding(second):
        pass
    assert (first.farewells, second.farewells) == ([], [FULL])


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


@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1.5"])
def test_a_nonsense_number_of_threads_is_named(value: str) -> None:
    with pytest.raises(ValueError, match=f"TWIDDER_THREADS.*{value!r}"):
        Settings.from_environment({"TWIDDER_THREADS": value})

"""A database of an older Twidder is upgraded, one of a newer is refused, and none is damaged."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from twidder.sessions import Sessions
from twidder.store import Message, Store, UnusableDatabaseError, database

ANNA = "anna@x.org"
SESSION = "session-of-before"

VERSION_0 = """
PRAGMA journal_mode = WAL;
PRAGMA application_id = 0x54776964;
CREATE TABLE IF NOT EXISTS user (
    email      TEXT PRIMARY KEY,
    firstname  TEXT NOT NULL,
    familyname TEXT NOT NULL,
    gender     TEXT NOT NULL,
    city       TEXT NOT NULL,
    country    TEXT NOT NULL,
    password   TEXT NOT NULL
);

-- The key is the user, so two valid sessions can't be written down.
CREATE TABLE IF NOT EXISTS session (
    email TEXT PRIMARY KEY REFERENCES user (email),
    id    TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS message (
    id      INTEGER PRIMARY KEY,
    wall    TEXT NOT NULL REFERENCES user (email),
    writer  TEXT NOT NULL REFERENCES user (email),
    content TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS message_by_wall ON message (wall, id);

INSERT INTO user VALUES ('anna@x.org', 'Anna', 'Berg', 'female', 'Linköping', 'Sweden', 'kept');
INSERT INTO session VALUES ('anna@x.org', 'session-of-before');
INSERT INTO message (wall, writer, content) VALUES ('anna@x.org', 'anna@x.org', 'first');
INSERT INTO message (wall, writer, content) VALUES ('anna@x.org', 'anna@x.org', 'second');
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a database of before versions were counted, with somebody signed in."""
    path = tmp_path / "twidder.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_0)
    return path


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store(file)
    yield opened
    opened.close()


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def tables(path: Path) -> dict[object, object]:
    rows = ask(path, "SELECT name, sql FROM sqlite_master")
    return {name: str(sql).replace('"', "") for name, sql in rows}


def test_all_is_there_after_an_upgrade(store: Store) -> None:
    assert Sessions(store).user_of(SESSION) == ANNA
    assert store.messages(ANNA, 9) == [Message(ANNA, "second"), Message(ANNA, "first")]
    assert store.password_of(ANNA) == "kept"


def test_an_upgraded_database_is_like_a_new_one(store: Store, file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    Store(new).close()
    assert tables(file) == tables(new)
    assert ask(file, "PRAGMA user_version") == ask(new, "PRAGMA user_version") == [(1,)]
    assert ask(file, "PRAGMA integrity_check") == [("ok",)]
    assert ask(file, "PRAGMA foreign_key_check") == []


def test_an_upgraded_database_is_opened_again(store: Store, file: Path) -> None:
    with closing(Store(file)) as again:
        assert Sessions(again).user_of(SESSION) == ANNA


def test_two_servers_may_upgrade_at_once(file: Path) -> None:
    barrier = Barrier(4)

    def start(_: int) -> None:
        barrier.wait()
        Store(file).close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert ask(file, "SELECT email FROM session") == [(ANNA,)]


def test_an_upgrade_that_fails_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(file)
    monkeypatch.setattr(database, "VERSION", 2)  # and there is no script for it
    with pytest.raises(UnusableDatabaseError):
        Store(file)
    assert tables(file) == before
    assert ask(file, "PRAGMA user_version") == [(0,)]
    assert ask(file, "SELECT content FROM message") == [("first",), ("second",)]


def test_a_newer_database_is_refused_and_kept(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA user_version = 2; DROP TABLE session;")
    before = file.read_bytes()
    with pytest.raises(UnusableDatabaseError, match="made by a newer Twidder"):
        Store(file)
    assert file.read_bytes() == before


def test_what_is_kept_is_nobody_elses_business(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "new.db")) as new:
        new.answers()
        modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {0o600}

"""One SQLite file: connections to it, transactions, and whether it is ours to write to."""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

VERSION = 1
"""Of the tables. SQLite keeps it in the file's header; files of before it was counted have 0."""

APPLICATION_ID = 0x54776964
"""Marks the file as ours ("Twid"); in the header, too."""

BUSY_TIMEOUT = 10.0


class UnusableDatabaseError(Exception):
    """The file can't be what the data is kept in; it was left as it was."""


class Database:
    """A connection for each operation; a returned one is used again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        # SQLite lets waiting writers poll; a lock lets them queue up, within this process.
        self._writer = threading.Lock()
        try:
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise UnusableDatabaseError(str(error)) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; each statement sees what was committed before it."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a transaction that nobody else writes during.

        What it wrote is on the disk when the block has ended.
        """
        with self._writer, self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        # NORMAL would survive a killed server as well, but not a power cut. It costs a commit
        # little: see docs/server.md.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _prepare(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._path.touch(mode=0o600, exist_ok=False)  # what is in it is nobody else's business
        with self.reading() as connection:
            _refuse_what_is_not_ours(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        # Two servers may start at once: what is to be done is found out in the transaction.
        with self.writing() as connection:
            _refuse_what_is_not_ours(connection)
            for script in _scripts_to_run(connection):
                _run(connection, script)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {VERSION}")


def _refuse_what_is_not_ours(connection: sqlite3.Connection) -> None:
    if _is_empty(connection):
        return
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise UnusableDatabaseError("this is the database of another program")
    if (found := _pragma(connection, "user_version")) > VERSION:
        raise UnusableDatabaseError(
            f"it was made by a newer Twidder (version {found} of the tables, this one knows"
            f" {VERSION}); start that one"
        )


def _scripts_to_run(connection: sqlite3.Connection) -> list[str]:
    if _is_empty(connection):
        return ["schema.sql"]
    found = _pragma(connection, "user_version")
    return [f"upgrades/{version}.sql" for version in range(found + 1, VERSION + 1)]


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run it in the transaction that is open; `executescript` would commit that first."""
    source = files("twidder.store").joinpath(script).read_text(encoding="utf-8")
    statement = ""
    for line in source.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return value

"""One SQLite file: connections to it, transactions, and whether it is ours to write to."""

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

APPLICATION_ID = 0x54776964
"""Marks the file as ours ("Twid"); SQLite keeps it in the file's header."""

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
        except sqlite3.Error as error:
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
        """Lend a connection in a transaction that nobody else writes during."""
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
        # In WAL mode this survives a killed server; only a power cut may undo the last commits.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _prepare(self) -> None:
        schema = files("twidder.store").joinpath("schema.sql").read_text(encoding="utf-8")
        with self.reading() as connection:
            self._refuse_another_programs_file(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {schema} COMMIT;"
            )

    @staticmethod
    def _refuse_another_programs_file(connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise UnusableDatabaseError("this is the database of another program")

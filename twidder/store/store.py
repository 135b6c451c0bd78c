"""The data functions; all of Twidder's SQL is here and in schema.sql."""

import sqlite3
from dataclasses import astuple
from pathlib import Path

from twidder.store.database import Database
from twidder.store.records import Message, Profile


class Store:
    """Users, sessions and messages in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def answers(self) -> bool:
        """Whether the file can be read."""
        try:
            with self._database.reading() as connection:
                connection.execute("SELECT email FROM user LIMIT 1").fetchall()
        except sqlite3.Error:
            return False
        return True

    def add_user(self, profile: Profile, password: str) -> bool:
        """Keep a new user; False when the e-mail address is taken."""
        try:
            with self._database.writing() as connection:
                connection.execute(
                    "INSERT INTO user (email, firstname, familyname, gender, city, country,"
                    " password) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*astuple(profile), password),
                )
        except sqlite3.IntegrityError:
            return False
        return True

    def profile(self, email: str) -> Profile | None:
        """The user with this e-mail address, if there is one."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT email, firstname, familyname, gender, city, country"
                " FROM user WHERE email = ?",
                (email,),
            ).fetchone()
        return Profile(*row) if row else None

    def password_of(self, email: str) -> str | None:
        """What is kept of the user's password; None without such a user."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT password FROM user WHERE email = ?", (email,)
            ).fetchone()
        return row[0] if row else None

    def replace_password(self, email: str, kept: str, password: str) -> bool:
        """Keep another password for the user; False when what is kept has changed meanwhile."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                "UPDATE user SET password = ? WHERE email = ? AND password = ?",
                (password, email, kept),
            )
        return cursor.rowcount == 1

    def replace_session(self, email: str, session_id: str, started: int) -> str | None:
        """Make this the user's session, and return the one that it replaced."""
        with self._database.writing() as connection:
            replaced = connection.execute(
                "SELECT id FROM session WHERE email = ?", (email,)
            ).fetchone()
            connection.execute(
                "INSERT INTO session (email, id, started) VALUES (?, ?, ?)"
                " ON CONFLICT (email) DO UPDATE SET id = excluded.id, started = excluded.started",
                (email, session_id, started),
            )
        return replaced[0] if replaced else None

    def session_user(self, session_id: str, started_after: int) -> str | None:
        """The e-mail address of the session's user; None without a session as young as this."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT email FROM session WHERE id = ? AND started > ?",
                (session_id, started_after),
            ).fetchone()
        return row[0] if row else None

    def end_session(self, session_id: str) -> bool:
        """Forget a session; False when there is none."""
        with self._database.writing() as connection:
            cursor = connection.execute("DELETE FROM session WHERE id = ?", (session_id,))
        return cursor.rowcount == 1

    def add_message(self, *, writer: str, wall: str, content: str) -> None:
        """Keep a message of one user on the wall of another."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO message (wall, writer, content) VALUES (?, ?, ?)",
                (wall, writer, content),
            )

    def messages(self, wall: str, newest: int) -> list[Message]:
        """So many of the newest messages on the wall, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT writer, content FROM message WHERE wall = ? ORDER BY id DESC LIMIT ?",
                (wall, newest),
            ).fetchall()
        return [Message(*row) for row in rows]

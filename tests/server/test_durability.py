"""What a client was told is done is there after `kill -9`, at whatever moment that comes."""

import os
import random
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.server.support import Person, Server, lab_server, sign_up_fields, wait_for
from twidder.store import Store

WRITERS = 6
FULL = 2


@dataclass
class Acknowledged:
    """What the server has said is done, and what was asked of it."""

    messages: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.messages) + len(self.accounts)


def write_until_it_dies(server: Server, writer: Person, name: str, done: Acknowledged) -> None:
    """Post messages, sign people up and in, and note what is acknowledged."""
    number = 0
    with suppress(requests.RequestException):  # it may die in the middle of a reply
        while True:
            number += 1
            text = f"{name}-{number}"
            done.asked.add(text)
            message = {"email": writer.email, "message": text}
            if writer.call("POST", "/post_message", json=message).status_code == 201:
                done.messages.append(text)
            if number % 5 == 0:
                email = f"{text}@example.org"
                reply = server.call("POST", "/sign_up", json=sign_up_fields(email))
                assert reply.status_code == 201
                done.accounts.append(email)
                done.tokens[email] = Person(server, email).sign_in().token


def kill(server: Server) -> None:
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


def ask(path: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


@pytest.mark.parametrize("seed", range(4))
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    moment = random.Random(seed).randrange(1, 150)  # noqa: S311
    done, names = Acknowledged(), [f"w{number}" for number in range(WRITERS)]
    with lab_server(tmp_path) as server, ThreadPoolExecutor(WRITERS) as pool:
        anna = server.new_person().sign_in()
        writing = [pool.submit(write_until_it_dies, server, anna, name, done) for name in names]
        wait_for(lambda: len(done) >= moment, "enough is written")
        kill(server)
        for one in writing:
            one.result()

    with lab_server(tmp_path) as server:
        anna.server = server
        wall = anna.call("GET", "/get_user_messages_by_token").json()["data"]
        there = [message["content"] for message in wall]
        assert set(done.messages) <= set(there) <= done.asked
        assert len(there) == len(set(there))
        for name in names:
            mine = [text for text in reversed(there) if text.startswith(f"{name}-")]
            assert mine == sorted(mine, key=lambda text: int(text.partition("-")[2]))
        for email, token in done.tokens.items():
            assert Person(server, email, token).is_signed_in()
        for email in set(done.accounts) - set(done.tokens):
            assert Person(server, email).sign_in().is_signed_in()

    database = tmp_path / "twidder.db"
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]
    assert ask(database, "PRAGMA foreign_key_check") == []


def test_every_connection_writes_to_the_disk_before_it_says_so(tmp_path: Path) -> None:
    """A power cut can't be provoked: see that SQLite is told to reckon with one."""
    with closing(Store(tmp_path / "twidder.db")) as store:
        database = store._database  # noqa: SLF001
        with database.reading() as one, database.reading() as another:
            for connection in (one, another):
                assert connection.execute("PRAGMA synchronous").fetchone() == (FULL,)
                assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

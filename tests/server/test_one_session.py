"""There is one valid session per user, and the expired one is told."""

import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest

from tests.server.support import LOGOUT, Close, Person, Server, lab_server, wait_for

EXPIRED = Close(4000, "signed in from elsewhere")
REFUSED = Close(4001, "not the token of a valid session")
SIGNED_OUT = Close(4003, "signed out")


def test_a_second_sign_in_expires_the_first_session(anna: Person) -> None:
    again = anna.sign_in()
    assert (anna.is_signed_in(), again.is_signed_in()) == (False, True)


@pytest.mark.parametrize("round_", range(2))
def test_a_hundred_sign_ins_at_once_leave_one_valid_token(anna: Person, round_: int) -> None:
    people = sign_in_at_once([anna] * 100)
    assert [person.is_signed_in() for person in people].count(True) == 1
    assert not anna.is_signed_in()


@pytest.mark.parametrize("round_", range(2))
def test_a_hundred_sign_ins_at_three_processes_leave_one_valid_token(
    tmp_path: Path, round_: int
) -> None:
    database = {"TWIDDER_DATABASE": str(tmp_path / "shared.db")}
    with ExitStack() as stack:
        servers = [stack.enter_context(lab_server(tmp_path, **database)) for _ in range(3)]
        anna = servers[0].new_person()
        everywhere = [Person(server, anna.email) for server in servers]
        people = sign_in_at_once((everywhere * 34)[:100])
        tokens = [person.token for person in people]
        valid = [
            [token for token in tokens if Person(server, anna.email, token).is_signed_in()]
            for server in servers
        ]
    assert len(valid[0]) == 1
    assert valid[0] == valid[1] == valid[2]


def sign_in_at_once(people: list[Person]) -> list[Person]:
    barrier = Barrier(len(people))

    def sign_in(person: Person) -> Person:
        barrier.wait()
        return person.sign_in()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(sign_in, people))


def test_the_expired_session_is_told_and_closed(anna: Person) -> None:
    opened = anna.open_socket()
    anna.sign_in()
    assert [opened.next(), opened.next()] == [LOGOUT, EXPIRED]


def test_all_sockets_of_the_expired_session_are_told(anna: Person) -> None:
    opened = [anna.open_socket() for _ in range(3)]
    anna.sign_in()
    assert [[one.next(), one.next()] for one in opened] == [[LOGOUT, EXPIRED]] * 3


def test_the_new_session_hears_nothing(anna: Person) -> None:
    old = anna.open_socket()
    new = anna.sign_in().open_socket()
    assert old.next() == LOGOUT
    assert new.all_so_far() == []


def test_other_users_hear_nothing(anna: Person, bob: Person) -> None:
    old, others = anna.open_socket(), bob.open_socket()
    anna.sign_in()
    assert old.next() == LOGOUT
    assert others.all_so_far() == []


def test_a_socket_opened_after_another_was_closed_is_told(anna: Person) -> None:
    first = anna.open_socket()
    second = anna.open_socket()
    first.connection.close()
    anna.sign_in()
    assert second.next() == LOGOUT


def test_a_wrong_password_tells_nobody(server: Server, anna: Person) -> None:
    opened = anna.open_socket()
    server.call("POST", "/sign_in", json={"username": anna.email, "password": "wrong password"})
    assert opened.all_so_far() == []


def test_sign_out_closes_the_sockets_without_a_notice(anna: Person) -> None:
    opened = anna.open_socket()
    anna.call("DELETE", "/sign_out")
    assert opened.next() == SIGNED_OUT


def test_sign_out_tells_nobody_else(anna: Person, bob: Person) -> None:
    others = bob.open_socket()
    anna.call("DELETE", "/sign_out")
    assert others.all_so_far() == []


def test_a_sign_in_after_a_sign_out_tells_nobody(anna: Person) -> None:
    opened = anna.open_socket()
    anna.call("DELETE", "/sign_out")
    anna.sign_in()
    assert opened.next() == SIGNED_OUT


@pytest.mark.parametrize("greeting", ["nonsense", "", "{}", "å"])
def test_a_socket_with_an_unknown_token_is_closed(server: Server, greeting: str) -> None:
    assert server.open_socket(greeting).next() == REFUSED


def test_a_socket_with_an_expired_token_is_closed(server: Server, anna: Person) -> None:
    anna.sign_in()
    assert server.open_socket(anna.token).next() == REFUSED


def test_a_socket_with_a_binary_token_is_closed(server: Server, anna: Person) -> None:
    opened = server.open_socket()
    opened.connection.send_binary(anna.token.encode())
    assert opened.next() == REFUSED


def test_more_messages_after_the_token_are_of_no_consequence(anna: Person) -> None:
    opened = anna.open_socket()
    for _ in range(100):
        opened.connection.send("hello?")
    assert opened.all_so_far() == []
    anna.sign_in()
    assert opened.next() == LOGOUT


def test_a_closing_client_gets_its_close_frame_back(anna: Person) -> None:
    opened = anna.open_socket()
    opened.connection.send_close()
    assert opened.next() == Close(1000, "")


def test_a_client_that_never_reads_or_closes_delays_nobody(server: Server, anna: Person) -> None:
    deaf = anna.open_socket().connection.sock
    assert deaf
    slowest = 0.0
    anna.sign_in()

    def hears_the_end_while_others_are_served() -> bool:
        nonlocal slowest
        before = time.monotonic()
        server.call("GET", "/")
        slowest = max(slowest, time.monotonic() - before)
        return peer_has_closed(deaf)

    wait_for(hears_the_end_while_others_are_served, "the server gives up on the deaf client")
    assert slowest < 0.9


def peer_has_closed(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLRDHUP)
    return bool(poll.poll(0))

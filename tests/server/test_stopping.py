"""A stopping server says goodbye to its sockets, and then it is gone."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.server.support import Close, Server, Socket, lab_server, serve, wait_for

GOING_AWAY = Close(1001, "the server is stopping")

Start = Callable[[Path], AbstractContextManager[Server]]


def quiet_lab_server(folder: Path) -> AbstractContextManager[Server]:
    return lab_server(folder, "--log-level", "warning")


def open_sockets(server: Server) -> list[Socket]:
    """Open a few: two of one session, and one that has not greeted yet."""
    person = server.new_person().sign_in()
    opened = [server.open_socket(greeting) for greeting in (person.token, person.token, None)]
    assert [one.all_so_far() for one in opened] == [[], [], []]
    return opened


def stop(server: Server, number: signal.Signals) -> None:
    """Do what the system does for TERM, and what the terminal does for Ctrl-C."""
    if number == signal.SIGINT:
        os.killpg(server.process.pid, number)
    else:
        server.process.send_signal(number)


@pytest.mark.parametrize("start", [quiet_lab_server, serve])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_it_ends_soon_with_sockets_open(
    tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    with start(tmp_path) as server:
        opened = open_sockets(server)
        before = time.monotonic()
        stop(server, number)
        heard = [one.next() for one in opened]
        output, _ = server.process.communicate()
        took = time.monotonic() - before
        assert heard == [GOING_AWAY] * 3
        assert server.process.returncode == 0
        assert server.is_gone()
        assert took < 5
        assert "Traceback" not in output
        assert "SIGKILL" not in output


def pressed_ctrl_c_in_vain(server: Server) -> bool:
    with contextlib.suppress(ProcessLookupError):
        stop(server, signal.SIGINT)
    return server.is_gone()


def test_many_ctrl_cs_are_like_one(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        open_sockets(server)
        before = time.monotonic()
        wait_for(lambda: pressed_ctrl_c_in_vain(server), "the server ends")
        output, _ = server.process.communicate()
        assert time.monotonic() - before < 5
        assert server.process.returncode in (0, -signal.SIGINT)  # one may come at its very end
        assert "Traceback" not in output
        assert "SIGKILL" not in output


def test_a_worker_whose_master_was_killed_ends_too(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        opened = open_sockets(server)
        server.process.kill()
        assert [one.next() for one in opened] == [GOING_AWAY] * 3
        wait_for(server.is_gone, "the worker ends")

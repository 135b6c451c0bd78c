"""Networks fail, servers restart: it is the session that ends the view, not the connection."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.checker.waiting import LONG
from tests.page.browsers import (
    NOT_CONNECTED,
    SESSION_OVER,
    SIGNED_IN_ELSEWHERE,
    SIGNED_OUT,
    NewPlace,
    Tab,
    connected,
    loaded,
)
from tests.page.relay import Relay, relay
from tests.server.support import SERVE, Person, Server, environment, free_port, running, serve


def serve_at(port: int, folder: Path) -> AbstractContextManager[Server]:
    """Start `twidder serve` on this port."""
    argv = [*SERVE, "--port", str(port)]
    return running(argv, folder, environment(HOME=str(folder)), port=port)


@pytest.fixture
def network(server: Server) -> Iterator[Relay]:
    """What is between Anna's browser and the server."""
    with relay(server.url) as up:
        yield up


@pytest.fixture
def abroad(network: Relay, new_place: NewPlace, anna: Person) -> Tab:
    """Anna's profile view, with all connections through the network."""
    return connected(new_place(url=network.url, token=anna.token).open())


def test_a_lost_connection_is_told_and_made_again(
    abroad: Tab, network: Relay, anna: Person
) -> None:
    network.go_down()
    expect(abroad.connection).to_have_text(NOT_CONNECTED)
    expect(abroad.selected_tab).to_have_text("Home")
    network.come_back()
    expect(abroad.connection).to_be_empty()
    anna.sign_in()
    expect(abroad.notice).to_have_text(SIGNED_IN_ELSEWHERE)


def test_a_lost_connection_costs_nothing_that_was_written(abroad: Tab, network: Relay) -> None:
    abroad.panel.get_by_role("textbox").fill("half a thought")
    network.go_down()
    expect(abroad.connection).to_have_text(NOT_CONNECTED)
    abroad.panel.get_by_role("button", name="Post").click()
    expect(abroad.panel.locator(".post").get_by_role("status")).to_contain_text("out of reach")
    network.come_back()
    expect(abroad.connection).to_be_empty()
    abroad.panel.get_by_role("button", name="Post").click()
    expect(abroad.wall).to_have_text(["half a thought"])


def test_a_session_that_ended_meanwhile_is_over_when_the_network_is_back(
    abroad: Tab, network: Relay, anna: Person
) -> None:
    network.go_down()
    expect(abroad.connection).to_have_text(NOT_CONNECTED)
    anna.sign_in()
    network.come_back()
    expect(abroad.notice).to_have_text(SESSION_OVER)
    expect(abroad.form("Sign in")).to_be_visible()


def test_a_browser_that_comes_online_opens_its_socket_at_once(home: Tab) -> None:
    opened = len(home.sockets)
    home.page.context.set_offline(True)
    with home.page.expect_websocket():
        home.page.context.set_offline(False)
    assert len(home.sockets) == opened + 1


def test_an_open_page_survives_a_restart_of_the_server(new_place: NewPlace, tmp_path: Path) -> None:
    port = free_port()
    with serve_at(port, tmp_path) as server:
        person = server.new_person()
        tab = new_place(url=server.url).open()
        tab.sign_in(person)
        loaded(tab)
    expect(tab.connection).to_have_text(NOT_CONNECTED)
    with serve_at(port, tmp_path):
        expect(tab.connection).to_be_empty()
        tab.post("after the restart")
        expect(tab.wall).to_have_text(["after the restart"])
        person.sign_in()
        expect(tab.notice).to_have_text(SIGNED_IN_ELSEWHERE)


def test_a_page_whose_session_can_not_be_checked_tries_again(
    new_place: NewPlace, anna: Person
) -> None:
    place = new_place(token=anna.token)
    place.context.route("**/get_user_data_by_token", lambda route: route.abort(), times=1)
    tab = loaded(place.open())
    expect(tab.connection).to_be_empty()
    assert tab.token == anna.token


def test_a_socket_that_is_turned_away_gets_in_when_there_is_room(
    new_place: NewPlace, tmp_path: Path
) -> None:
    with serve(tmp_path, "--threads", "2") as server:
        person = server.new_person()
        only = server.open_socket(server.new_person().sign_in().token)
        assert only.all_so_far() == []
        tab = new_place(url=server.url).open()
        tab.sign_in(person)
        expect(tab.connection).to_have_text(NOT_CONNECTED)
        only.connection.close()
        expect(tab.connection).to_be_empty()
        person.sign_in()
        expect(tab.notice).to_have_text(SIGNED_IN_ELSEWHERE)


@pytest.mark.parametrize(
    ("code", "sentence"), [(4000, SIGNED_IN_ELSEWHERE), (4001, SESSION_OVER), (4003, SIGNED_OUT)]
)
def test_a_close_that_means_the_end_of_the_session(
    new_place: NewPlace, anna: Person, code: int, sentence: str
) -> None:
    place = new_place(token=anna.token)
    place.context.route_web_socket("**/ws", lambda socket: socket.close(code=code))
    tab = place.open()
    expect(tab.form("Sign in")).to_be_visible()
    expect(tab.notice).to_have_text(sentence)
    assert tab.token is None


def test_after_any_other_close_the_socket_is_opened_again(
    new_place: NewPlace, anna: Person
) -> None:
    codes = [1001, 1006, 1011, 1012, 1013, 4002]
    left = list(codes)

    def answer(socket: WebSocketRoute) -> None:
        if left:
            socket.close(code=left.pop(0))
        else:
            socket.connect_to_server()

    place = new_place(token=anna.token)
    place.context.route_web_socket("**/ws", answer)
    place.context.clock.install(time=0)
    tab = place.open()
    for _ in codes:
        expect(tab.connection).to_have_text(NOT_CONNECTED)
        tab.page.clock.run_for(30_000)
    tab.page.clock.run_for(30_000)
    expect(tab.connection).to_be_empty()
    assert left == []
    anna.sign_in()
    expect(tab.notice).to_have_text(SIGNED_IN_ELSEWHERE)


COUNT_SOCKETS = """
  window.opened = window.lost = 0;
  window.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url);
      opened += 1;
      this.addEventListener("close", () => lost += 1);
    }
  };
  Math.random = () => 1;  // pauses are as long as they can be
"""


@pytest.fixture
def counted(network: Relay, new_place: NewPlace, anna: Person) -> Tab:
    """Anna's profile view, where time passes when we say so; her first socket is open."""
    place = new_place(url=network.url, token=anna.token)
    place.context.add_init_script(COUNT_SOCKETS)
    place.context.clock.install(time=0)
    tab = connected(place.open())
    tab.page.clock.pause_at(3_600)
    return tab


def await_sockets(tab: Tab, condition: str) -> None:
    """Wait until the counted sockets fulfil a condition; the policy lets no page evaluate it."""
    deadline = time.monotonic() + LONG
    while not tab.page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        tab.page.wait_for_timeout(20)


def assert_next_pause(tab: Tab, seconds: int) -> None:
    """After the last socket was lost, the next one is opened in so many seconds."""
    await_sockets(tab, "lost === opened")
    opened = tab.page.evaluate("opened")
    tab.page.clock.run_for(seconds * 1000 - 1)
    assert tab.page.evaluate("opened") == opened
    tab.page.clock.run_for(1)
    assert tab.page.evaluate("opened") == opened + 1


def test_the_pauses_grow_up_to_half_a_minute(counted: Tab, network: Relay) -> None:
    network.go_down()
    for seconds in (1, 2, 4, 8, 16, 30, 30):
        assert_next_pause(counted, seconds)


def test_a_connection_has_to_last_before_it_counts(counted: Tab, network: Relay) -> None:
    network.go_down()
    for seconds in (1, 2, 4):
        assert_next_pause(counted, seconds)
    await_sockets(counted, "lost === opened")
    network.come_back()
    counted.page.clock.run_for(8_000)
    expect(counted.connection).to_have_text(NOT_CONNECTED)  # it has to last first
    await_sockets(counted, "lost < opened")

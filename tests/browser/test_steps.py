"""What is expected of a page, judged on literal timelines; and scenarios that make no sense."""

from typing import Any

import pytest

from tests.checker.files import changed, loaded, mistakes_in
from tests.checker.timelines import (
    ANNA,
    EVERYBODY,
    TRIGGER,
    closed,
    judged,
    left,
    message,
    opened,
    played,
)
from twidder_cli.model.page import PageView
from twidder_cli.model.timeline import Connection, Exchange, Loaded, Noted, Played, Request, Shown
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps.expect_asynchronous import ExpectAsynchronous
from twidder_cli.steps.expect_socket import ExpectSocket
from twidder_cli.steps.expect_view import ExpectView


def shows(view: PageView, at: float) -> Shown:
    return Shown(step="4", actor=ANNA, sent=at, received=at, view=view)


def loads(at: float, *, by_us: bool = True) -> Loaded:
    return Loaded(step="4", actor=ANNA, sent=at, received=at, path="/", by_us=by_us)


def noted(kind: Any, text: str) -> Noted:
    return Noted(step="2", actor=ANNA, sent=2, received=2, kind=kind, text=text)


def asked() -> Exchange:
    request = Request(method="GET", path="/wall")
    return Exchange(step="2", actor=ANNA, sent=2, received=2, operation="xhr", request=request)


def over(at: float) -> Played:
    return played("expect_view", at)


WELCOME = ExpectView(kind="expect_view", line=11, by=(ANNA,), view="welcome")


def test_a_view_is_what_the_page_shows_at_the_end_of_the_step() -> None:
    assert judged(WELCOME, shows("profile", 2), shows("welcome", 7), over(8)) == []
    assert judged(WELCOME, shows("welcome", 7), over(8), shows("profile", 8.5)) == []
    (found,) = judged(WELCOME, shows("welcome", 6), shows("profile", 7), over(8))
    assert found.verdict is Verdict.FAILED


def test_a_page_that_is_loaded_again_shows_nothing_yet() -> None:
    (found,) = judged(WELCOME, shows("welcome", 6), loads(7), over(8))
    assert found.verdict is Verdict.UNCLEAR


def test_a_page_that_is_not_understood_is_unclear() -> None:
    (found,) = judged(WELCOME, shows("other", 6), over(8))
    assert found.verdict is Verdict.UNCLEAR


def test_the_page_is_to_blame_where_it_was_told_and_else_the_server() -> None:
    stays = (EVERYBODY, TRIGGER, shows("profile", 2), over(12))
    (deaf,) = judged(WELCOME, *stays, message(ANNA, 5.5))
    (untold,) = judged(WELCOME, *stays)
    assert "it was told" in deaf.actual
    assert "onmessage" in deaf.hint
    assert "the server" in untold.hint


def socket(has: Any) -> ExpectSocket:
    return ExpectSocket(kind="expect_socket", line=11, by=ANNA, has=has)


OPENED, AGAIN = opened(ANNA, 3), opened(ANNA, 7, socket=2)


@pytest.mark.parametrize(
    ("has", "happened"),
    [
        ("open", (OPENED,)),
        ("open", (OPENED, closed(ANNA, 9))),
        ("reopened", (OPENED, left(ANNA, 6), loads(6), AGAIN)),
        ("none", ()),
        ("none", (OPENED, left(ANNA, 6), loads(6))),
    ],
)
def test_a_socket_is_as_expected(has: str, happened: tuple[Any, ...]) -> None:
    assert judged(socket(has), loads(1), *happened, over(8)) == []


@pytest.mark.parametrize(
    ("has", "happened"),
    [
        ("open", ()),
        ("open", (OPENED, closed(ANNA, 4))),
        ("open", (OPENED, left(ANNA, 4))),
        ("reopened", (OPENED, left(ANNA, 6), loads(6))),
        ("reopened", (OPENED, left(ANNA, 6), loads(6), AGAIN, closed(ANNA, 7.5, socket=2))),
        ("none", (OPENED,)),
        ("none", (OPENED, closed(ANNA, 4))),
    ],
)
def test_a_socket_is_not_as_expected(has: str, happened: tuple[Any, ...]) -> None:
    (found,) = judged(socket(has), loads(1), *happened, over(8))
    assert found.verdict is Verdict.FAILED


def test_a_socket_that_was_refused_was_opened_too_early_as_well() -> None:
    refused = Connection(
        step="1", actor=ANNA, sent=2, received=2, socket=1, path="/ws", token="", refusal="401"
    )
    assert judged(socket("none"), loads(1), refused, over(8)) != []


ASYNCHRONOUS = ExpectAsynchronous(kind="expect_asynchronous", line=11, by=(ANNA,))


def test_a_page_may_fetch_and_must_neither_wait_nor_ask_a_stub() -> None:
    assert judged(ASYNCHRONOUS, asked(), noted("fetch", "GET /wall")) == []
    wrong = (noted("synchronous", "GET /wall"), noted("stub", "serverstub.signIn"))
    verdicts = [found.verdict for found in judged(ASYNCHRONOUS, asked(), *wrong)]
    assert verdicts == [Verdict.FAILED, Verdict.FAILED]


def test_a_page_that_asks_for_nothing_is_unclear() -> None:
    (found,) = judged(ASYNCHRONOUS)
    assert found.verdict is Verdict.UNCLEAR


SCENARIO = """\
title: The page shows the welcome view
requirement: welcome-view
actors: [{anna@laptop: {via: browser}}, anna@phone]
steps:
  - sign_up: anna
  - open: anna@laptop
  - sign_in: anna@laptop
  - trigger: [{sign_in: anna@phone}]
  - expect_push: anna@laptop
  - expect_view: {by: anna@laptop, view: welcome}
"""


def test_an_actor_in_a_browser_has_a_socket_once_signed_in() -> None:
    assert len(loaded(SCENARIO)) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("open: anna@laptop", "connect: anna@laptop", "no page does connect"),
        ("open: anna@laptop", "reload: anna@laptop", "has not opened the page before"),
        ("{by: anna@laptop, view", "{by: anna@phone, view", "'anna@phone' is in no browser"),
        ("sign_up: anna\n", "sign_up: anna@phone\n", "'anna@phone' is in no browser"),
        ("via: browser", "via: pigeon", "pigeon"),
        ("via: browser", "", "'via' is missing"),
        ("view: welcome}", "view: welcom}", "welcom"),
    ],
)
def test_what_makes_no_sense_in_a_browser_is_told(old: str, new: str, said: str) -> None:
    told = mistakes_in(changed(SCENARIO, old, new))
    assert [mistake for mistake in told if said in mistake] != []

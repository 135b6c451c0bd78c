"""What is expected of a page, judged on literal timelines; and scenarios that make no sense."""

from typing import Any

import pytest

from tests.checker.files import changed, loaded, mistakes_in
from tests.checker.timelines import (
    ANNA,
    CAROL,
    EVERYBODY,
    TRIGGER,
    asked,
    closed,
    judged,
    left,
    message,
    opened,
    played,
    timeline,
)
from twidder_cli.engine.judge import judge
from twidder_cli.model.page import PageView
from twidder_cli.model.timeline import (
    Connection,
    Exchange,
    Loaded,
    Noted,
    Played,
    Request,
    Sent,
    Shown,
)
from twidder_cli.model.verdicts import Verdict
from twidder_cli.model.words import entry_line
from twidder_cli.steps.expect_asynchronous import ExpectAsynchronous
from twidder_cli.steps.expect_socket import ExpectSocket
from twidder_cli.steps.expect_view import ExpectView


def shows(view: PageView, at: float) -> Shown:
    return Shown(step="4", actor=ANNA, sent=at, received=at, view=view)


def loads(at: float, *, by_us: bool = True) -> Loaded:
    return Loaded(step="4", actor=ANNA, sent=at, received=at, path="/", by_us=by_us)


def noted(kind: Any, text: str) -> Noted:
    return Noted(step="2", actor=ANNA, sent=2, received=2, kind=kind, text=text)


def asks() -> Exchange:
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
    (found,) = judged(WELCOME, message(ANNA, 5.5), shows("other", 6), over(8))
    assert found.verdict is Verdict.UNCLEAR
    assert "Neither a form to sign in with" in found.hint


def test_the_page_is_to_blame_where_it_was_told_and_else_the_server() -> None:
    stays = (EVERYBODY, TRIGGER, shows("profile", 2), over(12))
    (deaf,) = judged(WELCOME, *stays, message(ANNA, 5.5))
    (untold,) = judged(WELCOME, *stays)
    assert deaf.actual == (
        'the message "{"type": "logout"}" arrived at 5.50 s; at 12.00 s there is the profile view '
        "since 2.00 s"
    )
    assert "onmessage" in deaf.hint
    assert "the server" in untold.hint


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ('{"token": "{anna@laptop.token.1}"}', "greets its socket otherwise"),
        ("{anna@laptop.token.1}", "it is the server"),
    ],
)
def test_a_page_that_greets_otherwise_than_others_can_not_be_told(said: str, hint: str) -> None:
    greeting = Sent(step="3", actor=ANNA, sent=2.1, received=2.1, socket=1, text=said)
    control = Sent(
        step="0", actor=CAROL, sent=1.1, received=1.1, socket=1, text="{carol@control.token.1}"
    )
    page = (loads(1.5), shows("profile", 2), greeting)
    (found,) = judged(WELCOME, EVERYBODY, control, *page, TRIGGER, over(12))
    assert hint in found.hint


def test_a_page_without_a_socket_can_be_told_nothing() -> None:
    (found,) = judged(WELCOME, TRIGGER, shows("profile", 2), over(12))
    assert "It had no socket" in found.hint


@pytest.mark.parametrize(
    ("view", "said"),
    [("welcome", "the welcome view"), ("both", "both views at once"), ("other", "neither view")],
)
def test_what_is_shown_is_told_as_people_would(view: PageView, said: str) -> None:
    assert entry_line(shows(view, 6)).endswith(f" shows {said}")


def test_a_page_that_stands_in_a_dialog_hears_nothing_more() -> None:
    dialog = Noted(step="4", actor=ANNA, sent=5.5, received=5.5, kind="dialog", text="alert: Bye")
    (found,) = judged(WELCOME, EVERYBODY, TRIGGER, shows("profile", 2), dialog, over(12))
    assert "alert: Bye" in found.actual
    assert "dialog" in found.hint


def test_a_socket_from_before_the_last_sign_in_can_hear_nothing() -> None:
    again = asked(ANNA, "sign_in", 4)
    (found,) = judged(WELCOME, EVERYBODY, again, TRIGGER, shows("profile", 4.1), over(12))
    assert "older than its last sign-in" in found.hint


def test_who_has_signed_out_is_not_told_of_tokens_that_expire() -> None:
    asked_for = (asked(ANNA, "sign_in", 2), asked(ANNA, "sign_out", 3))
    (found,) = judged(WELCOME, *asked_for, shows("profile", 2.1), over(12))
    assert "Forget the token" in found.hint
    (found,) = judged(WELCOME, *asked_for[:1], shows("profile", 2.1), over(12))
    assert "may have expired" in found.hint


PROFILE = ExpectView(kind="expect_view", line=11, by=(ANNA,), view="profile")


def test_who_leaves_at_any_message_is_told_which_it_was() -> None:
    left_it = (shows("profile", 2), message(ANNA, 6, text="3 online"), shows("welcome", 6.1))
    (found,) = judged(PROFILE, *left_it, over(8))
    assert found.actual == (
        'the welcome view since 6.10 s, after the message "3 online" arrived at 6.00 s'
    )
    assert "Not all that arrives" in found.hint
    (found,) = judged(PROFILE, *left_it, shows("profile", 7), shows("welcome", 7.5), over(8))
    assert found.actual == "the welcome view since 7.50 s"


def test_both_views_are_the_welcome_view_only_where_it_never_was_another() -> None:
    (found,) = judged(
        WELCOME, *(shows("welcome", 1), shows("profile", 2), shows("both", 7)), over(8)
    )
    assert found.verdict is Verdict.FAILED
    assert "Only one of the views" in found.hint
    always = (shows("other", 0.5), shows("both", 1), shows("profile", 2), shows("both", 7))
    assert judged(WELCOME, *always, over(8)) == []
    assert judged(PROFILE, *always, over(8)) != []


def test_a_bar_that_is_there_before_the_first_form_is_no_profile() -> None:
    bar, again = shows("profile", 1), (shows("profile", 2), shows("both", 7))
    assert judged(WELCOME, bar, over(8)) != []
    assert judged(WELCOME, bar, shows("both", 1.1), over(8)) == []
    assert judged(WELCOME, bar, shows("both", 1.1), *again, over(8)) == []
    assert judged(WELCOME, bar, shows("welcome", 1.1), *again, over(8)) != []


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


def test_sockets_that_nobody_can_have_asked_for_are_a_mistake_of_the_page() -> None:
    (scenario,) = loaded(SCENARIO)

    def told(pause: float) -> list[str]:
        sockets = [opened(ANNA, 3 + pause * n, socket=n + 1) for n in range(11)]
        return [one.title for one in judge(scenario, timeline(loads(1), sockets)).findings]

    assert told(0.05) == ["The page of anna@laptop opens sockets without end"]
    assert told(0.5) == []


ASYNCHRONOUS = ExpectAsynchronous(kind="expect_asynchronous", line=11, by=(ANNA,))


def test_a_page_may_fetch_and_must_neither_wait_nor_ask_a_stub() -> None:
    harmless = (noted("fetch", "GET /wall"), noted("leftover", "/static/serverstub.js"))
    assert judged(ASYNCHRONOUS, asks(), *harmless) == []
    wrong = (noted("synchronous", "GET /wall"), noted("stub", "serverstub.signIn"))
    verdicts = [found.verdict for found in judged(ASYNCHRONOUS, asks(), *wrong)]
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

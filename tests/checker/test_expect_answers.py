"""`expect_accepted`, `expect_refused`, `expect_json`, `expect_page`: what answers are worth."""

import json
from typing import Any

import msgspec
import pytest

from tests.checker.timelines import ANNA, BOB, PHONE, asked, judged, unanswered
from twidder_cli.model.actors import Actor
from twidder_cli.model.step import Call
from twidder_cli.model.timeline import Exchange
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps._answers import ExpectAnswer
from twidder_cli.steps.expect_accepted import ExpectAccepted
from twidder_cli.steps.expect_json import ExpectJson
from twidder_cli.steps.expect_page import ExpectPage
from twidder_cli.steps.expect_refused import ExpectRefused

PROFILE = {"success": True, "data": {"email": "{anna.email}", "city": "Linkoping"}}
READ = "get_user_data_by_token"

# Refused


def refusing(*functions: str, witness: Actor | None = None) -> ExpectRefused:
    calls = tuple(Call(function=name) for name in functions)
    return ExpectRefused(kind="expect_refused", line=11, by=(ANNA,), calls=calls, witness=witness)


REFUSED = refusing(READ)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"success": False, "message": "You are not signed in."}),
        (401, ""),
        (404, "<h1>Not Found</h1>"),
        (400, {"success": False}),
        (200, {"success": False}),
        (200, {"success": "False", "message": "no"}),
        (200, {"success": "false"}),
        (302, ""),
    ],
)
def test_a_refusal_is(status: int, body: Any) -> None:
    assert judged(REFUSED, asked(ANNA, READ, 7, status=status, body=body)) == []


def test_a_refusal_of_what_was_never_seen_to_work_shows_nothing() -> None:
    refused = asked(ANNA, READ, 7, status=401)
    strange = msgspec.structs.replace(refused, understood=False)
    (finding,) = judged(REFUSED, strange)
    assert (finding.verdict, finding.title) == (
        Verdict.UNCLEAR,
        "get_user_data_by_token may go by another name here",
    )
    assert judged(REFUSED, strange, refused) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, PROFILE),
        (200, ""),
        (204, ""),
        (200, {"success": None}),
        (200, "welcome"),
        (401, PROFILE),
        (200, {"success": False, "data": "{anna.email}"}),
    ],
    ids=[
        "the data",
        "nothing",
        "no content",
        "neither success nor failure",
        "no JSON",
        "data with 401",
        "data with success false",
    ],
)
def test_an_answer_that_grants_is_no_refusal(status: int, body: Any) -> None:
    (finding,) = judged(REFUSED, asked(ANNA, READ, 7, status=status, body=body))
    assert (finding.title, finding.who, finding.line, finding.verdict) == (
        "get_user_data_by_token should have been refused",
        (ANNA,),
        11,
        Verdict.FAILED,
    )


def test_an_answer_that_shows_nothing_where_it_showed_something_before_is_a_refusal() -> None:
    assert judged(REFUSED, asked(ANNA, READ, 7, body={"data": None}, differs=True)) == []


def test_an_answer_that_still_shows_something_is_none() -> None:
    (finding,) = judged(REFUSED, asked(ANNA, READ, 7, body=PROFILE, differs=True))
    assert finding.title == "get_user_data_by_token should have been refused"


def test_what_the_request_itself_held_is_not_handed_over() -> None:
    call = asked(
        ANNA,
        "sign_in",
        7,
        status=401,
        sends='{"username": "{anna.email}"}',
        body={"message": "wrong password for {anna.email}"},
    )
    assert judged(refusing("sign_in"), call) == []


def test_no_answer_is_no_refusal() -> None:
    (finding,) = judged(REFUSED, unanswered(ANNA, READ, 7))
    assert (finding.title, finding.actual) == (
        "get_user_data_by_token did not answer",
        "GET /get_user_data_by_token: no answer within 10 s",
    )


def test_all_answers_that_should_have_been_refused_are_one_finding() -> None:
    calls = [asked(ANNA, name, 7, body=PROFILE) for name in (READ, "sign_out")]
    (finding,) = judged(refusing(READ, "sign_out"), calls)
    assert finding.title == "get_user_data_by_token and sign_out should have been refused"
    assert finding.actual.count("\n") == 1


def test_what_a_page_asks_besides_is_not_judged() -> None:
    refused = asked(ANNA, "sign_out", 7, status=401)
    assert judged(refusing("sign_out"), refused, asked(ANNA, READ, 7, body=PROFILE)) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        asked(ANNA, READ, 3, body=PROFILE, step="3"),
        asked(ANNA, "xhr", 7, body=PROFILE),
        msgspec.structs.replace(unanswered(ANNA, READ, 7), is_left=True),
    ],
    ids=["another step", "no function", "left by its page"],
)
@pytest.mark.parametrize("kind", [ExpectAccepted, ExpectRefused])
def test_what_was_not_asked_can_not_be_told(kind: type[ExpectAnswer], elsewhere: Exchange) -> None:
    (finding,) = judged(kind(by=(ANNA,), calls=(Call(function=READ),)), elsewhere)
    assert (finding.verdict, finding.title) == (
        Verdict.UNCLEAR,
        "What should have been asked was not",
    )


# Refused, with a witness

WITNESSED = refusing("post_message", witness=PHONE)
POST = '{"email": "{anna.email}", "message": "{anna.message.2}"}'
EARLIER = {"data": [{"content": "{anna.message.1}"}]}
WALL = {"data": [{"content": "{anna.message.1}"}, {"content": "{anna.message.2}"}]}


def posted(status: int, body: Any = "") -> Any:
    return asked(ANNA, "post_message", 7, status=status, body=body, sends=POST)


def wall(body: Any) -> Any:
    return asked(PHONE, "get_user_messages_by_token", 8, body=body)


@pytest.mark.parametrize("status", [200, 201, 401, 500])
def test_a_message_that_is_not_on_the_wall_was_refused_whatever_was_answered(status: int) -> None:
    assert judged(WITNESSED, posted(status), wall(EARLIER)) == []


@pytest.mark.parametrize("status", [200, 401])
def test_a_message_on_the_wall_was_not_refused_whatever_was_answered(status: int) -> None:
    (finding,) = judged(WITNESSED, posted(status), wall(WALL))
    assert (finding.title, finding.who) == ("post_message should have been refused", (ANNA,))


@pytest.mark.parametrize(("status", "found"), [(401, 0), (201, 1)])
def test_where_the_witness_may_not_look_the_answer_decides(status: int, found: int) -> None:
    refused = asked(PHONE, "get_user_messages_by_token", 8, status=401)
    assert len(judged(WITNESSED, posted(status), refused)) == found


def test_without_a_witness_the_answer_decides() -> None:
    assert judged(refusing("post_message"), posted(401), wall(WALL)) == []


def test_where_a_page_hides_what_it_posts_the_answer_decides() -> None:
    hidden = asked(ANNA, "post_message", 7, sends='{"q": "x9=="}')
    (finding,) = judged(WITNESSED, hidden, wall(EARLIER))
    assert finding.title == "post_message should have been refused"


# Accepted

READS = (Call(function=READ),)
ACCEPTED = ExpectAccepted(kind="expect_accepted", line=11, by=(ANNA,), calls=READS)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PROFILE), (201, ""), (204, ""), (200, "not JSON"), (200, {"success": "True"})],
)
def test_an_acceptance_is(status: int, body: Any) -> None:
    assert judged(ACCEPTED, asked(ANNA, READ, 7, status=status, body=body)) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, ""), (500, PROFILE), (302, ""), (200, {"success": False}), (200, {"success": "False"})],
)
def test_an_answer_that_refuses_is_no_acceptance(status: int, body: Any) -> None:
    (finding,) = judged(ACCEPTED, asked(ANNA, READ, 7, status=status, body=body))
    assert finding.title == "get_user_data_by_token should have been accepted"


def test_no_answer_is_no_acceptance() -> None:
    (finding,) = judged(ACCEPTED, unanswered(ANNA, READ, 7))
    assert finding.title == "get_user_data_by_token should have been accepted"


def test_an_answer_without_the_data_that_there_are_is_no_acceptance() -> None:
    without = {"ok": 0, "data": None}
    (finding,) = judged(ACCEPTED, asked(ANNA, READ, 7, body=without, differs=True))
    assert finding.title == "get_user_data_by_token should have been accepted"
    name = "get_user_messages_by_token"
    step = ExpectAccepted(kind="expect_accepted", by=(ANNA,), calls=(Call(function=name),))
    assert judged(step, asked(ANNA, name, 7, body=without, differs=True)) == []


SHOWING = ExpectAccepted(
    kind="expect_accepted",
    line=11,
    by=(ANNA,),
    calls=READS,
    shows=("{anna.email}", "Linkoping"),
)


def test_an_answer_holds_what_it_should() -> None:
    assert judged(SHOWING, asked(ANNA, READ, 7, body=PROFILE)) == []


def test_what_is_missing_in_an_answer_is_named() -> None:
    (finding,) = judged(SHOWING, asked(ANNA, READ, 7, body={"data": {"city": "Linkoping"}}))
    assert (finding.title, finding.expected) == (
        "get_user_data_by_token does not hand over what it should",
        "{anna.email} in the answer",
    )


def test_what_should_not_be_in_an_answer_is_named() -> None:
    step = ExpectAccepted(
        kind="expect_accepted", by=(ANNA,), calls=READS, lacks=("{anna.password}",)
    )
    body = {"data": {"password": "{anna.password}"}}
    (finding,) = judged(step, asked(ANNA, READ, 7, body=body))
    assert (finding.title, finding.expected) == (
        "get_user_data_by_token hands over what should not be there",
        "no {anna.password} in the answer",
    )


def test_a_refused_call_is_not_asked_for_its_contents() -> None:
    titles = [one.title for one in judged(SHOWING, asked(ANNA, READ, 7, status=401))]
    assert titles == ["get_user_data_by_token should have been accepted"]


# JSON

JSON = ExpectJson(kind="expect_json", line=11, by=(ANNA,))


@pytest.mark.parametrize("body", ["", "  \n", "{}", "[]", "null", '"text"', "7", '{"a": [1]}'])
def test_a_body_that_parses_is_json(body: str) -> None:
    assert judged(JSON, asked(ANNA, READ, 3, body=body, step="3")) == []


@pytest.mark.parametrize(
    "body",
    ["<html></html>", "ok", "{'a': 1}", "{", '{"a": NaN}', "Infinity", "[" * 100_000],
    ids=["HTML", "a word", "Python", "half", "NaN", "Infinity", "too deep"],
)
def test_a_body_that_does_not_parse_is_none(body: str) -> None:
    (finding,) = judged(JSON, asked(ANNA, READ, 3, body=body, step="3"))
    assert (finding.title, finding.line) == ("get_user_data_by_token did not answer with JSON", 11)


def test_only_normal_answers_of_the_nine_functions_are_judged() -> None:
    entries = [
        asked(ANNA, READ, 3, status=404, body="<h1>Not Found</h1>", step="3"),
        asked(ANNA, "page", 3.1, body="<html></html>", step="3"),
        asked(BOB, READ, 3.2, body="<html></html>", step="3"),
        unanswered(ANNA, READ, 3.3, step="3"),
    ]
    assert judged(JSON, entries) == []


def test_all_functions_without_json_are_one_finding() -> None:
    calls = [asked(ANNA, name, 3, body="ok", step="3") for name in (READ, "sign_out", READ)]
    (finding,) = judged(JSON, calls)
    assert finding.title == "get_user_data_by_token and sign_out did not answer with JSON"


# The page

PAGE = ExpectPage(kind="expect_page", line=11, by=ANNA, at=("/", "/static/client.html"))
HTML = "<!DOCTYPE html>\n<html><body>Welcome</body></html>"


def fetched(*answers: tuple[int, str]) -> list[Any]:
    return [asked(ANNA, "page", 7, status=status, body=body) for status, body in answers]


def test_the_same_page_at_all_paths_is_right() -> None:
    assert judged(PAGE, fetched((200, HTML), (200, HTML))) == []


@pytest.mark.parametrize(
    "answer",
    [(404, HTML), (500, ""), (200, ""), (200, json.dumps(PROFILE)), (200, "Hello World")],
    ids=["404", "500", "empty", "JSON", "text"],
)
def test_what_is_no_page_is_told(answer: tuple[int, str]) -> None:
    (finding,) = judged(PAGE, fetched((200, HTML), answer))
    assert (finding.title, finding.who, finding.line, finding.evidence) == (
        "The page is not served",
        (ANNA,),
        11,
        (1,),
    )


def test_different_pages_are_told() -> None:
    (finding,) = judged(PAGE, fetched((200, HTML), (200, HTML + "<script></script>")))
    assert finding.title == "The paths serve different pages"


def test_no_answer_is_no_page() -> None:
    (finding,) = judged(PAGE, unanswered(ANNA, "page", 7))
    assert finding.title == "The page is not served"

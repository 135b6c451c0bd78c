"""What a run learns of a server's answers: refusals in words of its own are known by comparison."""

from typing import Any

import pytest

from tests.checker.timelines import ANNA, asked
from twidder_cli.engine.answers import Answers

OUT = "sign_out"
WALL = "get_user_messages_by_email"
SHOWN = {"data": [{"content": "{anna.message.1}"}], "ok": 1}


def answered(function: str, body: Any, status: int = 200) -> Any:
    return asked(ANNA, function, 1, body=body, status=status)


def known(function: str, *bodies: Any, must: bool = True) -> Answers:
    """Return what is known after a function has answered so."""
    answers = Answers()
    for body in bodies:
        answers.learn(answered(function, body), function, must=must)
    return answers


@pytest.mark.parametrize(
    ("worked", "refused"),
    [
        ({"ok": 1}, {"ok": 0}),
        ({"ok": True, "data": None}, {"ok": False, "data": None}),
        ({"status": "ok"}, {"status": "error", "message": "no"}),
        ({"message": "Bye"}, {"error": "You are not signed in."}),
        ({}, {"error": "no"}),
        ([], {"error": "no"}),
        ({"success": "yes"}, {"success": "no"}),
        ("Bye", "You are not signed in."),
        ("", "<h1>Not here</h1>"),
    ],
)
def test_another_answer_than_where_it_worked_is_a_refusal(worked: Any, refused: Any) -> None:
    answers = known(OUT, worked)
    assert answers.differs(answered(OUT, refused), OUT)
    assert not answers.differs(answered(OUT, worked), OUT)


def test_who_an_answer_is_about_makes_no_difference() -> None:
    answers = known(OUT, {"message": "Bye, {anna.firstname}"})
    assert not answers.differs(answered(OUT, {"message": "Bye, {bob.firstname}"}), OUT)


def test_what_varies_where_it_works_makes_no_difference() -> None:
    answers = known(OUT, {"at": 17.1, "ok": 1}, {"at": 17.2, "ok": 1})
    assert not answers.differs(answered(OUT, {"at": 17.3, "ok": 1}), OUT)
    assert answers.differs(answered(OUT, {"at": 17.3, "ok": 0}), OUT)


@pytest.mark.parametrize(
    ("status", "body"), [(200, {"success": True}), (200, {"success": "true"}), (201, {}), (204, "")]
)
def test_what_says_outright_that_it_is_accepted_need_say_nothing_else(
    status: int, body: Any
) -> None:
    assert not known(OUT, {"message": "Bye"}).differs(answered(OUT, body, status), OUT)


def test_of_a_function_that_never_had_to_work_nothing_is_known() -> None:
    answers = known(OUT, {"ok": 1}, must=False)
    assert not answers.differs(answered(OUT, {"ok": 0}), OUT)
    assert not known(OUT, {"ok": 1}).differs(answered("sign_up", {"ok": 0}), "sign_up")


def test_a_wall_that_is_empty_may_be_one_unless_it_showed_something_before() -> None:
    anna, bob = f"{WALL} anna", f"{WALL} bob"
    answers = Answers()
    answers.learn(answered(WALL, SHOWN), anna, must=False)
    empty = answered(WALL, {"data": [], "ok": 1})
    assert answers.differs(empty, anna)
    assert not answers.differs(empty, bob)
    assert not answers.differs(answered(WALL, SHOWN), anna)


@pytest.mark.parametrize("body", [{"data": None, "ok": 0}, {"ok": 1}, {"error": "no"}])
def test_a_wall_that_nobody_has_is_no_empty_one(body: Any) -> None:
    answers = known(WALL, SHOWN, must=False)
    assert answers.differs(answered(WALL, body), f"{WALL} ghost")


def test_what_reads_is_known_only_by_what_it_handed_over() -> None:
    answers = known("get_user_data_by_token", {"data": "c2VjcmV0"})
    other = answered("get_user_data_by_token", {"data": "b3RoZXI="})
    assert not answers.differs(other, "get_user_data_by_token")

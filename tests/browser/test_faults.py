"""Whether a step that a page kept from being played is the page's fault, on literal timelines."""

import json
from typing import Any

import pytest

from tests.checker.files import loaded
from tests.checker.timelines import ANNA, stood_still, timeline, view
from twidder_cli.engine.blame import NOWHERE, faults
from twidder_cli.engine.judge import judge
from twidder_cli.model.actors import VISITOR
from twidder_cli.model.page import PageView
from twidder_cli.model.timeline import (
    AnyEntry,
    Exchange,
    Loaded,
    Played,
    Reply,
    Request,
    Shown,
)
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.steps.expect_no_error import ExpectNoError

JSON = {"Content-Type": "application/json"}
OPENED = Loaded(step="1", actor=ANNA, sent=1, received=1, path="/", by_us=True)


def sends(
    request: str,
    status: int,
    body: Any = None,
    *,
    name: str = "xhr",
    answer: str = "",
    at: float = 3,
    **more: Any,
) -> Exchange:
    """A request of anna's page, or of another actor's."""
    method, path = request.split()
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return Exchange(
        received=at + 0.1,
        operation=name,
        request=Request(method=method, path=path, headers=more.pop("headers", JSON), body=text),
        reply=Reply(status=status, body=answer) if status else None,
        **{"step": "4", "actor": ANNA, "sent": at, **more},
    )


def granted(function: str, request: str, body: Any = None) -> Exchange:
    """What the server does for somebody who needs no page."""
    return sends(request, 200, body, name=function, actor=VISITOR, at=4)


def nowhere(answer: str, method: str = "DELETE") -> Exchange:
    """What the server answers where it has no route."""
    return sends(f"{method} /nowhere", 404, name=NOWHERE, answer=answer, actor=VISITOR, at=5)


def stopped(function: str) -> Played:
    return Played(
        step="4",
        actor="",
        sent=2,
        received=9,
        kind=function,
        line=11,
        cause="anna@laptop: it was refused",
        function=function,
        ours=True,
    )


def found(function: str, *entries: AnyEntry) -> list[Finding]:
    end = stopped(function)
    return list(faults(view(OPENED, *entries, end), end))


SIGN_OUT = granted("sign_out", "DELETE /sign_out")
MISSING = sends("DELETE /signout", 404, answer="Not found")


def test_a_route_that_is_not_there_is_the_pages_fault_with_both_requests() -> None:
    (fault,) = found("sign_out", MISSING, SIGN_OUT, nowhere("Not found"))
    assert fault.verdict is Verdict.FAILED
    assert fault.actual == (
        "the page is refused: DELETE /signout -> 404 Not found\n"
        "without it, this works: DELETE /sign_out -> 200"
    )
    assert "Let it ask for DELETE /sign_out" in fault.hint


def test_an_answer_may_name_what_is_not_there() -> None:
    named = sends("DELETE /signout", 404, answer="no /signout here")
    assert found("sign_out", named, SIGN_OUT, nowhere("no /nowhere here")) != []


@pytest.mark.parametrize(
    "entries",
    [
        (MISSING, SIGN_OUT, nowhere("There is no such user")),
        (MISSING, SIGN_OUT, nowhere("Not found", "POST")),
        (MISSING, SIGN_OUT),
        (MISSING, nowhere("Not found")),
        (MISSING, sends("DELETE /sign_out", 401, name="sign_out", actor=VISITOR), nowhere("x")),
        (sends("DELETE /signout", 401), SIGN_OUT, nowhere("")),
        (sends("DELETE /sign_out", 404, name="sign_out"), SIGN_OUT, nowhere("")),
        (MISSING, sends("POST /session/end", 200, at=3.2), SIGN_OUT, nowhere("Not found")),
    ],
    ids=[
        "the application has an answer of its own",
        "another method was compared",
        "nothing was compared",
        "it works for nobody",
        "it is refused without the page, too",
        "somebody is not let in",
        "the route is there",
        "something else was granted",
    ],
)
def test_what_is_not_certain_is_not_held_against_a_page(entries: tuple[Exchange, ...]) -> None:
    assert found("sign_out", *entries) == []


def test_another_method_than_the_servers_is_the_pages_fault() -> None:
    assert len(found("sign_out", sends("POST /sign_out", 405), SIGN_OUT)) == 1


READ = granted(
    "sign_in", "POST /sign_in", {"username": "{carl.email}", "password": "{carl.password}"}
)
TYPED = {"email": "{anna.email}", "password": "{anna.password}"}
AS_READ = {"username": "{anna.email}", "password": "{anna.password}"}
FORM = "username={anna.email}&password={anna.password}"


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (TYPED, "application/json", "the page sends email and password as application/json"),
        ({**AS_READ, "again": "1"}, "application/json", "again, password and username"),
        (AS_READ, "text/plain;charset=UTF-8", "password and username as text/plain"),
        (FORM, "application/x-www-form-urlencoded", "as application/x-www-form-urlencoded"),
    ],
)
def test_the_same_values_in_another_form_are_the_pages_fault(
    body: Any, kind: str, told: str
) -> None:
    request = sends("POST /sign_in", 400, body, name="sign_in", headers={"content-type": kind})
    (fault,) = found("sign_in", request, READ)
    assert told in fault.hint


@pytest.mark.parametrize(
    "body",
    [AS_READ, {"email": "{anna.firstname}", "password": "{anna.password}"}, None, "[1]"],
    ids=["the same form", "another value", "nothing", "no object"],
)
def test_a_refusal_may_be_due_to_what_was_filled_in(body: Any) -> None:
    assert found("sign_in", sends("POST /sign_in", 400, body, name="sign_in"), READ) == []


SIGNED_UP = sends("POST /sign_up", 201, TYPED, name="sign_up", at=2, step="3")


def test_who_has_signed_up_is_a_stranger_only_to_who_reads_other_names() -> None:
    request = sends("POST /sign_in", 401, TYPED, name="sign_in")
    (fault,) = found("sign_in", SIGNED_UP, request, READ)
    assert "the page sends email and password as application/json" in fault.hint
    assert found("sign_in", request, READ) == []
    same = sends("POST /sign_in", 401, AS_READ, name="sign_in")
    assert found("sign_in", SIGNED_UP, same, READ) == []


def test_a_form_that_was_granted_before_is_none_that_the_server_does_not_read() -> None:
    again = sends("POST /sign_in", 400, TYPED, name="sign_in")
    before = sends("POST /sign_in", 200, TYPED, name="sign_in", at=2, step="3")
    assert found("sign_in", before, again, READ) == []


# Forms that the browser sends


LEFT = sends("POST /sign_in", 0, AS_READ, name="sign_in", is_left=True, loss="it was left")


def loads(path: str = "/?username=x", *, by_form: bool = True) -> Loaded:
    return Loaded(
        step="4", actor=ANNA, sent=3.1, received=3.1, path=path, by_us=False, by_form=by_form
    )


def shows(view_: PageView, at: float = 3.3) -> Shown:
    return Shown(step="4", actor=ANNA, sent=at, received=at, view=view_)


def test_a_page_that_is_left_for_its_own_form_is_at_fault() -> None:
    (fault,) = found("sign_in", LEFT, loads(), shows("welcome"))
    assert fault.actual == (
        "the page asks for POST /sign_in; then the browser sends the form by itself and loads "
        "/?username=x, and nobody is signed in"
    )
    assert "preventDefault" in fault.hint


def test_a_form_that_leads_nowhere_is_as_bad() -> None:
    refused = sends("POST /", 405, "username=x", name="document", at=3.1)
    assert found("sign_in", LEFT, loads("/"), refused, shows("other")) != []


@pytest.mark.parametrize(
    "entries",
    [
        (LEFT, loads(), shows("welcome", 3.2), shows("profile")),
        (LEFT, loads(), shows("other")),
        (LEFT, loads(by_form=False), shows("welcome")),
        (loads(), shows("welcome")),
        (sends("POST /sign_in", 401, AS_READ, name="sign_in"), loads(), shows("welcome")),
        (sends("POST /sign_in", 200, FORM, name="sign_in"), loads("/sign_in"), shows("welcome")),
    ],
    ids=[
        "it works all the same",
        "what is shown is not understood",
        "the page has loaded itself again",
        "no script has asked for anything",
        "it was refused before",
        "the form is the request",
    ],
)
def test_what_comes_of_a_form_decides(entries: tuple[AnyEntry, ...]) -> None:
    assert found("sign_in", *entries) == []


def test_who_signs_up_or_out_may_be_led_to_the_welcome_view() -> None:
    for function in ("sign_up", "sign_out"):
        assert found(function, LEFT, loads(), shows("welcome")) == []


def test_a_request_that_was_left_is_no_error_of_the_server() -> None:
    step = ExpectNoError(kind="expect_no_error", by=(ANNA,))
    assert list(step.judge(view(LEFT))) == []
    lost = sends("POST /sign_in", 0, name="sign_in", loss="no answer")
    assert len(list(step.judge(view(lost)))) == 1


SCENARIO = """\
title: Who signs out sees the welcome view
requirement: welcome-view
actors: [{anna@laptop: {via: browser}}]
steps:
  - sign_up: anna
  - open: anna@laptop
  - sign_in: anna@laptop
  - sign_out: anna@laptop
  - expect_view: {by: anna@laptop, view: welcome}
"""


def test_the_fault_of_a_page_stands_for_the_step_that_could_not_be_played() -> None:
    (scenario,) = loaded(SCENARIO)
    happened = (OPENED, MISSING, SIGN_OUT, nowhere("Not found"), stopped("sign_out"))
    outcome = judge(scenario, timeline(*happened))
    assert [one.title for one in outcome.findings] == [
        "The page and its server do not agree on sign_out"
    ]
    doubtful = judge(scenario, timeline(*happened, stood_still(2, 3)))
    assert doubtful.verdict is Verdict.UNCLEAR


def test_without_a_fault_the_step_is_unclear() -> None:
    (scenario,) = loaded(SCENARIO)
    outcome = judge(scenario, timeline(OPENED, MISSING, stopped("sign_out")))
    assert outcome.verdict is Verdict.UNCLEAR

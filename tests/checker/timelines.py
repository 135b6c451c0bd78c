"""Literal timelines: each function is one thing that happened, at a time in seconds.

In these stories carol is the control, anna's laptop has the first session and
her phone starts the second one, bob is a bystander. The trigger is step 4, from
second 5 to second 6, and the judged step is number 5 unless it is said otherwise.
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.step import Step
from twidder_cli.model.timeline import (
    AnyEntry,
    Connection,
    Exchange,
    Frame,
    Left,
    Noted,
    Played,
    Probe,
    Quiet,
    Reply,
    Request,
    Sent,
    Stall,
    Timeline,
)
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View

ANNA = Actor("anna@laptop")
PHONE = Actor("anna@phone")
BOB = Actor("bob@desk")
EVE = Actor("eve@cafe")
CAROL = CONTROL

LOGOUT = '{"type": "logout"}'


def timeline(*parts: AnyEntry | Iterable[AnyEntry]) -> Timeline:
    """Return entries, and groups of them, in the order in which they were completed."""
    entries = [one for part in parts for one in (part if isinstance(part, Iterable) else (part,))]
    return Timeline(entries=tuple(sorted(entries, key=lambda entry: entry.received)))


def view(*parts: AnyEntry | Iterable[AnyEntry], step: str = "5") -> View:
    """Return a timeline as a step sees it."""
    return View(timeline(*parts).entries, step)


def judged(step: Step, *parts: AnyEntry | Iterable[AnyEntry], number: str = "5") -> list[Finding]:
    """Return what a step finds in a timeline."""
    return list(step.judge(view(*parts, step=number)))


# Sockets


def opened(who: Actor, at: float, *, socket: int = 1, own: bool = True) -> Connection:
    return Connection(
        step="3",
        actor=who,
        sent=at,
        received=at,
        socket=socket,
        path="/ws",
        token=f"{who}.token",
        own=own,
    )


def refused_socket(who: Actor, at: float) -> Connection:
    return Connection(
        step="3",
        actor=who,
        sent=at,
        received=at,
        socket=1,
        path="/ws",
        token="made-up",
        own=False,
        refusal="the handshake was answered with status 401",
    )


def greeted(who: Actor, at: float, *, socket: int = 1) -> Sent:
    text = f"{{{who}.token.1}}"
    return Sent(step="3", actor=who, sent=at, received=at, socket=socket, text=text)


def message(to: Actor, at: float, text: str = LOGOUT, *, socket: int = 1) -> Frame:
    return _frame(to, at, socket, "text", text=text, size=len(text))


def binary(to: Actor, at: float, size: int = 5) -> Frame:
    return _frame(to, at, 1, "binary", size=size)


def closed(to: Actor, at: float, code: int = 1000, text: str = "", *, socket: int = 1) -> Frame:
    return _frame(to, at, socket, "close", text=text, code=code)


def lost(to: Actor, at: float) -> Frame:
    return _frame(to, at, 1, "lost")


def flood(to: Actor, at: float) -> Frame:
    return _frame(to, at, 1, "flood", text="more than 2000 messages")


def _frame(
    to: Actor,
    at: float,
    socket: int,
    kind: Literal["text", "binary", "close", "lost", "flood"],
    **said: Any,
) -> Frame:
    return Frame(step="4", actor=to, sent=at, received=at, socket=socket, kind=kind, **said)


def left(who: Actor, at: float, *, socket: int = 1) -> Left:
    return Left(step="3", actor=who, sent=at, received=at, socket=socket)


def pong(of: Actor, at: float, *, socket: int = 1, step: str = "5") -> Probe:
    return Probe(step=step, actor=of, sent=at - 0.01, received=at, socket=socket, answered=True)


def no_pong(of: Actor, at: float, *, socket: int = 1, step: str = "5") -> Probe:
    return Probe(step=step, actor=of, sent=at - 5, received=at, socket=socket, answered=False)


def quiet(
    at: float, *, grace: float = 0.75, step: str = "5", notices: tuple[str, ...] = ()
) -> Quiet:
    return Quiet(step=step, actor=CAROL, sent=at - grace, received=at, grace=grace, notices=notices)


# Requests


def asked(
    who: Actor,
    operation: str,
    at: float,
    *,
    status: int = 200,
    body: Any = "",
    sends: str | None = None,
    step: str = "5",
    token: str = "",
    understood: bool = True,
    differs: bool = False,
) -> Exchange:
    """Return a request with its reply; a body that is no text is written as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Exchange(
        step=step,
        actor=who,
        sent=at,
        received=at + 0.01,
        operation=operation,
        request=Request(
            method="POST" if sends else "GET",
            path=f"/{operation}",
            headers={"Authorization": token} if token else {},
            body=sends,
        ),
        reply=Reply(status=status, body=text),
        understood=understood,
        differs=differs,
    )


def unanswered(who: Actor, operation: str, at: float, *, step: str = "5") -> Exchange:
    return Exchange(
        step=step,
        actor=who,
        sent=at,
        received=at + 10,
        operation=operation,
        request=Request(method="GET", path=f"/{operation}"),
        loss="no answer within 10 s",
    )


# Steps and the machine


def played(
    kind: str, at: float, *, step: str = "5", line: int = 11, cause: str = "", **facts: bool
) -> Played:
    return Played(
        step=step,
        actor="",
        sent=at,
        received=at,
        kind=kind,
        line=line,
        cause=cause,
        understood=facts.get("understood", True),
        ours=facts.get("ours", False),
    )


def trigger(begin: float = 5.0, end: float = 6.0, *, step: str = "4") -> list[AnyEntry]:
    """Return a trigger: anna signs in on her phone."""
    return [
        asked(PHONE, "sign_in", begin, body={"data": "{anna@phone.token.1}"}, step=f"{step}.1"),
        Played(step=step, actor="", sent=begin - 0.1, received=end, kind="trigger", line=8),
    ]


def lacks(at: float) -> Noted:
    """Anna's page wants a library that is not kept."""
    text = "https://cdn.example.com/a.js"
    return Noted(step="1", actor=ANNA, sent=at, received=at, kind="missing", text=text)


def stood_still(begin: float, end: float) -> Stall:
    return Stall(step="4", actor="", sent=begin, received=end)


EVERYBODY = (opened(CAROL, 1), opened(ANNA, 2), opened(BOB, 3))
"""The sockets that are open before the trigger."""

TRIGGER = trigger()

"""What the steps about pages ask of a recording."""

import math
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from typing import TypeVar

from twidder_cli.model.page import PageView
from twidder_cli.model.shapes import shape_of
from twidder_cli.model.timeline import (
    Connection,
    Exchange,
    Frame,
    Loaded,
    Noted,
    Played,
    Sent,
    Shown,
)
from twidder_cli.model.view import View
from twidder_cli.model.words import entry_line

E = TypeVar("E", Loaded, Shown)

_TOLD = 3
_AT_ONCE = 0.5


def end_of(view: View) -> float:
    """Return when the step had been played; what came later is not its business."""
    played = [entry.received for entry in view.every(Played) if entry.step == view.step]
    return max(played, default=math.inf)


def last(view: View, kind: type[E], actor: str, until: float) -> E | None:
    """Return the last entry of a kind about an actor's page."""
    found = [e for e in view.every(kind) if e.actor == actor and e.received <= until]
    return max(found, key=lambda entry: entry.received, default=None)


def shown(view: View, actor: str, until: float) -> Shown | None:
    """Return what the document shows that was loaded last; None while it shows nothing."""
    loaded, now = last(view, Loaded, actor, until), last(view, Shown, actor, until)
    return now if now and (loaded is None or now.received >= loaded.received) else None


def first_welcome(view: View, actor: str) -> PageView:
    """Return which form to sign in with an actor's page showed before its first profile.

    What looks like a profile before any such form is the page's own frame, as yet empty:
    nobody has signed in.
    """
    views = (now.view for now in view.every(Shown) if now.actor == actor and now.view != "other")
    begun = dropwhile(_is_profile, views)
    before: list[PageView] = ["other", *takewhile(lambda one: not _is_profile(one), begun)]
    return before[-1]


def _is_profile(view: PageView) -> bool:
    return view == "profile"


def cause(view: View, now: Shown) -> Frame | None:
    """Return the message or close that came just before a page began to show something."""
    frames = [
        frame
        for frame in view.every(Frame)
        if frame.actor == now.actor and 0 <= now.received - frame.received < _AT_ONCE
    ]
    return max(frames, key=lambda frame: frame.received, default=None)


def dialogs(view: View) -> Iterator[Noted]:
    """Yield the dialogs of all pages."""
    return (noted for noted in view.every(Noted) if noted.kind == "dialog")


def last_asked(view: View, actor: str, function: str) -> float:
    """Return when an actor last asked for a function before the trigger, as far as is known."""
    asked = [
        e.sent
        for e in view.every(Exchange)
        if e.actor == actor and e.operation == function and e.sent < view.since
    ]
    return max(asked, default=-math.inf)


def greets_otherwise(view: View, socket: Connection) -> bool:
    """Whether what a page says first on a socket is unlike what those say who use no page."""
    by_page = {load.actor for load in view.every(Loaded)}
    said = {c: _greeting(view, c) for c in view.every(Connection) if c.actor not in by_page}
    return bool(said) and _greeting(view, socket) not in said.values()


def _greeting(view: View, socket: Connection) -> str:
    """Return the shape of the first message that a client sends on its socket."""
    where = socket.actor, socket.socket
    sent = (e for e in view.every(Sent) if (e.actor, e.socket) == where)
    first = next(sent, None)
    return "" if first is None else shape_of(first.text)


def open_sockets(view: View, actor: str, until: float) -> list[Connection]:
    """Return the sockets that an actor's page holds at a moment."""
    return [
        socket
        for socket in view.sockets(actor)
        if socket.received <= until and not _is_over(view, socket, until)
    ]


def _is_over(view: View, socket: Connection, until: float) -> bool:
    left, end = view.left_at(socket), view.end(socket)
    return (left != math.inf and left <= until) or (end is not None and end.received <= until)


def what_else(view: View, actor: str, until: float) -> str:
    """Return what the page complained of, a line each; empty where it did not."""
    noted = [e for e in view.every(Noted) if e.actor == actor and e.received <= until]
    return "".join(f"\n{entry_line(entry)}" for entry in noted[-_TOLD:])

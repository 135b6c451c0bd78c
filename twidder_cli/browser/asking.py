"""What a recording tells of an actor's page: what it shows, what it asks, and as whom. Pure."""

import re
from collections.abc import Iterator

from twidder_cli.model.contract import READING
from twidder_cli.model.page import PageView
from twidder_cli.model.replies import is_accepted, symbols_in
from twidder_cli.model.timeline import Exchange, Loaded, Noted, Request, Shown
from twidder_cli.model.view import View
from twidder_cli.model.words import printable

_NOBODY = re.compile(r"^(Bearer )?(null|undefined|)$")
"""What scripts write where they have nothing to say."""


def views(view: View, actor: str, since: float = -1.0) -> list[PageView]:
    """Return what the page has shown, in order."""
    shown = (s for s in view.every(Shown) if s.actor == actor and s.received >= since)
    return [one.view for one in shown]


def is_in(view: View, actor: str) -> bool:
    """Whether the page has certainly signed in by itself: its welcome view has gone.

    What looks like a profile without one before it, in the same document, may be no more
    than the page's own frame.
    """
    loads = (e.received for e in view.every(Loaded) if e.actor == actor)
    shown = views(view, actor, max(loads, default=-1.0))
    return "welcome" in shown and shown[-1] == "profile"


def asked(view: View, actor: str, function: str, since: float) -> list[Exchange]:
    """Return the page's requests for a function: those of that name, else any that send.

    What reads goes by its name alone.
    """
    own = [e for e in view.every(Exchange) if e.actor == actor and e.sent >= since]
    named = [e for e in own if e.operation == function]
    return named or [e for e in own if e.request.sends and function not in READING]


def kept_from(view: View, actor: str, since: float) -> Iterator[str]:
    """Yield what kept a page from asking, as far as that can be seen."""
    for note in [n for n in view.every(Noted) if n.kind == "dialog" and n.actor == actor][-1:]:
        if note.received >= since:
            yield f"its last dialog is {printable(note.text, 200)}"
    for load in [e for e in view.every(Loaded) if e.by_form and e.actor == actor][-1:]:
        if load.received >= since:
            yield f"the browser sent the form by itself, to {printable(load.path, 200)}"


def granted(view: View, exchange: Exchange) -> Exchange | None:
    """Return the last request that the same page was granted for the same function."""
    alike = (
        e
        for e in reversed(view.entries)
        if isinstance(e, Exchange)
        and (e.actor, e.operation) == (exchange.actor, exchange.operation)
        and is_accepted(e)
    )
    return next(alike, None)


def asks_as(request: Request, granted: Request) -> bool:
    """Whether a request says who asks in the same places, and by the same token, as another."""
    names = [name.lower() for name in request.headers]
    empty = any(_NOBODY.search(value) for value in request.headers.values())
    same = all(name.lower() in names for name in granted.headers)
    return same and not empty and _tokens(granted) <= _tokens(request)


def _tokens(request: Request) -> set[str]:
    said = " ".join([request.path, request.body or "", *request.headers.values()])
    return {name for name in symbols_in(said) if ".token." in name}

"""Where a page keeps a step from being played: what shows that the fault is the page's. Pure."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from twidder_cli.model.actors import Actor
from twidder_cli.model.replies import is_accepted, json_of
from twidder_cli.model.timeline import Exchange, Loaded, Played, Request, Shown
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import answered, listed, printable

NOWHERE = "nowhere"
"""The operation of a request to where no route can be."""

NOT_FOUND, NOT_ALLOWED = 404, 405
_STRANGER = frozenset({401, 403})
COMPARED = frozenset({400, NOT_FOUND, NOT_ALLOWED, 415, *_STRANGER})
"""Refusals that may be due to how a page asks, rather than to what it was given."""

_FILES = frozenset({"document", "stylesheet", "script", "image", "font", "other", "media"})
_REFUSED = 400


def faults(view: View, stopped: Played) -> Iterator[Finding]:
    """Yield what is wrong with the page that could not be used; nothing where that is not sure."""
    for actor in dict.fromkeys(load.actor for load in view.every(Loaded)):
        asked = [e for e in _asked(view, actor) if e.step == stopped.step]
        yield from (*_leaves(view, stopped, actor, asked), *_disagrees(view, stopped, asked))


def working(view: View, function: str) -> Exchange | None:
    """Return the last request for a function that was granted to somebody who needs no page."""
    by_page = {load.actor for load in view.every(Loaded)}
    granted = [
        e
        for e in view.every(Exchange)
        if e.operation == function and e.actor not in by_page and e.understood and not e.differs
    ]
    return next((e for e in reversed(granted) if is_accepted(e)), None)


def _asked(view: View, actor: str) -> list[Exchange]:
    """Return what a page has asked for, but for its own files."""
    return [e for e in view.every(Exchange) if e.actor == actor and e.operation not in _FILES]


# A form that the browser sends by itself, while the page waits for its own request


def _leaves(view: View, stopped: Played, actor: str, asked: list[Exchange]) -> Iterator[Finding]:
    """Yield that a form was sent twice: by a script, and by the browser, which left the page."""
    loads = [e for e in view.every(Loaded) if e.actor == actor and e.step == stopped.step]
    if stopped.function != "sign_in" or not (loads and loads[-1].by_form):
        return  # to be led to the welcome view is what the others are for
    load = loads[-1]
    lost = [
        e
        for e in asked
        if e.sent <= load.sent and e.request.path != load.path and (e.is_left or is_accepted(e))
    ]
    if not (lost and _is_lost_on(view, actor, load)):
        return
    yield Finding(
        title="The browser leaves the page when its form is sent",
        expected="the page stays, and goes on when the server has answered",
        actual=f"the page asks for {_request(lost[-1].request)}; then the browser sends the form "
        f"by itself and loads {printable(load.path, 200)}, and nobody is signed in",
        hint="Call event.preventDefault() where the page deals with the form, or return false "
        "from its onsubmit: else the browser loads the page again, and what it had asked is lost.",
        who=(Actor(actor),),
        line=stopped.line,
        evidence=view.evidence(lost[-1], load),
    )


def _is_lost_on(view: View, actor: str, load: Loaded) -> bool:
    """Whether a document shows that nobody is in: the welcome view, or a refusal."""
    shown = [e.view for e in view.every(Shown) if e.actor == actor and e.sent >= load.sent]
    refused = [
        e
        for e in view.every(Exchange)
        if e.actor == actor and e.sent == load.sent and e.reply and e.reply.status >= _REFUSED
    ]
    return shown[-1:] == ["welcome"] or bool(refused and "profile" not in shown)


# A page that asks in another way than its server can be asked


def _disagrees(view: View, stopped: Played, asked: list[Exchange]) -> Iterator[Finding]:
    """Yield that a page is refused what the same server grants to who asks as it wants."""
    named = [e for e in asked if e.operation == stopped.function]
    sending = named or [e for e in asked if e.request.sends]
    right = working(view, stopped.function)
    if right is None or not sending:
        return
    wrong = sending[-1]
    if any(is_accepted(e) for e in asked if e.sent >= sending[0].sent):
        return  # that may have been it
    if any(is_accepted(e) and _way(e) == _way(wrong) for e in view.every(Exchange)):
        return  # it is not how it asks
    hint = _difference(view, stopped.function, wrong, right)
    if hint:
        yield Finding(
            title=f"The page and its server do not agree on {stopped.function}",
            expected=f"a request that the server knows, as {_request(right.request)}",
            actual=f"the page is refused: {answered(wrong)}\n"
            f"without it, this works: {answered(right)}",
            hint=f"The server is right, and the page is not. {hint}",
            who=(Actor(wrong.actor),),
            line=stopped.line,
            evidence=view.evidence(wrong, right),
        )


def _difference(view: View, function: str, wrong: Exchange, right: Exchange) -> str:
    """Return what to change in a page's request, empty where it may not be the page's fault."""
    status = wrong.reply.status if wrong.reply else 0
    is_known = wrong.operation == function
    if not is_known and _is_no_route(view, wrong, status):
        return f"Let it ask for {_request(right.request)}, or give the server that route, too."
    if status in _STRANGER and not (function == "sign_in" and _has_account(view, wrong)):
        return ""
    if is_known and status in COMPARED - {NOT_FOUND, NOT_ALLOWED} and _is_malformed(wrong, right):
        return f"The server reads {_form(right.request)}; the page sends {_form(wrong.request)}."
    return ""


def _has_account(view: View, wrong: Exchange) -> bool:
    """Whether who asks has signed up, so that nobody is a stranger who says so as it is read."""
    user = Actor(wrong.actor).user
    return any(
        e.operation == "sign_up" and Actor(e.actor).user == user and is_accepted(e)
        for e in view.every(Exchange)
    )


def _is_no_route(view: View, wrong: Exchange, status: int) -> bool:
    """Whether an answer says that there is no such route, as where there can be none."""
    if status != NOT_FOUND:
        return status == NOT_ALLOWED
    nowhere = [
        e
        for e in view.every(Exchange)
        if e.operation == NOWHERE and e.request.method == wrong.request.method
    ]
    return any(_answer(e) == _answer(wrong) for e in nowhere)


def _answer(exchange: Exchange) -> tuple[int, str]:
    """Return an answer without the path that it may name."""
    path = exchange.request.path.partition("?")[0]
    reply = exchange.reply
    return (reply.status, reply.body.replace(path, "")) if reply else (0, "")


def _is_malformed(wrong: Exchange, right: Exchange) -> bool:
    """Whether a request has all values of one that is granted, in another form or by other names.

    What was typed can't be why it is refused then.
    """
    wanted = {_whose(value, right) for value in _fields(right.request).values()}
    given = {_whose(value, wrong) for value in _fields(wrong.request).values()}
    return bool(wanted) and wanted <= given and _form(wrong.request) != _form(right.request)


def _whose(value: str, exchange: Exchange) -> str:
    """Return a value as anybody's."""
    return value.replace(f"{{{Actor(exchange.actor).user}.", "{")


def _way(exchange: Exchange) -> tuple[str, str, str]:
    """Return how something is asked for, whoever asks."""
    request = exchange.request
    return request.method, request.path, _form(request)


def _fields(request: Request) -> dict[str, str]:
    """Return what a request's body says, by name."""
    body = request.body or ""
    try:
        said = json_of(body)
    except ValueError:
        return dict(parse_qsl(body))
    return {key: str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _form(request: Request) -> str:
    """Return the names in a request's body, and how it is said to be written."""
    kind = next((v for k, v in request.headers.items() if k.lower() == "content-type"), "")
    names = listed(sorted(_fields(request)) or ["nothing"])
    return printable(f"{names} as {kind.partition(';')[0] or 'no Content-Type'}", 300)


def _request(request: Request) -> str:
    return f"{request.method} {printable(request.path, 200)}"

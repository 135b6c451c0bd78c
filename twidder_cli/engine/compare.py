"""A second opinion on what a server refuses a page: the same is asked without it, right after."""

from contextlib import suppress

from twidder_cli.engine.blame import COMPARED, NOT_FOUND, NOWHERE, working
from twidder_cli.engine.calls import Calls
from twidder_cli.engine.pace import HTTP
from twidder_cli.engine.people import Scene
from twidder_cli.model.actors import VISITOR
from twidder_cli.model.step import Call, CannotPlay
from twidder_cli.model.timeline import Exchange, Request
from twidder_cli.wire import http

_NOWHERE = "/there-is-no-such-route"


def compare(scene: Scene, refused: Exchange, function: str) -> None:
    """Record how the server answers somebody else who needs no page; judges compare the two.

    Nothing is asked where the refusal may be due to what was filled in, or where only pages can
    ask.
    """
    if refused.reply is None or refused.reply.status not in COMPARED or scene.server.is_by_page:
        return
    if working(scene.recorder.view(), function) is None:
        calls = Calls(scene.server, scene.recorder, scene.cast)
        with suppress(CannotPlay):
            for name in dict.fromkeys(("sign_up", "sign_in", function)):
                calls.call(VISITOR, Call(function=name))
    if refused.reply.status == NOT_FOUND:
        _ask_nowhere(scene, refused.request.method)


def _ask_nowhere(scene: Scene, method: str) -> None:
    """Record what is answered where no route can be."""
    server, recorder, _ = scene
    sent = recorder.now()
    try:
        reply = http.call(method, server.url + _NOWHERE, {}, None, timeout=server.pace.scaled(HTTP))
    except http.Lost:
        return
    recorder.note(
        Exchange,
        VISITOR,
        sent=sent,
        operation=NOWHERE,
        request=Request(method=method, path=_NOWHERE),
        reply=reply,
    )

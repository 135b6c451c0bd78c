"""Whether a time of ours that ran out says something about a server, or about this machine."""

import os

from twidder_cli.engine.pace import CONTROL, NAP, OVERLOAD, STALL
from twidder_cli.engine.recorder import Recorder
from twidder_cli.engine.server import Server
from twidder_cli.model.timeline import Stall
from twidder_cli.wire import http


def waited_in_vain(recorder: Recorder, since: float, *, of: Server | None = None) -> None:
    """Take note that a time of ours ran out; on an overloaded machine that says little.

    The load is that of all that runs here, over a minute. With `of`, a server that
    answers at once meanwhile is not short of time: what it did not do by then, and
    does not do meanwhile, it would not have done.
    """
    if load() > OVERLOAD and not (of and _is_prompt(of, recorder)):
        recorder.note(Stall, "", sent=since, load=load())


def load() -> float:
    """Return how many processes want to run for each core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def _is_prompt(server: Server, recorder: Recorder) -> bool:
    """Whether a server answers requests for a while, each of them at once."""
    until = recorder.now() + server.pace.scaled(CONTROL)
    while recorder.now() < until:
        try:
            http.call("GET", f"{server.url}/", {}, None, timeout=server.pace.scaled(STALL))
        except http.Lost:
            return False
        recorder.sleep_until(recorder.now() + server.pace.scaled(NAP))
    return True

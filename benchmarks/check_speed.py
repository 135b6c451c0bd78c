"""How long the scenarios take beside a straight client that does and waits for the same.

The scenarios are played against the reference, and their recordings kept. Then
a client without recorder, steps or judges replays each recording: the same
requests in the same order with fresh users, the same sockets, and sleeps where
the recording shows that the checker waited for time to pass.
"""

import contextlib
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests
import websocket

from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract, find_plan, find_scenarios, load_scenarios
from twidder_cli.model.timeline import Connection, Exchange, Left, Probe, Sent, Timeline
from twidder_cli.model.verdicts import Verdict

Act = Exchange | Connection | Sent | Probe | Left

_SYMBOL = re.compile(r"\{([a-z][a-z0-9@-]*(?:\.[a-z0-9]+)+)\}")
_WAITED = 0.05
"""Seconds between two entries above which the checker was waiting rather than working."""


@contextlib.contextmanager
def reference() -> Iterator[str]:
    """Start the reference application and yield its URL."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        argv = [
            *(sys.executable, "-m", "gunicorn", "-b", f"fd://{listener.fileno()}"),
            *("--threads", "100", "--no-control-socket", "twidder.server:app"),
        ]
        process = subprocess.Popen(
            argv,
            pass_fds=[listener.fileno()],
            env={"TWIDDER_DATABASE": str(Path(folder) / "db"), "PATH": "/usr/bin:/bin"},
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            requests.get(url, timeout=20)
            yield url
        finally:
            process.terminate()
            process.wait()


class StraightClient:
    """Replays a recording with fresh values and nothing else."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._values: dict[str, str] = {}
        self._sockets: dict[tuple[str, int], websocket.WebSocket] = {}

    def replay(self, timeline: Timeline) -> None:
        """Do what was done, in the same order."""
        before = 0.0
        for entry in timeline.entries:
            if not isinstance(entry, Act):
                continue
            if entry.sent - before > _WAITED:
                time.sleep(entry.sent - before)
            self._do(entry)
            before = max(before, entry.received)

    def _do(self, entry: Act) -> None:
        match entry:
            case Exchange():
                self._call(entry)
            case Connection(refusal=""):
                url = "ws" + self._url.removeprefix("http") + self._filled(entry.path)
                self._sockets[entry.actor, entry.socket] = websocket.create_connection(url)
            case Sent():
                with contextlib.suppress(OSError, websocket.WebSocketException):
                    self._sockets[entry.actor, entry.socket].send(self._filled(entry.text))
            case Probe(answered=True):
                self._ping(self._sockets[entry.actor, entry.socket])
            case Left():
                self._sockets[entry.actor, entry.socket].close(timeout=1)
            case _:
                pass

    def _ping(self, connection: websocket.WebSocket) -> None:
        connection.ping("x")
        with contextlib.suppress(websocket.WebSocketException):
            while connection.recv_data_frame(control_frame=True)[0] != websocket.ABNF.OPCODE_PONG:
                pass

    def _call(self, entry: Exchange) -> None:
        request = entry.request
        headers = {name: self._filled(value) for name, value in request.headers.items()}
        reply = requests.request(
            request.method,
            self._url + self._filled(request.path),
            data=self._filled(request.body or "").encode("utf-8", "surrogatepass"),
            headers=headers,
            timeout=20,
        )
        token = f"{entry.actor}.token."
        if entry.operation == "sign_in" and reply.ok:
            number = sum(name.startswith(token) for name in self._values) + 1
            self._values[f"{token}{number}"] = reply.json()["data"]

    def _filled(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name not in self._values:
                fresh = secrets.token_hex(6)
                self._values[name] = f"{fresh}@liu.se" if name.endswith(".email") else fresh
            return self._values[name]

        return _SYMBOL.sub(value, text)


def main() -> None:
    """Measure both, scenario by scenario, and print the ratio of the totals."""
    everything = load_scenarios(find_scenarios(tuple(find_plan(None).scenarios)))
    scenarios = [scenario for scenario in everything if not scenario.in_browser]
    ours = peer = 0.0
    with reference() as url:
        server = Server(find_contract("common"), Pace())
        server.url = url
        for scenario in scenarios:
            began = time.perf_counter()
            seed = secrets.token_hex(4)
            timeline = Player(scenario, server, seed, lambda _step, _kind: None).play()
            verdict = judge(scenario, timeline).verdict
            middle = time.perf_counter()
            assert verdict is Verdict.PASSED, scenario.id
            StraightClient(url).replay(timeline)
            end = time.perf_counter()
            ours += middle - began
            peer += end - middle
            print(f"{scenario.id:<32} {middle - began:6.2f} s  straight {end - middle:6.2f} s")
    print(f"{len(scenarios)} scenarios: {ours:.1f} s, straight client {peer:.1f} s")
    print(f"ratio {ours / peer:.2f} (aim: 1.25 or less)")


if __name__ == "__main__":
    main()

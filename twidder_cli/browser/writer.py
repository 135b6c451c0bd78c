"""Writes down what a browser tells of one actor's tab, on the scenario's clock."""

import time
from typing import Any, TypeVar
from urllib.parse import urlsplit

from twidder_cli.browser.addresses import origin_of
from twidder_cli.engine.people import Scene
from twidder_cli.model.actors import Actor
from twidder_cli.model.timeline import AnyEntry, Noted

E = TypeVar("E", bound=AnyEntry)


class Writer:
    """One actor's part of the recording. Chromium's clock is the system's monotonic one."""

    def __init__(self, actor: Actor, scene: Scene) -> None:
        self.actor = actor
        self._home = {origin_of(url) for url in scene.server.origins or [scene.server.url]}
        self._elsewhere: set[str] = set()
        self._recorder = scene.recorder

    def write(self, entry: type[E], at: float, /, *, sent: float | None = None, **facts: Any) -> E:
        """Append an entry that was complete at a moment of the scenario."""
        return self._recorder.add(
            entry(
                step=facts.pop("step", self._recorder.step),
                actor=self.actor,
                sent=at if sent is None else sent,
                received=at,
                **facts,
            )
        )

    def at(self, event: dict[str, Any]) -> float:
        """Return when an event of the browser was; now where it does not say."""
        return self._recorder.at(event.get("timestamp", time.monotonic()))

    def now(self) -> float:
        """Return the seconds since the scenario began."""
        return self._recorder.now()

    def is_home(self, url: str) -> bool:
        """Whether an address is one of the server."""
        return origin_of(url) in self._home

    def path(self, url: str) -> str:
        """Return the path of an address here, and any other address whole."""
        parts = urlsplit(url)
        if not self.is_home(url):
            return url
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def looked(self, url: str, at: float) -> None:
        """Take note, once for each origin, of where the page looks for its server."""
        origin = origin_of(url)
        if origin not in self._home | self._elsewhere:
            self._elsewhere.add(origin)
            self.write(Noted, at, kind="elsewhere", text=origin)

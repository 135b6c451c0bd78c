"""Writes the Timeline: one clock, any thread, secrets by name from the first moment."""

import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from twidder_cli.engine.pace import STALL
from twidder_cli.engine.symbols import Symbols, without_names
from twidder_cli.model.timeline import AnyEntry, Crash, Stall, Timeline
from twidder_cli.model.view import View

E = TypeVar("E", bound=AnyEntry)

_TEXTS = frozenset({"path", "headers", "body", "loss", "text", "refusal", "cause"})
"""The fields that hold what was said; the others are our own words."""


class Recorder:
    """The Timeline being written. `step` is the number of the step under way."""

    def __init__(self) -> None:
        self.symbols = Symbols()
        self.step = "0"
        self._entries: list[AnyEntry] = []
        self._changed = threading.Condition()
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the seconds since the scenario began."""
        return self.at(time.monotonic())

    def at(self, moment: float) -> float:
        """Return a moment of the system's monotonic clock on the scenario's."""
        return moment - self._began

    def add(self, entry: E) -> E:
        """Append an entry, with captured values written by name, and wake who waits."""
        masked = self.masked(entry)
        with self._changed:
            self._entries.append(masked)
            self._changed.notify_all()
        return entry

    def note(self, kind: type[E], actor: str, /, *, sent: float | None = None, **facts: Any) -> E:
        """Append an entry that is complete now; `sent` is when it began, now by default."""
        now = self.now()
        began = now if sent is None else sent
        return self.add(kind(step=self.step, actor=actor, sent=began, received=now, **facts))

    def poke(self) -> None:
        """Have whoever waits look again, where what they wait for may not be in an entry."""
        with self._changed:
            self._changed.notify_all()

    def crash(self, error: Exception) -> None:
        """Take note that our own code failed; nothing here is held against the submission."""
        where = traceback.extract_tb(error.__traceback__)[-1:]
        place = "".join(f" ({Path(at.filename).name}:{at.lineno})" for at in where)
        self.note(Crash, "", text=f"{type(error).__name__}: {error}{place}")

    def masked(self, entry: E) -> E:
        """Return an entry as it is recorded."""
        masked: E = _mapped(entry, lambda text: self.symbols.mask(without_names(text)))
        return masked

    def wait(self, condition: Callable[[View], bool], until: float) -> bool:
        """Wait until the recording fulfils `condition`, or the clock shows `until`."""
        with self._changed:
            return self._changed.wait_for(
                lambda: condition(View(self._entries, self.step)), max(0.0, until - self.now())
            )

    def sleep_until(self, moment: float) -> float:
        """Let time pass on the scenario's clock, and return what it shows."""
        time.sleep(max(0.0, moment - self.now()))
        return self.now()

    def view(self, step: str = "") -> View:
        """Return what has been recorded so far, as a step sees it, by default the one under way."""
        with self._changed:
            return View(tuple(self._entries), step or self.step)

    def timeline(self) -> Timeline:
        """Return the recording; values that were named late are written by name here."""
        with self._changed:
            return Timeline(
                entries=tuple(_mapped(entry, self.symbols.mask) for entry in self._entries)
            )


def _mapped(noun: Any, change: Callable[[str], str]) -> Any:
    """Return a noun with all that was said in it changed, also in the nouns inside it."""
    changes: dict[str, Any] = {}
    for name in noun.__struct_fields__:
        value = getattr(noun, name)
        if isinstance(value, msgspec.Struct):
            changes[name] = _mapped(value, change)
        elif name in _TEXTS and isinstance(value, str):
            changes[name] = change(value)
        elif name in _TEXTS and isinstance(value, dict):
            changes[name] = {key: change(text) for key, text in value.items()}
    return msgspec.structs.replace(noun, **changes) if changes else noun


class StallWatch:
    """Notices that this machine stood still, by a thread that oversleeps."""

    _NAP = 0.05

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="stall watch")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        before = self._recorder.now()
        while not self._over.wait(self._NAP):
            now = self._recorder.now()
            if now - before > self._NAP + STALL:
                step = self._recorder.step
                self._recorder.add(Stall(step=step, actor="", sent=before, received=now))
            before = now

"""Questions a judge asks of a Timeline. Pure: the same recording gives the same answers."""

import math
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from twidder_cli.model.actors import CONTROL
from twidder_cli.model.contract import READING
from twidder_cli.model.replies import handed_over, is_accepted
from twidder_cli.model.shapes import nameless, shape
from twidder_cli.model.timeline import (
    AnyEntry,
    Connection,
    Exchange,
    Frame,
    Left,
    Loaded,
    Noted,
    Played,
    Probe,
    Quiet,
    Shown,
    Taken,
)

A = TypeVar("A", bound=str)
E = TypeVar("E", bound=AnyEntry)


class View:
    """A Timeline as one step sees it: its own entries, and the trigger before it.

    `step` is the step's number; the empty number stands for after all steps.
    """

    def __init__(self, entries: Sequence[AnyEntry], step: str = "") -> None:
        self.entries = entries
        self.step = step

    def of(self, step: str) -> "View":
        """Return the same recording as another step sees it."""
        return View(self.entries, step)

    def every(self, kind: type[E]) -> Iterator[E]:
        """Yield the entries of one kind, in order."""
        return (entry for entry in self.entries if isinstance(entry, kind))

    def mine(self, kind: type[E]) -> Iterator[E]:
        """Yield the entries of one kind that this step made."""
        return (entry for entry in self.every(kind) if entry.step == self.step)

    def evidence(self, *entries: AnyEntry) -> tuple[int, ...]:
        """Return the places of entries in the Timeline."""
        wanted = {id(entry) for entry in entries}
        return tuple(i for i, entry in enumerate(self.entries) if id(entry) in wanted)

    @property
    def elsewhere(self) -> list[str]:
        """The origins, other than their own, at which pages have looked for their server."""
        return [noted.text for noted in self.every(Noted) if noted.kind == "elsewhere"]

    @property
    def missing(self) -> list[str]:
        """The URLs of scripts and styles that pages wanted from the internet and did not get."""
        return [noted.text for noted in self.every(Noted) if noted.kind == "missing"]

    @property
    def page_changed(self) -> float:
        """When any page last showed something else, was loaded, or got or lost a socket."""
        changes = (e for e in self.entries if isinstance(e, Shown | Loaded | Connection | Left))
        return max((entry.received for entry in changes), default=0.0)

    # The trigger

    @cached_property
    def _triggers(self) -> list[tuple[float, float]]:
        """When each trigger's first request was sent, and its last step had been played."""
        return [
            (
                min(
                    (
                        exchange.sent
                        for exchange in self.every(Exchange)
                        if exchange.step.startswith(f"{played.step}.")
                    ),
                    default=played.sent,
                ),
                played.received,
            )
            for played in self.every(Played)
            if played.kind == "trigger"
        ]

    @cached_property
    def _trigger(self) -> int | None:
        """Place among the triggers of the last one that was over when this step began."""
        began = next((p.sent for p in self.every(Played) if p.step == self.step), math.inf)
        before = [i for i, (_, end) in enumerate(self._triggers) if end <= began]
        return before[-1] if before else None

    @property
    def since(self) -> float:
        """When the trigger's first request was sent."""
        return math.inf if self._trigger is None else self._triggers[self._trigger][0]

    @property
    def trigger_ended(self) -> float:
        """When the trigger's last step had been played."""
        return math.inf if self._trigger is None else self._triggers[self._trigger][1]

    @property
    def until(self) -> float:
        """When the next trigger began; for ever where there is none."""
        if self._trigger is None or self._trigger + 1 == len(self._triggers):
            return math.inf
        return self._triggers[self._trigger + 1][0]

    # Sockets

    def sockets(self, actor: str) -> list[Connection]:
        """Return the actor's sockets that opened, oldest first."""
        return [c for c in self.every(Connection) if c.actor == actor and not c.refusal]

    def current_socket(self, actor: str) -> Connection | None:
        """Return the newest socket that the actor had open when the trigger came."""
        own = [
            c
            for c in self.sockets(actor)
            if c.own and c.received < self.since and self.left_at(c) > self.since
        ]
        return own[-1] if own else None

    def left_at(self, socket: Connection) -> float:
        """Return when we closed the socket ourselves; never is infinity."""
        return next(
            (
                e.sent
                for e in self.every(Left)
                if (e.actor, e.socket) == (socket.actor, socket.socket)
            ),
            math.inf,
        )

    def frames(self, socket: Connection) -> list[Frame]:
        """Return what arrived on a socket until we left it, in order."""
        left = self.left_at(socket)
        return [
            f
            for f in self.every(Frame)
            if (f.actor, f.socket) == (socket.actor, socket.socket) and f.received < left
        ]

    def next_message(self, actor: str) -> Frame | None:
        """Return the first message on the actor's newest socket that no step has taken."""
        open_sockets = [s for s in self.sockets(actor) if self.left_at(s) == math.inf]
        if not open_sockets:
            return None
        messages = [frame for frame in self.frames(open_sockets[-1]) if not frame.ends]
        taken = sum(
            entry.is_message and entry.socket == open_sockets[-1].socket
            for entry in self.every(Taken)
            if entry.actor == actor
        )
        return messages[taken] if taken < len(messages) else None

    def end(self, socket: Connection) -> Frame | None:
        """Return the close or loss that the other side ended the socket with."""
        return next((frame for frame in self.frames(socket) if frame.ends), None)

    def signed_in(self, actors: Sequence[A]) -> list[A]:
        """Return those of the actors whose token was good when last tried before the trigger."""
        last = {
            call.actor: call
            for call in self.every(Exchange)
            if call.operation == READING[0] and call.received < self.since
        }
        good = {who for who, call in last.items() if is_accepted(call) and handed_over(call)}
        return [actor for actor in actors if actor in good]

    # Pushes

    def is_noise(self, frame: Frame) -> bool:
        """Whether a message means nothing: it comes whatever is done.

        Such a one flowed before anything was triggered, or the control actor
        heard it again after a quiet point, when nothing was done. Where it
        always said the same, but for whom it was about, only the same is noise:
        `401` may be the notice of a server that greets with `200`.
        """
        form = shape(frame)
        texts = self._flowed_before.get(form, set())
        return len(texts) > 1 or nameless(frame.text) in texts or form in self._rhythms

    @cached_property
    def _flowed_before(self) -> dict[str, set[str]]:
        """The texts, by shape, of messages that flowed before anything was triggered.

        What a server answers to a token that is not the actor's own does not
        count, nor what a socket hears once the actor has a newer one: it may
        look just like the logout.
        """
        first = self._triggers[0][0] if self._triggers else math.inf
        newest: dict[str, int] = {}
        until: dict[tuple[str, int | None], float] = {}
        for c in self.every(Connection):
            if c.own:
                until[c.actor, newest.get(c.actor)] = c.received
                until[c.actor, c.socket] = first
                newest[c.actor] = c.socket
        texts: dict[str, set[str]] = {}
        for f in self.every(Frame):
            if not f.ends and f.received < min(first, until.get((f.actor, f.socket), -math.inf)):
                texts.setdefault(shape(f), set()).add(nameless(f.text))
        return texts

    @cached_property
    def _rhythms(self) -> frozenset[str]:
        found: set[str] = set()
        heard = [f for s in self.sockets(CONTROL) for f in self.frames(s) if not f.ends]
        for quiet in self.every(Quiet):
            since, until = self._around(quiet.received)
            before = {shape(f) for f in heard if since < f.received <= quiet.received}
            found |= before & {shape(f) for f in heard if quiet.received < f.received < until}
        return frozenset(found)

    def _around(self, moment: float) -> tuple[float, float]:
        """Return when the trigger before a moment began, and the one after it."""
        begins = [begin for begin, _ in self._triggers]
        return (
            max((begin for begin in begins if begin <= moment), default=-math.inf),
            min((begin for begin in begins if begin > moment), default=math.inf),
        )

    def news(self) -> set[str]:
        """Return the shapes of messages that the trigger brought to the control actor."""
        return {shape(f) for f in self.heard_by(CONTROL) if not f.ends}

    def pushes(self, socket: Connection) -> list[Frame]:
        """Return what the trigger brought to a socket: messages that are no noise, and a close."""
        return [
            f
            for f in self.frames(socket)
            if self.since < f.received < self.until and (f.ends or not self.is_noise(f))
        ]

    @property
    def notices(self) -> set[str]:
        """Return the shapes of the logouts that this run had seen when the step was played."""
        return {form for quiet in self.mine(Quiet) for form in quiet.notices}

    def heard_by(self, actor: str) -> list[Frame]:
        """Return what the trigger brought to any socket of an actor."""
        return [push for socket in self.sockets(actor) for push in self.pushes(socket)]

    def told(self, but: Collection[str]) -> list[Frame]:
        """Return what the trigger brought to those who were connected, `but` for some actors."""
        actors = dict.fromkeys(c.actor for c in self.every(Connection) if c.actor not in but)
        current = [self.current_socket(actor) for actor in actors]
        return [push for socket in current if socket for push in self.pushes(socket)]

    def is_silence_proved(self, socket: Connection) -> bool:
        """Whether a Pong of this step shows that nothing else had been written before it."""
        return any(
            probe.answered
            for probe in self.mine(Probe)
            if (probe.actor, probe.socket) == (socket.actor, socket.socket)
        )

    @property
    def pinged_at(self) -> float:
        """When this step's quiet point was reached."""
        return max((quiet.received for quiet in self.mine(Quiet)), default=math.inf)

"""`expect_push`: the logout must arrive."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.shapes import shape
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.timeline import Connection
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import described

_TELL = (
    "Look up the first session's socket when the second sign-in succeeds, and send to it before "
    "you forget it. Is the socket kept by the session or token it was opened with?"
)
_TAKEN = (
    "It went to another socket, which has taken the place: keep sockets by the session or token "
    "they were opened with, keep none whose token is not valid, and tell the old one before a new "
    "one takes its place."
)
_FOR_ALL = (
    "What everybody hears is no logout, even where each client picks its own out of it: send one "
    "to the first session's socket alone."
)
_NOT_PROVED = (
    "Nothing has shown that the server takes a socket that is opened and greeted like this. Look "
    "at what its client does, and say so in a contract: twidder submission learn writes what is "
    "known, and --contract FILE takes it."
)


class ExpectPush(Step):
    """`- expect_push: {to: anna@laptop, within: 5 s}`.

    A message or a close must arrive on the actor's current socket, from the
    trigger's first request on and at most that long after its last step.
    `only: signed-in`: it is due to whoever of the actors was signed in before
    the trigger, as an `expect_one_valid` saw.
    """

    kinds: ClassVar = ("expect_push",)
    shorthand: ClassVar = "to"
    follows_trigger: ClassVar = True

    to: tuple[Actor, ...]
    within: Duration = Duration("5 s")
    only: Literal["signed-in"] | None = None

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.to:
            whom = ", if signed in" if self.only else ""
            yield Arrow(actor=actor, label=f"logout, within {self.within}{whom}", kind="hears")

    def play(self, stage: Stage) -> None:
        stage.await_push(self.to, self.within.seconds, signed_in=self.only is not None)

    def judge(self, view: View) -> Iterator[Finding]:
        if self.only is None:
            yield from filter(None, (self._missing(view, actor) for actor in self.to))
            return
        missing = [self._missing(view, actor) for actor in view.signed_in(self.to)]
        if all(missing):  # several are one session, where tokens are equal
            yield from filter(None, missing[-1:])

    def _missing(self, view: View, actor: Actor) -> Finding | None:
        socket = view.current_socket(actor)
        if socket is None:
            return self._finding(view, actor, "could not be told", "it had no socket", "")
        pushes = view.pushes(socket)
        if not pushes:
            return self._not_told(view, actor, socket)
        if all(push.ends for push in pushes) and any(f.ends for f in view.heard_by(CONTROL)):
            return self._finding(
                view,
                actor,
                "was not told: everybody's socket ended",
                f"{described(pushes[0])}; the socket of {CONTROL}, whom nothing here concerns, "
                "ended too",
                "Do all sockets end by themselves after a while, or did the server restart? "
                "Look into its log.",
            )
        return None

    def _not_told(self, view: View, actor: Actor, socket: Connection) -> Finding:
        end = view.end(socket)
        if end is not None and end.received <= view.since:
            return self._finding(
                view,
                actor,
                "had lost its socket before anything was triggered",
                f"{described(end)}, {view.since - end.received:.2f} s before the trigger",
                "The function behind the socket's route must go on receiving as long as the "
                "client is there; when it returns, the socket is closed.",
            )
        heard = sorted({described(frame) for frame in view.frames(socket)})
        actual = f"only what also flows otherwise: {'; '.join(heard)}" if heard else "nothing came"
        others = dict.fromkeys(c.actor for c in view.every(Connection) if c.actor != actor)
        told = [f"{other} heard {described(f)}" for other in others for f in view.heard_by(other)]
        return self._finding(
            view,
            actor,
            "was not told",
            f"{actual}; but {'; '.join(told[:3])}" if told else actual,
            _FOR_ALL if _is_for_all(view, socket) else _TAKEN if told else _TELL,
        )

    def _finding(self, view: View, actor: Actor, what: str, actual: str, hint: str) -> Finding:
        sockets = view.sockets(actor)
        is_understood = all(socket.understood for socket in sockets[-1:])
        return Finding(
            title=f"{actor} {what}",
            expected=f"a message or a close on the socket of {actor} within {self.within}",
            actual=actual,
            hint=hint if is_understood else _NOT_PROVED,
            who=(actor,),
            line=self.line,
            evidence=view.evidence(*sockets, *(f for s in sockets for f in view.frames(s))),
            verdict=Verdict.FAILED if is_understood else Verdict.UNCLEAR,
        )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.to

    @property
    def listeners(self) -> tuple[Actor, ...]:
        return self.to


def _is_for_all(view: View, socket: Connection) -> bool:
    """Whether what came after the trigger is what the control actor heard then as well."""
    heard, control = (
        {shape(f) for s in sockets for f in view.frames(s) if f.received > view.since}
        for sockets in ([socket], view.sockets(CONTROL))
    )
    return bool(heard & control)

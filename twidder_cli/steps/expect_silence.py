"""`expect_silence`: nobody else is told, and it is shown that they were not."""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.shapes import shape
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.timeline import Connection, Frame
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.view import View
from twidder_cli.model.words import described, listed

_BYSTANDER = " (a user whom nothing here concerns)"


class ExpectSilence(Step):
    """`- expect_silence: [anna@phone, bob@desk]`: the trigger brings nothing to their sockets.

    Nor to the control actor's. Shown by a Pong after a grace; a socket that
    gives no such proof makes the verdict unclear.
    """

    kinds: ClassVar = ("expect_silence",)
    shorthand: ClassVar = "of"
    follows_trigger: ClassVar = True

    of: tuple[Actor, ...]

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.of:
            yield Arrow(actor=actor, label="hears nothing", kind="silent")

    def play(self, stage: Stage) -> None:
        stage.quiet((*self.of, CONTROL))

    def judge(self, view: View) -> Iterator[Finding]:
        told = view.told(but=(*self.of, CONTROL))
        heard = {actor: _meant_for_others(view, actor, told) for actor in (*self.of, CONTROL)}
        heard = {actor: frames for actor, frames in heard.items() if frames}
        if heard:
            yield self._told(view, heard, told)
            return
        unproved = [
            socket
            for actor in (*self.of, CONTROL)
            for socket in view.sockets(actor)
            if _was_open(view, socket) and not _is_proved(view, socket)
        ]
        if unproved:
            yield Finding(
                title="Whether nobody else was told could not be shown",
                expected="every silent socket answers a Ping: then nothing is under way",
                actual=f"no Pong on the socket of {listed(s.actor for s in unproved)}",
                hint="A WebSocket server has to answer a Ping. A handler that is busy or stuck may "
                "keep it from doing so.",
                who=tuple(dict.fromkeys(s.actor for s in unproved)),
                line=self.line,
                evidence=view.evidence(*unproved),
                verdict=Verdict.UNCLEAR,
            )

    def _told(self, view: View, heard: dict[Actor, list[Frame]], told: Sequence[Frame]) -> Finding:
        frames = [frame for pushes in heard.values() for frame in pushes]
        is_logout = any(_is_logout(view, frame, told) for frame in frames)
        if not is_logout:
            title = f"{listed(heard)} heard something new: is it the logout?"
            hint = "It is not what the first client was told. Somebody has to look."
        elif CONTROL in heard:
            title = "The logout was broadcast"
            hint = "Send it to the sockets of the expired session, not in a loop over all sockets."
        else:
            title = f"{listed(heard)} heard what was not meant for them"
            hint = (
                "Keep sockets by session or token rather than by user or in one list, and let the "
                "new session take the old one's place only after the old one has been told."
            )
        return Finding(
            title=title,
            expected=f"nothing for {listed(self.of)}",
            actual="; ".join(
                f"{actor}{_BYSTANDER if actor == CONTROL else ''} got {described(frame)}"
                for actor in heard
                for frame in heard[actor][:3]
            ),
            hint=hint,
            who=tuple(heard),
            line=self.line,
            evidence=view.evidence(*frames),
            verdict=Verdict.FAILED if is_logout else Verdict.UNCLEAR,
        )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.of

    @property
    def listeners(self) -> tuple[Actor, ...]:
        return self.of


def _meant_for_others(view: View, actor: Actor, told: Sequence[Frame]) -> list[Frame]:
    """Return what an actor heard, but for the acknowledgements of a socket opened meanwhile."""
    shapes = {shape(frame) for frame in told}
    return [
        push
        for socket in view.sockets(actor)
        for push in view.pushes(socket)
        if push.ends or shape(push) in shapes or socket.received < view.since
    ]


def _is_logout(view: View, frame: Frame, told: Sequence[Frame]) -> bool:
    """Whether a frame is what the one who had to be told was told.

    Where that one also heard something that nobody else did, then that was the
    logout, and what everybody heard was something else. Where everybody heard
    the same, or nobody had to be told, it is what was told earlier in this run.
    """
    if frame.ends:
        return not _is_late_refusal(view, frame)
    messages = {shape(push) for push in told if not push.ends}
    logouts = (messages - view.news()) or view.notices or messages
    return shape(frame) in logouts if logouts else not told


def _is_late_refusal(view: View, end: Frame) -> bool:
    """Whether a close may be the answer to a token that the server need not take."""
    socket = next(s for s in view.sockets(end.actor) if s.socket == end.socket)
    return not socket.own and not any(not f.ends for f in view.frames(socket))


def _was_open(view: View, socket: Connection) -> bool:
    end = view.end(socket)
    left = view.left_at(socket)
    is_held = left == math.inf or left > view.pinged_at
    return is_held and (end is None or end.received > view.since)


def _is_proved(view: View, socket: Connection) -> bool:
    """Whether a socket was silent; of one that opened later, whether another one was before it."""
    is_later = socket.received >= view.pinged_at
    proving = view.sockets(socket.actor) if is_later else [socket]
    return any(view.is_silence_proved(one) for one in proving)

"""`expect_push`: the logout must arrive."""

from collections.abc import Iterator
from typing import ClassVar

from twidder_cli.model.actors import Actor
from twidder_cli.model.drawing import Arrow
from twidder_cli.model.step import Duration, Stage, Step
from twidder_cli.model.verdicts import Finding
from twidder_cli.model.view import View
from twidder_cli.model.words import described


class ExpectPush(Step):
    """`- expect_push: {to: anna@laptop, within: 5 s}`.

    A message or a close must arrive on the actor's current socket, from the
    trigger's first request on and at most that long after its last step.
    """

    kinds: ClassVar = ("expect_push",)
    shorthand: ClassVar = "to"
    follows_trigger: ClassVar = True

    to: tuple[Actor, ...]
    within: Duration = Duration("5 s")

    def arrows(self) -> Iterator[Arrow]:
        for actor in self.to:
            yield Arrow(actor=actor, label=f"logout, within {self.within}", kind="hears")

    def play(self, stage: Stage) -> None:
        stage.await_push(self.to, self.within.seconds)

    def judge(self, view: View) -> Iterator[Finding]:
        for actor in self.to:
            socket = view.current_socket(actor)
            if socket is None or view.due_pushes(socket):
                continue
            end = view.end(socket)
            heard = view.frames(socket)
            if end is not None and end.received <= view.since:
                title = f"The socket of {actor} was gone before anything was triggered"
                actual = f"{described(end)}, {view.since - end.received:.2f} s before the trigger"
                hint = (
                    "The function behind the socket's route must go on receiving as long as the "
                    "client is there; when it returns, the socket is closed."
                )
            else:
                title = f"{actor} was not told"
                actual = (
                    "nothing arrived"
                    if not heard
                    else (
                        "only what also flowed before the trigger: "
                        + "; ".join(sorted({described(frame) for frame in heard}))
                    )
                )
                hint = (
                    "Look up the first session's socket when the second sign-in succeeds, and send "
                    "to it before you forget it. Is the socket kept by the session or token that "
                    "it was opened with?"
                )
            yield Finding(
                title=title,
                expected=f"a message or a close on the socket of {actor} within {self.within}",
                actual=actual,
                hint=hint,
                who=(actor,),
                line=self.line,
                evidence=view.evidence(socket, *heard),
            )

    @property
    def actors(self) -> tuple[Actor, ...]:
        return self.to

    @property
    def listeners(self) -> tuple[Actor, ...]:
        return self.to

"""Plays a scenario: every step in order, until one can't be played."""

from collections.abc import Callable, Iterator, Sequence

from twidder_cli.engine.cast import Cast
from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import SCENARIO
from twidder_cli.engine.page_stage import PageStage
from twidder_cli.engine.people import Browser, People, Scene
from twidder_cli.engine.recorder import Recorder, StallWatch
from twidder_cli.engine.server import Server
from twidder_cli.engine.stage import WireStage
from twidder_cli.model.actors import CONTROL, VISITOR, Actor
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Call, CannotPlay, Stage, Step
from twidder_cli.model.timeline import Died, Played, Timeline
from twidder_cli.model.verdicts import Verdict

Progress = Callable[[str, str], None]
"""Called with the number and kind of each step that was played."""


class _Control(Step):
    """The control phase: the control actor is there before everybody, and hears the noise.

    Then somebody else comes and goes, so that she also hears what a server
    tells everybody when somebody signs in, opens a socket, or leaves.
    """

    def play(self, stage: Stage) -> None:
        for actor in (CONTROL, VISITOR):
            for function in ("sign_up", "sign_in"):
                stage.call(actor, Call(function=function), must=True)
            stage.connect([actor])
        stage.disconnect([VISITOR])


class Player:
    """Plays one scenario on a server and keeps the Timeline.

    `pictures` are what the actors in browsers saw when the last step had been played, as JPEG
    files; there are none of a scenario that passed.
    """

    def __init__(
        self,
        scenario: Scenario,
        server: Server,
        seed: str,
        progress: Progress,
        browser: Browser | None = None,
    ) -> None:
        self._scenario = scenario
        self._server = server
        self._progress = progress
        self._recorder = Recorder()
        self.pictures: dict[Actor, bytes] = {}
        users = {actor.user for actor in (*scenario.actors, CONTROL, VISITOR)}
        own_seed = f"{seed}/{scenario.id}"
        cast = Cast(sorted(users), self._recorder.symbols, own_seed)
        scene = Scene(server, self._recorder, cast)
        people = People(browser, scenario.in_browser, scene)
        self._stage = (
            PageStage(scene, self._perform_inner, own_seed, people, scenario)
            if server.is_by_page
            else WireStage(scene, self._perform_inner, own_seed, people)
        )

    def play(self) -> Timeline:
        """Play until the last step, or the first that can't be played; then close all sockets.

        Never raises for what the server does.
        """
        with StallWatch(self._recorder):
            try:
                self._stage.prepare()
                self._play_steps()
                has_pages = self._scenario.in_browser or self._server.is_by_page
                if has_pages and not self._passes():
                    self.pictures = self._stage.pictures()
            finally:
                self._stage.close()
        life = self._server.life
        if life is not None and not life.is_alive:
            self._recorder.note(Died, "", excess=life.excess)
        return self._recorder.timeline()

    def _play_steps(self) -> None:
        try:
            for number, step in self._steps():
                self._perform(number, step)
        except CannotPlay:
            pass  # recorded as the step's cause
        except Exception as error:  # noqa: BLE001  one scenario is unclear, and the others are played
            self._recorder.crash(error)

    def _passes(self) -> bool:
        return judge(self._scenario, self._recorder.timeline()).verdict is Verdict.PASSED

    def _steps(self) -> Iterator[tuple[str, Step]]:
        if CONTROL in self._scenario.everybody:
            yield "0", _Control(kind="control")
        for number, step in enumerate(self._scenario.steps, 1):
            yield str(number), step

    def _perform_inner(self, steps: Sequence[Step], attempt: int = 0) -> None:
        outer = self._recorder.step
        prefix = f"{outer}.{attempt}" if attempt else outer
        for number, step in enumerate(steps, 1):
            self._perform(f"{prefix}.{number}", step)
        self._recorder.step = outer

    def _perform(self, number: str, step: Step) -> None:
        self._recorder.step = number
        began = self._recorder.now()
        try:
            self._require_time(began)
            self._require_place()
            step.play(self._stage)
        except CannotPlay as cause:
            self._note(number, step, began, cause)
            raise
        self._note(number, step, began)
        self._progress(number, step.kind)

    def _require_time(self, now: float) -> None:
        limit = self._server.pace.scaled(SCENARIO)
        if now > limit:
            raise CannotPlay(
                f"the scenario took longer than {limit:g} s; --patience 2 doubles all times",
                ours=True,
            )

    def _require_place(self) -> None:
        if self._server.has_to_move(self._recorder.view()):
            raise CannotPlay("the page looks for its server at another origin", ours=True)

    def _note(self, number: str, step: Step, began: float, cause: CannotPlay | None = None) -> None:
        understood = cause is None or (
            self._server.contract.vouched or cause.function in {"", *self._server.understood}
        )
        self._recorder.add(
            Played(
                step=number,
                actor="",
                sent=began,
                received=self._recorder.now(),
                kind=step.kind,
                line=step.line,
                cause=str(cause or ""),
                concerns=cause.step if cause else "",
                function=cause.function if cause else "",
                understood=understood,
                ours=cause is not None and cause.ours,
            )
        )

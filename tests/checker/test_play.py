"""Playing a scenario: what breaks in our own code, and what is left of it then."""

from twidder_cli.engine.judge import judge
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.play import Player
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_contract
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Stage, Step
from twidder_cli.model.verdicts import Blame, Verdict


class Breaks(Step):
    """A step with a mistake of ours in it."""

    def play(self, stage: Stage) -> None:
        raise KeyError("fields")


def test_a_mistake_of_ours_leaves_one_scenario_open_and_ends_nothing() -> None:
    scenario = Scenario(
        id="s",
        path="s.yaml",
        title="Broken",
        requirement="token",
        actors=(),
        steps=(Breaks(kind="breaks"),),
    )
    server = Server(find_contract(None), Pace()).at("http://127.0.0.1:9")
    outcome = judge(scenario, Player(scenario, server, "1", lambda _step, _kind: None).play())
    assert (outcome.verdict, outcome.blame) == (Verdict.UNCLEAR, Blame.HARNESS)
    assert outcome.findings[0].actual.startswith("KeyError: 'fields' (test_play.py:")

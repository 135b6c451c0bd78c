"""What is checked, as data: scenarios, the requirements they show, and a plan that counts them."""

from typing import Literal

from twidder_cli.model import Noun
from twidder_cli.model.actors import CONTROL, VISITOR, Actor
from twidder_cli.model.step import Step

Level = Literal["required", "advanced"]


class Source(Noun):
    """A scenario file as it was read, so that a worker can read it again without the file.

    `includes` holds the texts of the openings that it includes, by name.
    """

    id: str
    path: str
    text: str
    includes: dict[str, str] = {}


class Scenario(Noun):
    """One story with its expectations. `path` is the file as messages name it.

    `why` says what a user loses when it fails; `hint` is the likeliest cause,
    told in place of the more general hint of a step. `in_browser` are the actors who
    use the submission's own page.
    """

    id: str
    path: str
    title: str
    requirement: str
    actors: tuple[Actor, ...]
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    level: Level = "required"
    in_browser: tuple[Actor, ...] = ()
    why: str = ""
    hint: str = ""

    @property
    def everybody(self) -> tuple[Actor, ...]:
        """All who take part: where something is triggered, those first who hear the noise."""
        is_triggered = any(step.inner for step in self.steps)
        return (CONTROL, VISITOR, *self.actors) if is_triggered else self.actors


class Requirement(Noun):
    """A sentence of the lab that scenarios are traced to."""

    id: str
    ref: str
    says: str


class Share(Noun):
    """What one scenario is worth in a plan; `level` None leaves it to the scenario."""

    points: float = 0
    level: Level | None = None


class Rule(Noun):
    """When a submission passes: all that is required passes, and it has this many points."""

    required: bool = True
    points: float = 0


class Plan(Noun):
    """Which scenarios count, how much, and what passes."""

    title: str
    scenarios: dict[str, Share]
    rule: Rule = Rule()

"""Past facts, self-contained. Every Started gets its Finished; a report is a fold over them."""

from collections.abc import Callable
from typing import Any

import msgspec

from twidder_cli.model import Noun
from twidder_cli.model.scenario import Level, Rule
from twidder_cli.model.timeline import Timeline
from twidder_cli.model.verdicts import Outcome


class Listed(Noun):
    """A scenario that will be played, as reports list it; `name` plays it again by `--scenario`."""

    id: str
    title: str
    requirement: str
    ref: str
    says: str
    level: Level
    points: float
    path: str
    name: str


class RunStarted(Noun, tag="run_started"):
    """A run begins: what will be played, in order, and what it is worth.

    `targets` are the submissions as the operator named them; `replay` holds
    the options that a replay of this run needs; `seed` decides everything random.
    `kept` are the submissions whose results of an earlier run still hold.
    """

    plan: str
    rule: Rule
    scenarios: tuple[Listed, ...]
    submissions: tuple[str, ...]
    targets: tuple[str, ...]
    version: str
    started_at: str
    replay: str
    seed: int = 0
    kept: tuple[str, ...] = ()


class SubmissionStarted(Noun, tag="submission_started"):
    """A submission's turn begins; `origin` says what it is: a folder, an archive, a URL.

    `notes` are what was known of it before that people should know.
    """

    submission: str
    origin: str
    notes: tuple[str, ...] = ()


class ServerStarted(Noun, tag="server_started"):
    """The submission answers; `how` says what was started and where, for people.

    `contract` is the text of a contract file, where one was learned.
    """

    submission: str
    how: str
    seconds: float
    notes: tuple[str, ...] = ()
    contract: str = ""


class ScenarioStarted(Noun, tag="scenario_started"):
    """A scenario's first step is next."""

    submission: str
    scenario: str


class StepFinished(Noun, tag="step_finished"):
    """A step was played; it has no verdict yet."""

    submission: str
    scenario: str
    step: str
    kind: str


class Pictured(Noun, tag="pictured"):
    """What an actor's page looked like, as a JPEG, when a scenario was over that did not pass."""

    submission: str
    scenario: str
    actor: str
    image: bytes


class ScenarioFinished(Noun, tag="scenario_finished"):
    """A scenario was judged, or could not be played."""

    submission: str
    scenario: str
    outcome: Outcome
    seconds: float = 0.0
    timeline: Timeline = Timeline()


class SubmissionFinished(Noun, tag="submission_finished"):
    """A submission's turn is over. `outcome` is set when it could not be played at all.

    `notes` are what was found on the way that people should know.
    """

    submission: str
    seconds: float = 0.0
    outcome: Outcome | None = None
    notes: tuple[str, ...] = ()


class RunFinished(Noun, tag="run_finished"):
    """The run is over; `interrupted` by the signal with that number, 0 for none."""

    seconds: float
    interrupted: int = 0


Event = (
    RunStarted
    | SubmissionStarted
    | ServerStarted
    | ScenarioStarted
    | StepFinished
    | Pictured
    | ScenarioFinished
    | SubmissionFinished
    | RunFinished
)

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
# Actors and durations are texts with methods.
encode: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=str).encode


def decode(line: bytes) -> Event:
    """Return the event written in a line of JSON; raises msgspec.DecodeError."""
    return _decoder.decode(line)

"""Plays scenarios on a running submission, with the contract that its truth says."""

from collections.abc import Collection

import msgspec

from tests.golden.grading import scenarios
from tests.submissions.generator import Truth
from twidder_cli.model.events import ScenarioFinished
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.verdicts import Outcome
from twidder_cli.runner import Runner


def played(truth: Truth, url: str, wanted: Collection[str], *, seed: int) -> dict[str, Outcome]:
    """Play scenarios, and all that they need before; returns what became of each."""
    all_of_them = {scenario.id: scenario for _, scenario in scenarios()}
    needed = set(wanted)
    for name in reversed(all_of_them):
        if name in needed:
            needed.update(all_of_them[name].needs)
    job = Job(
        submission=Submission(name=truth.target, kind="url", location=url),
        scenarios=tuple(source for source, scenario in scenarios() if scenario.id in needed),
        contract=msgspec.structs.replace(truth.contract, vouched=True),
        patience=1.0,
        seed=seed,
        workspace="",
    )
    events = Runner().run([job])
    return {e.scenario: e.outcome for e in events if isinstance(e, ScenarioFinished)}

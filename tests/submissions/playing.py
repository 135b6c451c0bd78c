"""Plays scenarios on a running submission, with the contract that its truth says."""

from collections.abc import Collection

import msgspec

from tests.golden.grading import and_what_they_need
from tests.submissions.generator import Truth
from twidder_cli.model.events import ScenarioFinished
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.verdicts import Outcome
from twidder_cli.runner import Runner


def played(truth: Truth, url: str, wanted: Collection[str], *, seed: int) -> dict[str, Outcome]:
    """Play scenarios, and all that they need before; returns what became of each."""
    job = Job(
        submission=Submission(name=truth.target, kind="url", location=url),
        scenarios=tuple(source for source, _ in and_what_they_need(wanted)),
        contract=msgspec.structs.replace(truth.contract, vouched=True),
        patience=1.0,
        seed=seed,
        workspace="",
    )
    events = Runner().run([job])
    return {e.scenario: e.outcome for e in events if isinstance(e, ScenarioFinished)}

"""The turns of a run: each submission's job, and the events of all of them."""

import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from twidder_cli.errors import OperatorError
from twidder_cli.model.contract import Contract
from twidder_cli.model.events import (
    Event,
    RunFinished,
    RunStarted,
    SubmissionFinished,
    SubmissionStarted,
)
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.scenario import Source
from twidder_cli.model.submission import Inspection
from twidder_cli.model.verdicts import Blame, Outcome, Verdict
from twidder_cli.model.words import printable
from twidder_cli.results import Results, fingerprint
from twidder_cli.runner import Runner
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.find import Found
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.packages import environment
from twidder_cli.submissions.reading import inspect

VERSION = version("twidder")

_SHORT = 8
"""Letters of a fingerprint that name a submission where people are not to be named."""


class Common(NamedTuple):
    """What the jobs of a run have in common, as `Job` explains."""

    scenarios: tuple[Source, ...]
    contract: Contract
    patience: float
    seed: int
    lanes: int
    limit: float
    trusts_contract: bool = False
    sandbox: Literal["auto", "none"] = "auto"


class Turn(NamedTuple):
    """One submission of a run. `target` is what the operator types to grade it again.

    `trouble` says why it can't be graded; `names` is its line in the list of names;
    `again` names an earlier submission of the same student.
    """

    job: Job
    target: str
    trouble: str
    names: tuple[str, str, str] | None
    again: str = ""

    @classmethod
    def of(cls, found: Found, common: Common) -> "Turn":
        """Return the turn of a submission that was found."""
        submission, entry = found.submission, found.entry
        job = Job(
            submission=submission,
            scenarios=common.scenarios,
            contract=common.contract,
            patience=common.patience,
            seed=common.seed,
            # A server that goes on running may know the users of an earlier run.
            salt=secrets.token_hex(4) if submission.kind == "url" else "",
            workspace="",
            lanes=1 if submission.kind == "url" else common.lanes,
            limit=common.limit,
            trusts_contract=common.trusts_contract,
            sandbox=common.sandbox,
        )
        if entry is None:
            return cls(job, found.target, "", None)
        names = (submission.name, entry.person, Path(entry.place).name)
        return cls(job, found.target, entry.trouble, names, entry.again)

    @property
    def name(self) -> str:
        """What reports call the submission."""
        return self.job.submission.name

    @property
    def fingerprint(self) -> str:
        """What decides the verdict, in short."""
        return fingerprint(self.job, VERSION)


def nameless(turns: Sequence[Turn]) -> list[Turn]:
    """Return turns that are named by what was handed in; the same twice gets a number."""
    taken: dict[str, int] = {}
    renamed = []
    for turn in turns:
        short = turn.fingerprint[:_SHORT]
        taken[short] = taken.get(short, 0) + 1
        name = short if taken[short] == 1 else f"{short}.{taken[short]}"
        submission = msgspec.structs.replace(turn.job.submission, name=name)
        job = msgspec.structs.replace(turn.job, submission=submission)
        renamed.append(Turn(job, name, turn.trouble, None))
    return renamed


def events(
    started: RunStarted,
    turns: Sequence[Turn],
    kept: Results | None,
    runner: Runner,
    *,
    installs: bool = False,
) -> Iterator[Event]:
    """Yield all that happens in a run; what an earlier one left comes first.

    With `installs`, packages that a submission is missing are installed before its turn.
    """
    began = time.monotonic()
    yield started
    sound = [turn for turn in turns if not turn.trouble]
    if kept is not None:
        yield from kept.keep({turn.name: turn.fingerprint for turn in sound})
    for turn in turns:
        if turn.trouble:
            yield from _not_gradable(turn)
    done = kept.kept if kept else frozenset()
    jobs = (turn.job for turn in sound if turn.name not in done)
    yield from runner.run(map(_equipped, jobs) if installs else jobs)
    yield RunFinished(seconds=time.monotonic() - began, interrupted=runner.interrupted)


def _not_gradable(turn: Turn) -> Iterator[Event]:
    reason = f"it can't be graded: {turn.trouble}"
    outcome = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason=reason)
    yield SubmissionStarted(submission=turn.name, origin=turn.job.submission.kind)
    yield SubmissionFinished(submission=turn.name, outcome=outcome)


def require_application(turn: Turn) -> None:
    """Raise OperatorError where there is nothing to start: for the only target of a run."""
    found = _read(turn.job.submission)
    if found is not None and not found.applications:
        modules = ", ".join(printable(name, 40) for name in found.modules[:6])
        seen = f"; the Python in it: {modules}" if modules else ""
        raise OperatorError(
            f"{turn.target}: there is no Flask application in it{seen}. "
            "twidder submission inspect tells what was read."
        )


def _equipped(job: Job) -> Job:
    """Return a job with the packages that its submission imports and that are missing here."""
    found = _read(job.submission)
    if found is None:
        return job
    packages = environment(found.imports, found.requirements)
    return msgspec.structs.replace(job, packages=packages.folder)


def _read(submission: Submission) -> Inspection | None:
    """Return what the source tells; None where there is none, or its worker has to say why."""
    if submission.kind not in {"folder", "archive"}:
        return None
    with tempfile.TemporaryDirectory(prefix="twidder-") as folder:
        try:
            handed_in = brought(submission, Path(folder))
        except Refused:
            return None
        return inspect(handed_in.folder, handed_in.name)

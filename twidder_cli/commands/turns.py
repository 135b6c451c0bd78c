"""The turns of a run: each submission's job, and the events of all of them."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from twidder_cli import fingerprint, processes
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
from twidder_cli.model.words import listed, printable
from twidder_cli.results import Results
from twidder_cli.runner import Runner
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.find import Found
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.packages import environment
from twidder_cli.submissions.reading import inspect

VERSION = version("twidder")

_NOBODYS = "SUBMISSION"
_SHORT = 8
"""Letters of its work's hash that name a submission where people are not to be named."""


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

    `work` is a hash of what was handed in; `trouble` says why it can't be graded;
    `names` is its line in the list of names; `student` is the key of who handed
    it in, where it is of a class.
    """

    job: Job
    target: str
    work: str
    trouble: str = ""
    names: tuple[str, str, str] | None = None
    student: str = ""

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
        work = fingerprint.of_work(submission)
        if entry is None:
            return cls(job, found.target, work)
        names = (submission.name, entry.person, Path(entry.place).name)
        student = entry.again or entry.key
        return cls(job, found.target, work, entry.trouble, names, student)

    @property
    def name(self) -> str:
        """What reports call the submission."""
        return self.job.submission.name

    @property
    def fingerprint(self) -> str:
        """What decides the verdict, in short."""
        return fingerprint.of_grading(self.job, self.work, VERSION)


def nameless(turns: Sequence[Turn]) -> list[Turn]:
    """Return turns that are named by what was handed in; the same twice gets a number.

    They are in the order of their new names: the old order would tell whose each is.
    """
    taken: dict[str, int] = {}
    renamed = []
    for turn in turns:
        short = turn.work[:_SHORT]
        taken[short] = taken.get(short, 0) + 1
        name = short if taken[short] == 1 else f"{short}.{taken[short]}"
        submission = msgspec.structs.replace(turn.job.submission, name=name)
        job = msgspec.structs.replace(turn.job, submission=submission)
        renamed.append(turn._replace(job=job, target=_NOBODYS, names=None))
    return sorted(renamed, key=lambda turn: turn.name)


def with_doubles(turns: Sequence[Turn]) -> tuple[list[Turn], list[str]]:
    """Return turns with notes on who else is the same student, or handed in the same.

    What is noted is also returned for all of them, in sentences.
    """
    students, works = defaultdict(list), defaultdict(list)
    for turn in turns:
        if turn.student:
            students[turn.student].append(turn.name)
        if not turn.trouble:
            works[turn.work].append(turn.name)
    doubles = [
        *(("are the same student's", names) for names in students.values() if len(names) > 1),
        *(("hold the same files", names) for names in works.values() if len(names) > 1),
    ]
    said = [f"{listed(names)} {what}" for what, names in doubles]
    notes = {
        turn.name: tuple(
            sentence
            for sentence, (_, names) in zip(said, doubles, strict=True)
            if turn.name in names
        )
        for turn in turns
    }
    return [_noted(turn, notes[turn.name]) for turn in turns], said


def _noted(turn: Turn, notes: tuple[str, ...]) -> Turn:
    return turn._replace(job=msgspec.structs.replace(turn.job, notes=notes))


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
    sound = [turn for turn in turns if not turn.trouble]
    done = kept.keep({turn.name: turn.fingerprint for turn in sound}) if kept else ()
    yield msgspec.structs.replace(started, kept=done)
    if kept is not None:
        yield from kept.earlier()
    for turn in turns:
        if turn.trouble:
            yield from _not_gradable(turn)
    jobs = (turn.job for turn in sound if turn.name not in done)
    yield from runner.run(jobs, _equipped) if installs else runner.run(jobs)
    yield RunFinished(seconds=time.monotonic() - began, interrupted=runner.interrupted)


def _not_gradable(turn: Turn) -> Iterator[Event]:
    reason = f"it can't be graded: {turn.trouble}"
    outcome = Outcome(verdict=Verdict.UNCLEAR, blame=Blame.HARNESS, reason=reason)
    job = turn.job
    yield SubmissionStarted(submission=turn.name, origin=job.submission.kind, notes=job.notes)
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
    notes = (*job.notes, *packages.notes)
    return msgspec.structs.replace(job, packages=packages.folder, notes=notes)


def _read(submission: Submission) -> Inspection | None:
    """Return what the source tells; None where there is none, or its worker has to say why."""
    if submission.kind not in {"folder", "archive"}:
        return None
    with processes.scratch() as folder:
        try:
            handed_in = brought(submission, folder)
        except Refused:
            return None
        return inspect(handed_in.folder, handed_in.name)

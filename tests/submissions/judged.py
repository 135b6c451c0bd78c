"""Has `twidder check` grade a written submission, and compares what it finds with the truth."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from tests.submissions.generator import Truth
from tests.submissions.mistakes import Failure
from twidder_cli.load.contract import load_contract
from twidder_cli.load.source import Mistakes
from twidder_cli.model.contract import FUNCTIONS, Contract, Operation
from twidder_cli.model.events import ServerStarted, decode
from twidder_cli.model.verdicts import Verdict

REQUIRED = ("lab3/nine-functions", "lab3/auto-logout", "lab3/targeted")

Judgement = Literal["right", "wrong", "unclear"]

_FAILURES: dict[Failure, tuple[str, str]] = {
    # A submission that is the only target and has nothing to start is the operator's mistake.
    "no application": ("refused", "there is no Flask application in it"),
    "missing package": (Verdict.UNCLEAR, "The package tddd97_mailer_2019 is not installed here"),
    "syntax error": (Verdict.FAILED, "Python can't read "),
    "a server started at import": (
        Verdict.FAILED,
        "A server is started when the module is imported",
    ),
    "a service that was never handed in": (Verdict.UNCLEAR, "It wants a PostgreSQL server"),
    "a configuration that was never handed in": (Verdict.UNCLEAR, "It does not find the file "),
}
"""The verdict that each failure deserves, and how it is told."""

_SETTLED = {Verdict.PASSED, Verdict.FAILED}


class Graded(NamedTuple):
    """What `twidder check` found out about one submission.

    `how` is what was started, empty where nothing answered; `contract` is what was
    learned; `scenarios` are their verdicts.
    """

    verdict: str
    reason: str
    how: str
    contract: Contract | None
    scenarios: dict[str, str]
    seconds: float

    def __str__(self) -> str:
        """Return the verdicts in a line."""
        said = " ".join(f"{name}: {verdict}" for name, verdict in self.scenarios.items())
        return f"{self.verdict} ({self.reason}); {said}"


def wanted(truth: Truth) -> list[str]:
    """Return the scenarios that show whether a submission is judged as its truth says."""
    catchers = [truth.mistake.catcher] if truth.mistake else []
    return list(dict.fromkeys([*REQUIRED, *catchers]))


def graded(truth: Truth, folder: Path) -> Graded:
    """Grade the submission that was written to a folder, as somebody would who knows nothing."""
    results = folder / "results"
    argv = [sys.executable, "-m", "twidder_cli", "check", str(folder / truth.target)]
    argv += [word for name in wanted(truth) for word in ("--scenario", name)]
    began = time.monotonic()
    ran = subprocess.run(  # noqa: S603
        [*argv, "--results", str(results)], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    if ran.returncode == 2:
        return Graded("refused", ran.stderr.strip(), "", None, {}, seconds)
    (told,) = json.loads((results / "class.json").read_text())["submissions"]
    (archive,) = (results / "events").iterdir()
    return Graded(
        verdict=told["verdict"],
        reason=told["reason"] or next(_reasons(told), ""),
        how=told["started"],
        contract=_learned(archive),
        scenarios={one["id"]: one["verdict"] for one in told["scenarios"]},
        seconds=seconds,
    )


def _reasons(told: dict[str, Any]) -> Iterator[str]:
    return (one["reason"] for one in told["scenarios"] if one["reason"])


def _learned(archive: Path) -> Contract | None:
    """Return the contract in the events of a run."""
    for event in map(decode, archive.read_bytes().splitlines()[1:]):
        if isinstance(event, ServerStarted):
            return load_contract(event.contract, "learned", Mistakes(), vouched=False)
    return None


def judgement(truth: Truth, found: Graded) -> Judgement:
    """Return whether a submission was judged as its truth says.

    *Wrong* is a verdict that somebody would get or lose points by; to leave it open is not.
    """
    if truth.failure:
        verdict, words = _FAILURES[truth.failure]
        if found.verdict == verdict and words in found.reason:
            return "right"
        return "unclear" if found.verdict == Verdict.UNCLEAR else "wrong"
    catcher = truth.mistake.catcher if truth.mistake else ""
    verdicts = {name: found.scenarios.get(name, "") for name in wanted(truth)}
    settled = {name: one for name, one in verdicts.items() if one in _SETTLED}
    right = {name: Verdict.FAILED if name == catcher else Verdict.PASSED for name in verdicts}
    is_failed = found.verdict == Verdict.FAILED
    if (
        is_failed and Verdict.FAILED not in settled.values()
    ) or not settled.items() <= right.items():
        return "wrong"
    explained = {*_SETTLED, *([Verdict.SKIPPED] if catcher in settled else [])}
    return "right" if set(verdicts.values()) <= explained else "unclear"


def unlike(truth: Truth, learned: Contract | None) -> list[str]:
    """Return what of a contract is named otherwise than the truth says."""
    if learned is None:
        return ["all of it"]
    true = truth.contract
    operations = [
        name
        for name in FUNCTIONS
        if _named(learned.operations.get(name)) != _named(true.operations[name])
    ]
    places = [name for name in ("token", "socket") if getattr(learned, name) != getattr(true, name)]
    return [*operations, *places]


def _named(operation: Operation | None) -> Operation | None:
    """Return an operation without a slash at its path's end, which a redirect adds."""
    if operation is None:
        return None
    path, question, query = operation.path.partition("?")
    request = f"{operation.method} {path.rstrip('/')}{question}{query}"
    return msgspec.structs.replace(operation, request=request)


def shown(contract: Contract | None, part: str) -> str:
    """Return a part of a contract, for people."""
    if contract is None:
        return "nothing"
    said = contract.operations.get(part) if part in FUNCTIONS else getattr(contract, part)
    return msgspec.json.encode(said).decode()

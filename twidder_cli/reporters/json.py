"""The JSON report, for programs. Its document is described in docs/report-json.md."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from twidder_cli.model.report import Report, ScenarioResult, SubmissionResult
from twidder_cli.model.verdicts import Finding, Outcome

SCHEMA_VERSION = 1
"""Raised when a field goes or changes its meaning; fields may be added without."""


def render(report: Report) -> Iterator[bytes]:
    """Yield the report as a JSON document, a submission at a time."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "twidder", "version": report.started.version},
        "started_at": report.started.started_at,
        "seconds": round(report.seconds, 3),
        "interrupted": bool(report.interrupted),
        "seed": report.started.seed,
        "plan": report.started.plan,
        "verdict": report.verdict,
    }
    yield _dumped(head).removesuffix("\n}").encode() + b',\n  "submissions": ['
    for number, submission in enumerate(report.submissions):
        between = ",\n" if number else "\n"
        yield (between + textwrap.indent(_dumped(_submission(submission)), "    ")).encode()
    yield b"\n  ]\n}\n"


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True)


def _submission(submission: SubmissionResult) -> dict[str, Any]:
    return {
        "name": submission.name,
        **_outcome(submission.outcome),
        "verdict": submission.verdict,
        "points": submission.points,
        "max_points": submission.max_points,
        "open_points": submission.open_points,
        "seconds": round(submission.seconds, 3),
        "started": submission.how,
        "notes": list(submission.notes),
        "findings": [_finding(finding, "") for finding in submission.findings],
        "scenarios": [_scenario(scenario) for scenario in submission.scenarios],
    }


def _scenario(scenario: ScenarioResult) -> dict[str, Any]:
    listed = scenario.listed
    return {
        "id": listed.id,
        "title": listed.title,
        "requirement": listed.requirement,
        "ref": listed.ref,
        "says": listed.says,
        "level": listed.level,
        **_outcome(scenario.outcome),
        "points": scenario.points,
        "max_points": listed.points,
        "seconds": round(scenario.seconds, 3),
        "findings": [_finding(f, listed.path) for f in scenario.outcome.findings],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"verdict": outcome.verdict, "blame": outcome.blame, "reason": outcome.reason}


def _finding(finding: Finding, path: str) -> dict[str, Any]:
    return {
        "title": finding.title,
        "verdict": finding.verdict,
        "blame": finding.blame,
        "expected": finding.expected,
        "actual": finding.actual,
        "hint": finding.hint,
        "who": list(finding.who),
        "file": path,
        "line": finding.line,
    }

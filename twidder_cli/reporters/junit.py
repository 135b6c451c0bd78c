"""The JUnit report, for CI: a suite per submission, a case per scenario.

failure = the submission is wrong; error = we could not tell, or it did not
start for reasons of ours; skipped = what it needs did not pass.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from twidder_cli.model.events import Listed
from twidder_cli.model.report import Report, ScenarioResult, SubmissionResult
from twidder_cli.model.verdicts import Finding, Outcome, Verdict
from twidder_cli.model.words import number

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {Verdict.FAILED: "failure", Verdict.UNCLEAR: "error", Verdict.SKIPPED: "skipped"}


def render(report: Report) -> Iterator[bytes]:
    """Yield the report as JUnit XML, a suite at a time."""
    counts = _counts(outcome for one in report.submissions for outcome in _outcomes(one))
    stated = " ".join(f'{name}="{count}"' for name, count in counts.items())
    yield b'<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<testsuites name="twidder" time="{report.seconds:.3f}" {stated}>\n'.encode()
    for submission in report.submissions:
        suite = _suite(submission, report)
        ET.indent(suite, level=1)
        yield b"  " + ET.tostring(suite, encoding="utf-8") + b"\n"
    yield b"</testsuites>\n"


def legal(text: str) -> str:
    """Return `text` without terminal sequences, and with what XML forbids written as #xNN."""
    return _ILLEGAL.sub(lambda found: f"#x{ord(found[0]):02X}", _ANSI.sub("", text))


def _outcomes(submission: SubmissionResult) -> Iterator[Outcome]:
    if submission.own is not None:
        yield submission.own
    yield from (scenario.outcome for scenario in submission.scenarios)


def _counts(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return the totals that an element states."""
    found = Counter(outcome.verdict for outcome in outcomes)
    return {
        "tests": str(found.total()),
        "failures": str(found[Verdict.FAILED]),
        "errors": str(found[Verdict.UNCLEAR]),
        "skipped": str(found[Verdict.SKIPPED]),
    }


def _suite(submission: SubmissionResult, report: Report) -> ET.Element:
    cases = [_scenario_case(submission, scenario) for scenario in submission.scenarios]
    if submission.own is not None:
        cases.insert(0, _case(submission.name, "start", submission.own, submission.seconds))
    suite = ET.Element("testsuite", name=legal(submission.name))
    suite.attrib |= _counts(_outcomes(submission))
    suite.attrib |= {"time": f"{submission.seconds:.3f}", "timestamp": report.started.started_at}
    _properties(
        suite,
        points=f"{number(submission.points)}/{number(submission.max_points)}",
        open_points=number(submission.open_points),
        verdict=submission.verdict,
        **({"notes": "\n".join(submission.notes)} if submission.notes else {}),
    )
    suite.extend(cases)
    return suite


def _scenario_case(submission: SubmissionResult, scenario: ScenarioResult) -> ET.Element:
    listed = scenario.listed
    case = _case(submission.name, listed.id, scenario.outcome, scenario.seconds, listed)
    case.set("file", legal(listed.path))
    case.set("line", str(next((f.line for f in scenario.outcome.findings if f.line), 1)))
    points = "open" if scenario.points is None else number(scenario.points)
    _properties(
        case,
        points=f"{points}/{number(listed.points)}",
        requirement=f"{listed.ref} {listed.requirement}",
        level=listed.level,
    )
    return case


def _case(
    suite: str, name: str, outcome: Outcome, seconds: float, listed: Listed | None = None
) -> ET.Element:
    case = ET.Element("testcase", classname=legal(suite), name=legal(name), time=f"{seconds:.3f}")
    tag = _TAGS.get(outcome.verdict)
    if tag:
        told = ET.SubElement(case, tag, message=legal(outcome.reason), type=outcome.blame)
        told.text = legal("\n\n".join(_told(finding, listed) for finding in outcome.findings))
    return case


def _told(finding: Finding, listed: Listed | None) -> str:
    lines = [
        finding.title,
        f"the lab says: {listed.says} ({listed.ref})" if listed else "",
        f"expected: {finding.expected}",
        f"happened: {finding.actual}",
        f"hint: {finding.hint}" if finding.hint else "",
        f"at {listed.path}:{finding.line}" if listed and finding.line else "",
    ]
    return "\n".join(line for line in lines if line)


def _properties(element: ET.Element, **values: str) -> None:
    properties = ET.Element("properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=legal(value))
    element.insert(0, properties)

"""The JUnit and JSON reports, read back: well-formed whatever was said, the same totals."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.reports import (
    FAILED,
    PASSED,
    SKIPPED,
    UNCLEAR,
    became,
    not_started,
    report,
    started,
)
from twidder_cli.model.events import Event
from twidder_cli.model.report import Report
from twidder_cli.model.verdicts import Finding, Outcome, Verdict
from twidder_cli.reporters import json as json_report
from twidder_cli.reporters import junit as junit_report
from twidder_cli.reporters.junit import legal

MIXED = report(
    started("r", "s", "t"),
    became("r", a=PASSED, b=PASSED, c=PASSED, d=PASSED),
    became("s", a=PASSED, b=FAILED, c=UNCLEAR, d=SKIPPED),
    not_started("t", FAILED),
)
INTERRUPTED = report(started("r", "s"), became("r", a=PASSED)[:-1], interrupted=15)
REPORTS = pytest.mark.parametrize("whole", [MIXED, INTERRUPTED], ids=["mixed", "interrupted"])
COUNTS = ("tests", "failures", "errors", "skipped")
TAGS = {Verdict.FAILED: "failure", Verdict.UNCLEAR: "error", Verdict.SKIPPED: "skipped"}


def render_json(whole: Report) -> bytes:
    return b"".join(json_report.render(whole))


def render_junit(whole: Report) -> bytes:
    return b"".join(junit_report.render(whole))


def junit(whole: Report) -> ET.Element:
    return ET.fromstring(render_junit(whole))  # noqa: S314  our own document


def counted(element: ET.Element) -> dict[str, int]:
    """Return the totals that an element states."""
    return {name: int(element.attrib[name]) for name in COUNTS}


def properties(element: ET.Element) -> dict[str, str]:
    return {one.attrib["name"]: one.attrib["value"] for one in element.findall("properties/*")}


# JUnit


@REPORTS
def test_a_suite_counts_its_own_cases(whole: Report) -> None:
    for suite in junit(whole):
        cases = suite.findall("testcase")
        assert counted(suite) == {
            "tests": len(cases),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }


@REPORTS
def test_the_totals_are_those_of_the_suites(whole: Report) -> None:
    root = junit(whole)
    suites = [counted(suite) for suite in root]
    assert counted(root) == {name: sum(suite[name] for suite in suites) for name in COUNTS}


@REPORTS
def test_the_cases_are_those_of_the_report(whole: Report) -> None:
    found = [
        (case.attrib["classname"], case.attrib["name"], [child.tag for child in case][1:])
        for case in junit(whole).iter("testcase")
        if case.attrib["name"] != "start"
    ]
    assert found == [
        (
            submission.name,
            scenario.listed.id,
            [TAGS[verdict]] if (verdict := scenario.outcome.verdict) in TAGS else [],
        )
        for submission in whole.submissions
        for scenario in submission.scenarios
    ]


def test_a_submission_that_did_not_start_has_a_case_of_its_own() -> None:
    (case,) = (one for one in junit(MIXED).iter("testcase") if one.attrib["name"] == "start")
    assert (case.attrib["classname"], [child.tag for child in case]) == ("t", ["failure"])


def test_a_case_says_where_it_is_what_is_wrong_and_what_it_is_worth() -> None:
    case = junit(MIXED).findall("testsuite")[1].findall("testcase")[1]
    failure = case.find("failure")
    assert failure is not None
    assert case.attrib == {
        "classname": "s",
        "name": "b",
        "time": "1.250",
        "file": "scenarios/b.yaml",
        "line": "11",
    }
    assert properties(case) == {
        "points": "0/2",
        "requirement": "L13 targeted",
        "level": "required",
    }
    assert failure.attrib == {"message": "not told", "type": "submission"}
    assert failure.text == (
        "not told\nthe lab says: Only the target client gets it. (L13)\n"
        "expected: a push\nhappened: nothing\nat scenarios/b.yaml:11"
    )


@REPORTS
def test_the_points_of_a_suite_are_those_of_the_report(whole: Report) -> None:
    for suite, submission in zip(junit(whole), whole.submissions, strict=True):
        earned, _, possible = properties(suite)["points"].partition("/")
        assert (float(earned), float(possible), float(properties(suite)["open_points"])) == (
            submission.points,
            submission.max_points,
            submission.open_points,
        )


@REPORTS
def test_no_case_is_named_twice(whole: Report) -> None:
    names = [
        (case.attrib["classname"], case.attrib["name"]) for case in junit(whole).iter("testcase")
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("a\x00b", "a#x00b"),
        ("bell\x07", "bell#x07"),
        ("\ufffe\uffff", "#xFFFE#xFFFF"),
        ("half \ud800", "half #xD800"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("<&>\"'", "<&>\"'"),
        ("Linköping 🐦", "Linköping 🐦"),
    ],
)
def test_what_xml_forbids_is_written_out(text: str, written: str) -> None:
    assert legal(text) == written


ANY_TEXT = st.text(alphabet=st.characters(categories=None), max_size=30)


def with_text(text: str) -> Report:
    """Return a report in which a submission has been free to say something everywhere."""
    found = Finding(title=text, expected=text, actual=text, hint=text, who=(text,), line=3)
    outcome = Outcome.of([found])
    events: list[Event] = became("s", a=outcome, b=PASSED, c=PASSED, d=PASSED)
    named = [msgspec.structs.replace(event, submission=text) for event in events]
    return report(started(text), named)


@given(ANY_TEXT)
def test_junit_is_well_formed_whatever_was_said(text: str) -> None:
    (suite,) = junit(with_text(text))
    assert counted(suite) == {"tests": 4, "failures": 1, "errors": 0, "skipped": 0}
    assert "\x1b" not in ET.tostring(suite, encoding="unicode")


@given(ANY_TEXT)
def test_json_holds_whatever_was_said(text: str) -> None:
    document = json.loads(render_json(with_text(text)))
    (submission,) = document["submissions"]
    (found,) = submission["scenarios"][0]["findings"]
    assert (submission["name"], found["actual"]) == (text, text)


# JSON

VERDICT = {"enum": ["passed", "skipped", "unclear", "failed"]}
OUTCOME = {
    "verdict": VERDICT,
    "blame": {"enum": ["none", "submission", "harness"]},
    "reason": {"type": "string"},
}


def record(**fields: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


TEXT, NUMBER = {"type": "string"}, {"type": "number", "minimum": 0}
FINDING = record(
    title=TEXT,
    verdict=VERDICT,
    blame=OUTCOME["blame"],
    expected=TEXT,
    actual=TEXT,
    hint=TEXT,
    who={"type": "array", "items": TEXT},
    file=TEXT,
    line={"type": "integer", "minimum": 0},
)
SCENARIO = record(
    id=TEXT,
    title=TEXT,
    requirement=TEXT,
    ref=TEXT,
    says=TEXT,
    level={"enum": ["required", "advanced"]},
    **OUTCOME,
    points={"type": ["number", "null"]},
    max_points=NUMBER,
    seconds=NUMBER,
    findings={"type": "array", "items": FINDING},
)
SUBMISSION = record(
    name=TEXT,
    **OUTCOME,
    points=NUMBER,
    max_points=NUMBER,
    open_points=NUMBER,
    seconds=NUMBER,
    started=TEXT,
    notes={"type": "array", "items": TEXT},
    findings={"type": "array", "items": FINDING},
    scenarios={"type": "array", "items": SCENARIO},
)
DOCUMENT = record(
    schema_version={"const": 1},
    tool=record(name={"const": "twidder"}, version=TEXT),
    started_at=TEXT,
    seconds=NUMBER,
    interrupted={"type": "boolean"},
    seed={"type": "integer"},
    plan=TEXT,
    verdict=VERDICT,
    submissions={"type": "array", "items": SUBMISSION},
)


@REPORTS
def test_the_json_document_has_its_documented_fields(whole: Report) -> None:
    jsonschema.validate(json.loads(render_json(whole)), DOCUMENT)


def test_the_json_document_begins_with_what_the_run_was() -> None:
    document = json.loads(render_json(INTERRUPTED))
    del document["submissions"]
    assert document == {
        "schema_version": 1,
        "tool": {"name": "twidder", "version": "1.2.3"},
        "started_at": "2026-11-22T16:00:00+00:00",
        "seconds": 12.346,
        "interrupted": True,
        "seed": 0,
        "plan": "Lab 3",
        "verdict": "unclear",
    }


@REPORTS
def test_the_json_documents_points_are_those_of_the_report(whole: Report) -> None:
    for found, submission in zip(
        json.loads(render_json(whole))["submissions"], whole.submissions, strict=True
    ):
        assert (found["points"], found["max_points"], found["open_points"]) == (
            submission.points,
            submission.max_points,
            submission.open_points,
        )
        scenarios = found["scenarios"]
        assert sum(one["points"] or 0 for one in scenarios) == found["points"]
        assert sum(one["max_points"] for one in scenarios) == found["max_points"]
        unsettled = [one["max_points"] for one in scenarios if one["points"] is None]
        assert sum(unsettled) == found["open_points"]


@REPORTS
def test_both_reports_count_the_same(whole: Report) -> None:
    document = json.loads(render_json(whole))
    verdicts = [
        scenario["verdict"]
        for submission in document["submissions"]
        for scenario in submission["scenarios"]
    ]
    cases = [c for c in junit(whole).iter("testcase") if c.attrib["name"] != "start"]
    for verdict, tag in TAGS.items():
        assert verdicts.count(verdict) == sum(case.find(tag) is not None for case in cases)
    assert verdicts.count("passed") == sum(len(list(case)) == 1 for case in cases)


def fields_of(schema: object) -> set[str]:
    """Return the names of all fields that a schema speaks of."""
    match schema:
        case {"properties": dict(properties)}:
            return set(properties).union(*map(fields_of, properties.values()))
        case {"items": items}:
            return fields_of(items)
        case _:
            return set()


def test_every_field_of_the_json_document_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/report-json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`(\w+)`", text))
    assert fields_of(DOCUMENT) - documented == set()

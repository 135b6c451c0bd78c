"""Submissions that only their own page can speak to: graded through that page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.test_watching import FRESH, STRANGE, TIMED, handed_in, prepared
from twidder_cli.engine.grade import Graded, grade, notes
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Browser
from twidder_cli.engine.server import Server
from twidder_cli.load.library import find_plan, find_scenarios, load_scenarios
from twidder_cli.model.verdicts import Verdict
from twidder_cli.model.words import entry_line

SCENARIOS = {
    one.id: one for one in load_scenarios(find_scenarios(tuple(find_plan(None).scenarios)))
}

HIDING = """

import base64
from flask import Request

class Hidden(Request):
    def get_json(self, *args, **kwargs):
        sent = super().get_json(*args, **kwargs) or {}
        return json.loads(base64.b64decode(sent.get("q", ""))[::-1] or "null")

app.request_class = Hidden
"""
SENDS = "xhr.send(body ? JSON.stringify(body) : null);"
HIDES = """xhr.send(body ? JSON.stringify({
        q: btoa([...JSON.stringify(body)].reverse().join("")),
    }) : null);"""
"""All that is sent is hidden, as encryption would hide it."""

BROADCAST = (
    "core.tell(email, say_goodbye)",
    "core.untold.pop(email, []) and [say_goodbye(s) for l in core.sockets.values() for s in l]",
)
SILENT = "core.tell(email, say_goodbye)", "pass"
KEEPS = "        del sessions[token]\n", "        pass\n"


class Submission(NamedTuple):
    """A running submission of which the wire says too little, and the browser to use it with."""

    server: Server
    browser: Browser

    def play(self, name: str) -> Graded:
        """Play one of the plan's scenarios; what happened is printed for who reads a failure."""
        graded = grade(SCENARIOS[name], self.server, "1", lambda _step, _kind: None, self.browser)
        for entry in graded.timeline.entries:
            print(entry_line(entry))  # noqa: T201
        print(graded.outcome)  # noqa: T201
        return graded

    def verdict(self, name: str) -> tuple[Verdict, str]:
        """Return what became of a scenario, and why."""
        outcome = self.play(name).outcome
        return outcome.verdict, outcome.reason


def started(
    folder: Path, browser: Browser, secret: str, *changes: tuple[str, str]
) -> Iterator[Submission]:
    """Start a submission that hides what it sends, or has times in it, but for these changes."""
    if secret == "hidden":
        submission = handed_in(STRANGE, folder / "s", (SENDS, HIDES))
        with (folder / "s/server.py").open("a") as source:
            source.write(HIDING)
    else:
        timed = replace(STRANGE, style=replace(STRANGE.style, sent=FRESH))
        submission = handed_in(timed, folder / "s", TIMED)
    for name in ("server.py", "core.py"):
        text = (folder / "s" / name).read_text()
        for old, new in changes:
            text = text.replace(old, new)
        (folder / "s" / name).write_text(text)
    found = prepared(submission, folder / "w", browser)
    assert found.spoken is not None
    server = Server(found.contract, Pace())
    server.understood |= found.understood
    server.use_by_page(found.spoken)
    with found.start(folder / "run", 60.0) as running:
        yield Submission(server.at(running.url, running), browser)


PAGES_DO = (
    "lab3/auto-logout",
    "lab3/targeted",
    "lab3/auto-logout-chain",
    "lab3/two-users",
    "lab3/refresh",
    "lab3/first-tab-closed",
    "lab3/wrong-password",
    "lab3/page-logout",
    "lab3/page-others-stay",
    "lab3/page-expired-later",
)
NO_PAGE_DOES = {
    "lab3/one-session-at-once": "no page keeps from opening its socket",
    "lab3/no-socket": "no page keeps from opening its socket",
    "lab3/refresh-overlap": "its page has opened no socket",
}


@pytest.mark.parametrize(
    ("secret", "passing"),
    [("hidden", PAGES_DO), ("timed", ("lab3/two-users", "lab3/refresh", "lab3/wrong-password"))],
)
def test_a_right_submission_passes_what_its_page_can_do_and_fails_nothing(
    secret: str, passing: tuple[str, ...], browser: Browser, tmp_path: Path
) -> None:
    for submission in started(tmp_path, browser, secret):
        found = {name: submission.play(name).outcome for name in (*passing, *NO_PAGE_DOES)}
        assert {name: one.verdict for name, one in found.items()} == {
            **dict.fromkeys(passing, Verdict.PASSED),
            **dict.fromkeys(NO_PAGE_DOES, Verdict.UNCLEAR),
        }
        (told,) = notes(submission.server)
        assert "played through its own page" in told


def test_what_no_page_does_is_told(browser: Browser, tmp_path: Path) -> None:
    for submission in started(tmp_path, browser, "hidden"):
        for name, why in NO_PAGE_DOES.items():
            (finding,) = submission.play(name).outcome.findings
            assert why in finding.actual
            assert "by hand" in finding.hint
        (finding,) = submission.play("lab3/simultaneous").outcome.findings
        assert "has no use for the step together" in finding.hint


@pytest.mark.parametrize(
    ("change", "name", "told"),
    [
        (BROADCAST, "lab3/targeted", "The logout was broadcast"),
        (SILENT, "lab3/auto-logout", "anna@laptop was not told"),
        (KEEPS, "lab3/two-users", "get_user_data_by_token should have been refused"),
    ],
)
def test_what_is_wrong_is_found_through_the_page(
    change: tuple[str, str], name: str, told: str, browser: Browser, tmp_path: Path
) -> None:
    for submission in started(tmp_path, browser, "hidden", change):
        assert submission.verdict(name) == (Verdict.FAILED, told)

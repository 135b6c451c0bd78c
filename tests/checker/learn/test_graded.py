"""What is learned is enough to grade by: right servers pass, and mistakes are not learned away."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.checker.learn.running import learned
from tests.checker.learn.styles import BEARER, CAMEL, CASES, NAMES, SPOKEN
from tests.checker.learn.submissions import Style, write
from tests.golden.grading import scenarios
from twidder_cli.model.events import ScenarioFinished
from twidder_cli.model.job import Job
from twidder_cli.model.verdicts import Verdict
from twidder_cli.runner import Runner

UNUSUAL = Style(
    routes=CAMEL,
    keys=NAMES,
    strict=True,
    again="password2",
    handed="jsonify(access_token=token)",
    sent=BEARER,
    socket="/live",
    greeting=SPOKEN,
    look_up='greeting["data"] if greeting["type"] == "login" else None',
    told="socket",
    notice='socket.send(json.dumps({"action": "bye"}))',
)
IGNORES_TOKENS = Style(
    greeting=SPOKEN,
    look_up='core.token_of(greeting["email"]) if greeting["token"] else None',
)
EVERYTHING = tuple(source.id for source, _ in scenarios())


def verdicts(style: Style, folder: Path, ids: Sequence[str]) -> dict[str, Verdict]:
    """Learn a submission's contract, and return what becomes of scenarios by it."""
    submission = write(style, folder / "s")
    contract = learned(submission, folder / "w").contract
    assert contract is not None
    job = Job(
        submission=submission,
        scenarios=tuple(source for source, _ in scenarios() if source.id in ids),
        contract=contract,
        patience=1.0,
        seed=1,
        workspace="",
        lanes=2,
    )
    return {
        event.scenario: event.outcome.verdict
        for event in Runner().run([job])
        if isinstance(event, ScenarioFinished)
    }


def test_a_right_server_of_an_unusual_style_gets_full_marks(tmp_path: Path) -> None:
    assert set(verdicts(UNUSUAL, tmp_path, EVERYTHING).values()) == {Verdict.PASSED}


def test_a_server_that_goes_by_cookies_is_graded(tmp_path: Path) -> None:
    ids = ("lab3/nine-functions", "lab3/auto-logout", "lab3/targeted", "lab3/token-made-up")
    found = verdicts(CASES["a cookie"].style, tmp_path, ids)
    assert found == dict.fromkeys(ids, Verdict.PASSED)


def test_a_greeting_by_address_is_learned_and_then_failed(tmp_path: Path) -> None:
    ids = ("lab3/auto-logout", "lab3/targeted", "lab3/token-email")
    found = verdicts(CASES["an address as the greeting"].style, tmp_path, ids)
    assert found == {**dict.fromkeys(ids, Verdict.PASSED), "lab3/token-email": Verdict.FAILED}


def test_a_token_that_is_sent_and_not_looked_at_is_failed(tmp_path: Path) -> None:
    ids = ("lab3/auto-logout", "lab3/targeted", "lab3/token-made-up")
    found = verdicts(IGNORES_TOKENS, tmp_path, ids)
    assert found == {**dict.fromkeys(ids, Verdict.PASSED), "lab3/token-made-up": Verdict.FAILED}


@pytest.mark.parametrize(
    ("name", "scenario"),
    [("no change_password", "lab3/nine-functions"), ("no socket", "lab3/auto-logout")],
)
def test_what_is_not_there_is_failed(name: str, scenario: str, tmp_path: Path) -> None:
    found = verdicts(CASES[name].style, tmp_path, [scenario])
    assert found == {scenario: Verdict.FAILED}

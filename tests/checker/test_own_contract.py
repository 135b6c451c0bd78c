"""A contract that a submission brings itself is a claim: found, read and compared, never a trap."""

from pathlib import Path

import msgspec
import pytest

from tests.checker.handed_in import put
from tests.checker.learn.submissions import Style, write
from tests.golden.grading import job_of
from twidder_cli.load.library import find_contract
from twidder_cli.load.own_contract import OwnContract, own_contract
from twidder_cli.model.contract import TokenPlace
from twidder_cli.model.events import Event, ScenarioFinished, ServerStarted
from twidder_cli.model.learned import Learned
from twidder_cli.model.verdicts import Verdict
from twidder_cli.runner import Runner

COMMON = find_contract(None)
SAID = """\
operations:
  sign_up: {request: POST /register, json: {mail: "{email}", pw: "{password}"}}
  sign_in: {request: POST /login, json: {mail: "{email}", pw: "{password}"}, token: "json:data"}
token: {header: Authorization}
socket: {path: /ws, greeting: "{token}"}
"""


def notes(own: OwnContract, learned: Learned | None = None, *, is_used: bool = False) -> list[str]:
    return list(own.compared(learned, is_used=is_used))


def test_most_submissions_say_nothing_of_themselves(tmp_path: Path) -> None:
    own = own_contract(tmp_path)
    assert own == OwnContract()
    assert notes(own) == []


def test_the_topmost_file_counts_and_whoever_takes_it_vouches_for_it(tmp_path: Path) -> None:
    deeper = {"a/twidder.yaml": "operations: 1", "lab3/x/twidder.yaml": "operations: 1"}
    put(tmp_path, {**deeper, "lab3/twidder.yaml": SAID.replace("login", "topmost")})
    put(tmp_path, {"twidder.yaml": SAID})
    own = own_contract(tmp_path)
    assert own.contract is not None
    assert own.contract.operations["sign_in"].request == "POST /login"
    assert own.contract.vouched
    assert notes(own, is_used=True) == ["its own twidder.yaml was trusted"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("operations: {}", "twidder.yaml:1:1: 'token' is missing"),
        ("\x1b[2J: [", "twidder.yaml: this is not valid YAML"),
        ("[" * 900, "twidder.yaml:1:101: this can't be read as YAML: nested too deeply"),
        (b"\xff\xfe", "twidder.yaml: this is not UTF-8"),
        ("#" * 65_537, "twidder.yaml: more than 64 KiB"),
    ],
)
def test_a_file_that_is_wrong_is_told_and_not_used(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    put(tmp_path, {"twidder.yaml": content})
    own = own_contract(tmp_path)
    assert own.contract is None
    for is_used in (False, True):
        (note,) = notes(own, is_used=is_used)
        assert note.startswith(f"its own twidder.yaml is wrong and was not used: {said}")
        assert "\x1b" not in note
        assert str(tmp_path) not in note


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "twidder.yaml").mkdir()
    put(tmp_path, {"lab3/twidder.yaml": SAID})
    assert own_contract(tmp_path).contract is not None


def test_a_claim_is_compared_with_what_was_learned() -> None:
    place = TokenPlace(header="token")
    sign_out = msgspec.structs.replace(COMMON.operations["sign_out"], request="POST /sign_out")
    otherwise = msgspec.structs.replace(
        COMMON, token=place, operations={**COMMON.operations, "sign_out": sign_out}
    )
    own = OwnContract(COMMON)
    hint = "--trust-contract uses it"
    assert notes(own, Learned(contract=COMMON)) == [
        f"its own twidder.yaml was not used and says the same; {hint}"
    ]
    assert notes(own, Learned(contract=otherwise)) == [
        f"its own twidder.yaml was not used and says otherwise about sign_out and token; {hint}"
    ]
    for nothing in (None, Learned(problem="nobody gets in")):
        assert notes(own, nothing) == [
            f"its own twidder.yaml was not used and says otherwise about all of it; {hint}"
        ]


def test_it_is_gone_by_only_if_the_operator_trusts_it(tmp_path: Path) -> None:
    submission = write(Style(), tmp_path / "lab")
    put(tmp_path / "lab", {"twidder.yaml": SAID})  # which is not true
    job = job_of(submission, patience=1.0, seed=1)
    only = tuple(source for source in job.scenarios if source.id == "lab3/nine-functions")
    job = msgspec.structs.replace(job, scenarios=only)

    def graded(*, trusted: bool) -> tuple[tuple[str, ...], Verdict]:
        events: list[Event] = list(
            Runner().run([msgspec.structs.replace(job, trusts_contract=trusted)])
        )
        (started,) = (event for event in events if isinstance(event, ServerStarted))
        (played,) = (event for event in events if isinstance(event, ScenarioFinished))
        return started.notes, played.outcome.verdict

    (note,), verdict = graded(trusted=False)
    assert note.startswith("its own twidder.yaml was not used and says otherwise about sign_up")
    assert verdict is Verdict.PASSED
    assert graded(trusted=True) == (("its own twidder.yaml was trusted",), Verdict.FAILED)

"""Contracts are learned from real servers, whatever they call things and wherever they put them."""

from pathlib import Path

import msgspec
import pytest

from tests.checker.learn.running import learned
from tests.checker.learn.styles import CASES
from tests.checker.learn.submissions import write
from twidder_cli.model.contract import FUNCTIONS


@pytest.mark.parametrize("name", CASES)
def test_a_style_is_learned(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    result = learned(write(case.style, tmp_path / "s"), tmp_path / "w")
    assert result.contract is not None, result.problem
    named = msgspec.structs.replace(result.contract, name="common")
    assert named == case.contract
    assert result.proved == {*FUNCTIONS, "connect"} - case.contract.absent, result.found
    assert (result.absent, result.not_understood) == (case.contract.absent, frozenset())
    assert result.problem == ""
    assert result.requests < 150

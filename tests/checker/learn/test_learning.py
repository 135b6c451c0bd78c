"""Contracts are learned from real servers, whatever they call things and wherever they put them."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.checker.learn.running import learned
from tests.checker.learn.styles import CASES
from tests.checker.learn.submissions import write
from twidder_cli.load.library import find_contract
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


def test_names_that_say_nothing_at_all_are_found_out_by_what_they_do(tmp_path: Path) -> None:
    case = CASES["paths that say nothing"]
    views = {name: f"f{number}" for number, name in enumerate(FUNCTIONS)}
    style = replace(case.style, views=views)
    result = learned(write(style, tmp_path / "s"), tmp_path / "w")
    assert result.contract == msgspec.structs.replace(case.contract, name="learned")
    assert result.proved == {*FUNCTIONS, "connect"}


@pytest.mark.parametrize(
    "name",
    [
        "common",
        "camel case",
        "other keys",
        "nested, and in its own header",
        "in a header of the reply",
        "a cookie",
        "the token in the socket's query",
        "an address as the greeting",
    ],
)
def test_without_a_table_the_common_contract_and_its_kin_are_tried(
    name: str, tmp_path: Path
) -> None:
    case = CASES[name]
    result = learned(write(case.style, tmp_path / "s"), tmp_path / "w", is_table_known=False)
    assert result.contract is not None, result.problem
    assert msgspec.structs.replace(result.contract, name="common") == case.contract
    assert result.proved == {*FUNCTIONS, "connect"}


def test_the_common_contract_is_called_by_its_name(tmp_path: Path) -> None:
    for name, expected in (("common", find_contract(None).name), ("trailing slashes", "learned")):
        submission = write(CASES[name].style, tmp_path / name / "s")
        contract = learned(submission, tmp_path / name / "w").contract
        assert contract is not None
        assert contract.name == expected

"""Where files are: ids, paths, folders, and what is said of names that stand for nothing."""

from pathlib import Path

import pytest

from tests.checker.files import CONTRACT, PLAN, SCENARIO
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import bundled_ids, find_contract, find_plan, find_scenarios


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_id_names_a_scenario_of_the_package() -> None:
    (found,) = find_scenarios(("lab3/root",))
    assert (found.id, found.path) == ("lab3/root", "scenarios/lab3/root.yaml")


def test_the_beginning_of_ids_names_all_of_them() -> None:
    assert tuple(source.id for source in find_scenarios(("lab3",))) == bundled_ids()


def test_plans_requirements_and_contracts_are_no_scenarios() -> None:
    names = {scenario.rpartition("/")[2] for scenario in bundled_ids()}
    assert not names & {"plan", "requirements", "common"}


def test_a_path_names_a_file_and_its_id_is_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "mine/told.yaml", SCENARIO)
    monkeypatch.chdir(tmp_path)
    (found,) = find_scenarios(("mine/told.yaml",))
    assert (found.id, found.path, found.text) == ("mine/told", "mine/told.yaml", SCENARIO)


def test_a_folder_names_the_scenarios_in_it_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mine/b.yaml", "mine/a.yaml", "mine/deep/c.yaml", "mine/notes.txt"):
        put(tmp_path / name, SCENARIO)
    put(tmp_path / "mine/plan.yaml", PLAN)
    put(tmp_path / "mine/contracts/x.yaml", CONTRACT)
    monkeypatch.chdir(tmp_path)
    ids = [source.id for source in find_scenarios(("mine/",))]
    assert ids == ["mine/a", "mine/b", "mine/deep/c"]


def test_a_file_named_twice_is_played_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "told.yaml", SCENARIO)
    monkeypatch.chdir(tmp_path)
    found = find_scenarios(("told.yaml", "./told.yaml", str(tmp_path / "told.yaml")))
    assert [source.id for source in found] == ["told"]


def test_an_unknown_name_is_told_with_the_nearest_id() -> None:
    with pytest.raises(OperatorError) as raised:
        find_scenarios(("lab3/tageted",))
    assert str(raised.value) == (
        "there is no scenario 'lab3/tageted', as an id or as a file. Did you mean 'lab3/targeted'?"
    )


def test_a_folder_without_scenarios_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as raised:
        find_scenarios((f"{tmp_path}/",))
    assert str(raised.value) == f"{tmp_path}/: there is no scenario file (*.yaml) in this folder"


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = put(tmp_path / "told.yaml", b"title: Link\xf6ping\n")
    with pytest.raises(OperatorError) as raised:
        find_scenarios((str(file),))
    assert str(raised.value) == f"{file}: this is not a text file in UTF-8"


def test_a_contract_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = put(tmp_path / "c.yaml", b"\xff\xfe")
    with pytest.raises(OperatorError) as raised:
        find_contract(str(file))
    assert str(raised.value) == f"{file}: this is not a text file in UTF-8"


@pytest.mark.parametrize("name", ["nothing", "../lab3/root", "/etc", "no/such.yaml"])
def test_an_unknown_plan_is_told(name: str) -> None:
    with pytest.raises(OperatorError) as raised:
        find_plan(name)
    assert str(raised.value) == (
        f"there is no plan {name!r}, as an id or as a file. Possible: lab3/plan."
    )


def test_an_unknown_contract_is_told() -> None:
    with pytest.raises(OperatorError) as raised:
        find_contract("comon")
    assert str(raised.value) == (
        "there is no contract 'comon', as an id or as a file. Did you mean 'common'?"
    )


def test_a_plan_in_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    assert find_plan(str(put(tmp_path / "my.yaml", PLAN))).title == "Lab 3"


@pytest.mark.parametrize(
    "name", ["mine/twice.yaml", "mine/twice", "./mine/twice.yaml", "twice.yaml"]
)
def test_a_scenario_of_ones_own_is_worth_what_the_plan_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path / "mine", tmp_path):
        put(folder / "twice.yaml", SCENARIO)
    shares = find_plan(str(put(tmp_path / "my.yaml", f"{PLAN}  {name}: 2\n"))).scenarios
    (_, source) = find_scenarios(tuple(shares))
    assert shares[source.id].points == 2


def test_a_mistake_in_a_plan_names_the_file(tmp_path: Path) -> None:
    file = put(tmp_path / "my.yaml", "title: P\n")
    with pytest.raises(OperatorError) as raised:
        find_plan(str(file))
    assert str(raised.value) == f"{file}:1:1: 'scenarios' is missing"

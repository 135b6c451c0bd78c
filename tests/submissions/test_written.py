"""What is drawn, and what is written, without starting any of it."""

import ast
import sys
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
import pytest

from tests.submissions.axes import AXES, drawn
from tests.submissions.generator import Truth, contract_file, unpack, write
from tests.submissions.seeds import GRADABLE, SEEDS, SPEAKABLE
from twidder_cli.load.library import find_contract


def own_modules(truth: Truth, root: Path) -> list[Path]:
    """The modules of the submission itself, without other labs and environments."""
    return sorted((root / truth.folder).rglob("*.py"))


def is_valid(module: Path) -> bool:
    try:
        ast.parse(module.read_text())
    except SyntaxError:
        return False
    return True


def imported(modules: list[Path]) -> set[str]:
    """The packages that modules import which are neither theirs nor Python's own."""
    nodes = [node for module in modules for node in ast.walk(ast.parse(module.read_text()))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    own = {module.stem for module in modules} | {module.parent.name for module in modules}
    return {name.partition(".")[0] for name in names} - own - sys.stdlib_module_names


def test_sixty_of_the_submissions_can_be_graded() -> None:
    assert len(GRADABLE) == 60


@pytest.mark.parametrize("axis", AXES)
def test_every_value_of_an_axis_is_drawn(axis: str) -> None:
    seeds = SEEDS if axis == "hindrance" else GRADABLE
    assert {getattr(drawn(seed), axis) for seed in seeds} == set(AXES[axis])


def test_a_combination_has_a_value_for_every_axis() -> None:
    assert list(asdict(drawn(1))) == list(AXES)


def test_there_is_no_combination_of_an_unknown_value() -> None:
    with pytest.raises(ValueError, match="told: there is no 'never'"):
        replace(drawn(1), told="never")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_always_gives_the_same_submission(seed: int, tmp_path: Path) -> None:
    written = []
    for name in ("one", "other"):
        truth = write(drawn(seed), tmp_path / name)
        root = unpack(truth, tmp_path / name, tmp_path / f"{name} unpacked")
        files = sorted(path for path in root.rglob("*") if path.is_file())
        written.append((truth, [(path.relative_to(root), path.read_bytes()) for path in files]))
    assert written[0] == written[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_source_is_what_the_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    modules = own_modules(truth, unpack(truth, tmp_path, tmp_path / "unpacked"))
    valid = [module for module in modules if is_valid(module)]
    assert (valid != modules) is (truth.failure == "syntax error")
    if valid == modules:
        assert imported(modules) == set(truth.imports)


# A contract file can't say yet that a socket is greeted with an address.
@pytest.mark.parametrize(
    "seed", [seed for seed in SPEAKABLE if drawn(seed).mistake != "email-greeting"]
)
def test_the_contract_can_be_given_as_a_file(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    file = tmp_path / "contract.yaml"
    file.write_text(contract_file(truth))
    found = find_contract(str(file))
    assert found == msgspec.structs.replace(truth.contract, name=found.name, vouched=True)

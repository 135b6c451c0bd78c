"""Where files are: the ones that travel with the package, and the operator's own."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

import twidder_cli
from twidder_cli.errors import OperatorError, did_you_mean
from twidder_cli.load.contract import load_contract
from twidder_cli.load.plan import load_plan, load_requirements
from twidder_cli.load.scenario import included, load_scenario
from twidder_cli.load.source import Mistakes
from twidder_cli.model.contract import Contract
from twidder_cli.model.scenario import Plan, Requirement, Scenario, Source

DEFAULT_PLAN = "lab3/plan"
_NOT_SCENARIOS = {"plan.yaml", "requirements.yaml"}


@cache
def bundled() -> Path:
    """Return the folder of the scenarios that come with the package.

    In a wheel they are inside `twidder_cli`; in a working tree beside it.
    """
    package = Path(twidder_cli.__file__).parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def read(path: Path) -> str:
    """Return a file's text; raises OperatorError where it can't be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OperatorError(f"{path}: this is not a text file in UTF-8") from None
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror or error}") from None


@cache
def bundled_ids() -> list[str]:
    """Return the ids of all scenarios that come with the package."""
    return [_id(path) for path in _scenario_files(bundled())]


def find_scenarios(names: tuple[str, ...]) -> list[Source]:
    """Return the scenario files that names stand for, in order, each once.

    A name with a slash or an ending that names an existing file or folder is
    a path, else an id, or the beginning of ids: `lab3/targeted`, `lab3`. The id
    of a file is its path without the `.yaml`.
    """
    found: dict[Path, Source] = {}
    for name in names:
        for path in _paths(name):
            found.setdefault(path.resolve(), _source(path))
    return list(found.values())


def _source(path: Path) -> Source:
    text = read(path)
    includes: dict[str, str] = {}
    waiting = included(text, _shown(path))
    while waiting:
        name = waiting.pop()
        file = _opening(name, path.parent)
        if name not in includes and file is not None:
            includes[name] = read(file)
            waiting += included(includes[name], name)
    return Source(id=_id(path), path=_shown(path), text=text, includes=includes)


def _opening(name: str, folder: Path) -> Path | None:
    """Return the file of an opening: beside the scenario, or among those of the package."""
    candidates = (folder / f"{name}.yaml", bundled() / f"{name}.yaml")
    return next((path for path in candidates if path.is_file()), None)


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if ("/" in name or path.suffix) and _is(path.is_file):
        return [path]
    if "/" in name and name not in bundled_ids() and _is(Path(f"{name}.yaml").is_file):
        return [Path(f"{name}.yaml")]
    if ("/" in name or name == ".") and _is(path.is_dir):
        inside = _scenario_files(path)
        if not inside:
            raise OperatorError(f"{name}: there is no scenario file (*.yaml) in this folder")
        return inside
    ids = bundled_ids()
    chosen = [i for i in ids if i == name or i.startswith(f"{name}/")]
    if not chosen:
        raise OperatorError(
            f"there is no scenario {name!r}, as an id or as a file.{did_you_mean(name, ids)}"
        )
    return [bundled() / f"{i}.yaml" for i in chosen]


def _is(asked: Callable[[], bool]) -> bool:
    """Whether a path is what is asked; a name that the system can't take is nothing."""
    try:
        return asked()
    except OSError:
        return False


def _scenario_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*.yaml")
        if path.name not in _NOT_SCENARIOS
        and not {"contracts", "openings"} & set(path.relative_to(folder).parts)
    )


def _id(path: Path) -> str:
    inside = path.resolve()
    if inside.is_relative_to(bundled().resolve()):
        return inside.relative_to(bundled().resolve()).with_suffix("").as_posix()
    return path.with_suffix("").as_posix()


def _shown(path: Path) -> str:
    if path.is_relative_to(bundled()):
        return f"scenarios/{path.relative_to(bundled()).as_posix()}"
    return path.as_posix()


def load_scenarios(sources: list[Source]) -> list[Scenario]:
    """Return the scenarios in files; raises OperatorError that tells of all mistakes at once."""
    mistakes = Mistakes()
    known = {
        "requirement": requirements(),
        "needs": {*bundled_ids(), *(source.id for source in sources)},
    }
    scenarios = [load_scenario(source, mistakes, known) for source in sources]
    mistakes.raise_if_any()
    return [scenario for scenario in scenarios if scenario]


def find_contract(name: str | None) -> Contract:
    """Return the contract in a file or with an id; the common one where there is no name.

    A contract that was named is vouched for.
    """
    path = _named_file(name or "common", bundled() / "contracts", "contract")
    mistakes = Mistakes()
    contract = load_contract(read(path), _shown(path), mistakes, vouched=name is not None)
    mistakes.raise_if_any()
    assert contract is not None  # noqa: S101  no contract without a mistake
    return contract


def find_plan(name: str | None) -> Plan:
    """Return the plan in a file or with an id; the one of lab 3 where there is no name."""
    path = _named_file(name or DEFAULT_PLAN, bundled(), "plan")
    mistakes = Mistakes()
    plan = load_plan(read(path), _shown(path), mistakes, bundled_ids())
    mistakes.raise_if_any()
    assert plan is not None  # noqa: S101  no plan without a mistake
    ids = {name: name if name in bundled_ids() else _id(Path(name)) for name in plan.scenarios}
    shares = {ids[name]: share for name, share in plan.scenarios.items()}
    return msgspec.structs.replace(plan, scenarios=shares)


@cache
def requirements() -> dict[str, Requirement]:
    """Return the lab's requirements, by id."""
    path = bundled() / "requirements.yaml"
    mistakes = Mistakes()
    found = load_requirements(read(path), _shown(path), mistakes)
    mistakes.raise_if_any()
    return found


def _named_file(name: str, folder: Path, what: str) -> Path:
    path = Path(name)
    if ("/" in name or path.suffix) and _is(path.is_file):
        return path
    inside = folder / f"{name}.yaml"
    if _is(inside.is_file) and inside.resolve().is_relative_to(folder.resolve()):
        return inside
    raise OperatorError(f"there is no {what} {name!r}, as an id or as a file")

"""Where files are: the ones that travel with the package, and the operator's own."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

import twidder_cli
from twidder_cli.errors import OperatorError, did_you_mean
from twidder_cli.load.contract import load_contract
from twidder_cli.load.needs import check_needs
from twidder_cli.load.plan import load_plan, load_requirements
from twidder_cli.load.scenario import included, load_scenario
from twidder_cli.load.source import LISTING, Mistakes, Value, parse
from twidder_cli.model.contract import Contract
from twidder_cli.model.scenario import Level, Plan, Requirement, Scenario, Source

DEFAULT_PLAN = "lab3/plan"
_NOT_SCENARIOS = {"plan.yaml", "requirements.yaml"}


@cache
def bundled() -> Path:
    """Return the folder of the scenarios that come with the package.

    In a wheel they are inside `twidder_cli`; in a working tree beside it.
    """
    package = Path(twidder_cli.__file__).resolve().parent
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
def bundled_ids() -> tuple[str, ...]:
    """Return the ids of all scenarios that come with the package."""
    return tuple(_id(path) for path in _scenario_files(bundled()))


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
    return next((path for path in candidates if _is(path.is_file)), None)


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
    if not chosen and _is(Path(f"{name}.yaml").is_file):
        return [Path(f"{name}.yaml")]
    if not chosen:
        raise OperatorError(
            f"there is no scenario {name!r}, as an id or as a file."
            f"{did_you_mean(name, ids, LISTING)}"
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
    if inside.is_relative_to(bundled()):
        return inside.relative_to(bundled()).with_suffix("").as_posix()
    return path.with_suffix("").as_posix()


def _shown(path: Path) -> str:
    if path.is_relative_to(bundled()):
        return f"scenarios/{path.relative_to(bundled()).as_posix()}"
    return path.as_posix()


def load_scenarios(sources: list[Source]) -> list[Scenario]:
    """Return the scenarios in files; raises OperatorError that tells of all mistakes at once."""
    mistakes = Mistakes()
    scenarios = _loaded(sources, mistakes)
    mistakes.raise_if_any()
    return scenarios


def _loaded(sources: list[Source], mistakes: Mistakes) -> list[Scenario]:
    known = {
        "requirement": requirements(),
        "needs": {*bundled_ids(), *(source.id for source in sources)},
    }
    loaded = [(source, load_scenario(source, mistakes, known)) for source in sources]
    check_needs(loaded, mistakes)
    return [scenario for _, scenario in loaded if scenario]


def lint(names: tuple[str, ...]) -> tuple[int, int]:
    """Return how many scenarios and plans there are in the files that names stand for.

    A file with `scenarios` in it is a plan. Raises OperatorError that tells of all
    mistakes at once.
    """
    folders = [Path(name) for name in names if _is(Path(name).is_dir)]
    sources = find_scenarios(names)
    sources += [_source(path) for folder in folders for path in sorted(folder.rglob("plan.yaml"))]
    plans = [source for source in sources if "scenarios" in _head(source)]
    scenarios = [source for source in sources if source not in plans]
    mistakes = Mistakes()
    _loaded(scenarios, mistakes)
    for plan in plans:
        load_plan(plan.text, plan.path, mistakes, bundled_ids(), _level_of)
    mistakes.raise_if_any()
    return len(scenarios), len(plans)


def _head(source: Source) -> dict[str, Value]:
    """Return the fields of a file; what is wrong with it is told when it is loaded."""
    root = parse(source.text, source.path, Mistakes())
    return {str(key.plain): value for key, value in root.entries()} if root else {}


def _level_of(name: str) -> Level:
    """Return the level that a scenario gives itself."""
    (source,) = find_scenarios((name,))
    level = _head(source).get("level")
    return "advanced" if level and level.plain == "advanced" else "required"


def find_contract(name: str | None) -> Contract:
    """Return the contract in a file or with an id; the common one where there is no name.

    A contract that was named is vouched for.
    """
    path = _named_file(name or "common", bundled() / "contracts", "contract", "*.yaml")
    mistakes = Mistakes()
    contract = load_contract(read(path), _shown(path), mistakes, vouched=name is not None)
    mistakes.raise_if_any()
    assert contract is not None  # noqa: S101  no contract without a mistake
    return contract


def find_plan(name: str | None) -> Plan:
    """Return the plan in a file or with an id; the one of lab 3 where there is no name."""
    path = _named_file(name or DEFAULT_PLAN, bundled(), "plan", "*/plan.yaml")
    mistakes = Mistakes()
    bundled_names = bundled_ids()
    plan = load_plan(read(path), _shown(path), mistakes, bundled_names, _level_of)
    mistakes.raise_if_any()
    assert plan is not None  # noqa: S101  no plan without a mistake
    ids = {name: name if name in bundled_names else _id(Path(name)) for name in plan.scenarios}
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


def _named_file(name: str, folder: Path, what: str, pattern: str) -> Path:
    path = Path(name)
    if ("/" in name or path.suffix) and _is(path.is_file):
        return path
    inside = folder / f"{name}.yaml"
    if _is(inside.is_file) and inside.resolve().is_relative_to(folder.resolve()):
        return inside
    files = sorted(folder.glob(pattern))
    ids = [file.relative_to(folder).with_suffix("").as_posix() for file in files]
    raise OperatorError(
        f"there is no {what} {name!r}, as an id or as a file.{did_you_mean(name, ids)}"
    )

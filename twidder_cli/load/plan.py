"""Plan and requirement files to Plans and Requirements."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import get_args

from twidder_cli.errors import did_you_mean
from twidder_cli.load.source import LISTING, Mistakes, Value, parse
from twidder_cli.model.scenario import Level, Plan, Requirement, Rule, Share
from twidder_cli.model.words import number, printable


def load_plan(
    text: str,
    path: str,
    mistakes: Mistakes,
    known: Collection[str],
    level_of: Callable[[str], Level],
) -> Plan | None:
    """Return the plan in a file; None, and at least one mistake, where it is wrong.

    `known` are the scenarios that come with the package; others are files (`*.yaml`).
    `level_of` tells the level that a scenario gives itself.
    """
    before = len(mistakes.found)
    root = parse(text, path, mistakes)
    if root is None:
        return None
    fields = root.fields(("title", "pass", "scenarios"), ("title", "scenarios"))
    rule = _rule(fields["pass"]) if "pass" in fields else Rule()
    shares: dict[str, Share] = {}
    entries = list(fields["scenarios"].entries()) if "scenarios" in fields else []
    for key, value in entries:
        name = str(key.plain)
        share = _share(value)
        if name not in known and not _is_file(name):
            near = did_you_mean(name, known, LISTING)
            key.wrong(f"there is no scenario {printable(name, 60)!r}.{near}")
        if share:
            shares[name] = share
    if "scenarios" in fields and fields["scenarios"].is_mapping and not entries:
        fields["scenarios"].wrong("expected at least one scenario with its points")
    title = fields["title"].text() if "title" in fields else ""
    if len(mistakes.found) > before:
        return None
    plan = Plan(title=title, scenarios=shares, rule=rule)
    _check_rule(plan, fields.get("pass", root), level_of)
    return plan if len(mistakes.found) == before else None


def _check_rule(plan: Plan, place: Value, level_of: Callable[[str], Level]) -> None:
    """Find a rule by which nobody can pass, or nobody fail."""
    most = sum(share.points for share in plan.scenarios.values())
    if round(plan.rule.points - most, 6) > 0:  # 0.7 + 0.1 + 0.1 is a little less than 0.9
        place.wrong(
            f"{number(plan.rule.points)} points pass, but there are {number(most)}, so nobody "
            "can pass"
        )
    levels = (share.level or level_of(name) for name, share in plan.scenarios.items())
    if not plan.rule.points and "required" not in levels:
        place.wrong("no scenario is required and no points are needed, so nobody can fail")


def _is_file(name: str) -> bool:
    """Whether a file is named, with or without its `.yaml`; a name too long for one is none."""
    try:
        return Path(f"{name.removesuffix('.yaml')}.yaml").is_file()
    except OSError:
        return False


def _rule(value: Value) -> Rule:
    fields = value.fields(("required", "points"), (), "field of pass")
    required = fields["required"].plain if "required" in fields else True
    if not isinstance(required, bool):
        fields["required"].wrong(f"expected true or false, got {fields['required'].shown}")
    points = _points(fields["points"]) if "points" in fields else 0
    if required is False and points == 0:
        value.wrong("nothing is needed to pass, so nobody can fail")
    return Rule(required=required is True, points=points or 0)


def _share(value: Value) -> Share | None:
    fields = (
        value.fields(("points", "level"), ("points",)) if value.is_mapping else {"points": value}
    )
    points = _points(fields["points"]) if "points" in fields else None
    if points is None:
        return None
    level = fields["level"].plain if "level" in fields else None
    if level is not None and level not in get_args(Level):
        fields["level"].wrong(f"expected 'required' or 'advanced', got {fields['level'].shown}")
        return None
    return Share(points=points, level=level)


def _points(value: Value) -> float | None:
    points = value.plain
    if isinstance(points, bool) or not isinstance(points, int | float) or points < 0:
        value.wrong(f"expected points, a number from 0, got {value.shown}")
        return None
    return points


def load_requirements(text: str, path: str, mistakes: Mistakes) -> dict[str, Requirement]:
    """Return the requirements in a file, by id."""
    root = parse(text, path, mistakes)
    requirements: dict[str, Requirement] = {}
    for key, value in root.entries() if root else ():
        fields = value.fields(("ref", "says"), ("ref", "says"))
        if len(fields) == 2:
            name = str(key.plain)
            requirements[name] = Requirement(
                id=name, ref=fields["ref"].text(), says=fields["says"].text()
            )
    return requirements

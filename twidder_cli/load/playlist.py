"""What is played, in which order, and how reports list it."""

from twidder_cli.load.library import bundled_ids, find_scenarios, load_scenarios, requirements
from twidder_cli.model.events import Listed
from twidder_cli.model.scenario import Plan, Scenario, Share, Source

Playlist = list[tuple[Source, Scenario]]
"""Scenarios as they are played, with the text that a worker reads them from."""


def playlist(names: tuple[str, ...]) -> Playlist:
    """Return the scenarios of these names, each after what it needs; raises OperatorError."""
    sources = find_scenarios(names)
    scenarios = load_scenarios(sources)
    return _in_order({s.id: (s, one) for s, one in zip(sources, scenarios, strict=True)})


def _in_order(loaded: dict[str, tuple[Source, Scenario]]) -> Playlist:
    """Return scenarios as they were named, but with what they need before them."""
    needs = {
        name: [need for need in scenario.needs if need in loaded]
        for name, (_, scenario) in loaded.items()
    }
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        for need in needs[name]:
            place(need)
        ordered.setdefault(name)

    for name in loaded:
        place(name)
    return [loaded[name] for name in ordered]


def listed(scenario: Scenario, plan: Plan) -> Listed:
    """Return a scenario as reports list it, with what the plan says of it."""
    share = plan.scenarios.get(scenario.id, Share())
    requirement = requirements()[scenario.requirement]
    return Listed(
        id=scenario.id,
        title=scenario.title,
        requirement=requirement.id,
        ref=requirement.ref,
        says=requirement.says,
        level=share.level or scenario.level,
        points=share.points,
        path=scenario.path,
        name=scenario.id if scenario.id in bundled_ids() else scenario.path,
    )

"""What scenarios need before them: none can wait for itself."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from twidder_cli.load.source import Mistakes, Value, parse
from twidder_cli.model.scenario import Scenario, Source


def check_needs(loaded: Sequence[tuple[Source, Scenario | None]], mistakes: Mistakes) -> None:
    """Tell of each circle of needs, where it closes; also among files with other mistakes."""
    sources = {source.id: source for source, _ in loaded}
    needs = {
        source.id: scenario.needs if scenario else [str(n.plain) for n in _needs_in(source)]
        for source, scenario in loaded
    }
    inside = {name: [need for need in its if need in sources] for name, its in needs.items()}
    while circle := _circle(inside):
        first, need = circle[:2]
        inside[first] = [one for one in inside[first] if one != need]
        place = next(one for one in _needs_in(sources[first]) if str(one.plain) == need)
        mistakes.add(place.where, _said(circle))


def _said(circle: Sequence[str]) -> str:
    if len(set(circle)) == 1:
        return "this scenario needs itself"
    return f"these scenarios need each other: {' -> '.join(circle)}"


def _circle(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return scenarios of which each needs the next one, the first again at the end."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _needs_in(source: Source) -> list[Value]:
    """Return what stands under `needs` in a file."""
    root = parse(source.text, source.path, Mistakes())
    entries = list(root.entries()) if root else []
    return [item for key, value in entries if key.plain == "needs" for item in value.items()]

"""Which scenario is next, when several servers of one submission are played on at a time."""

import threading
from collections.abc import Sequence

from twidder_cli.model.scenario import Scenario
from twidder_cli.model.verdicts import Verdict

_STOPS = frozenset({Verdict.FAILED, Verdict.SKIPPED})


class Schedule:
    """Hands out scenarios in order, each once what it needs is over.

    The first one is played alone: what is learned from it (do the functions go
    by the contract's names?) must not depend on who is faster.
    """

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        self._waiting = list(scenarios)
        self._names = {scenario.id for scenario in scenarios}
        self._verdicts: dict[str, Verdict] = {}
        self._changed = threading.Condition()

    @property
    def has_browsers(self) -> bool:
        """Whether some of its actors are in browsers."""
        return any(scenario.in_browser for scenario in self._waiting)

    def take(self) -> Scenario | None:
        """Return the next scenario, once one is possible; None when all are handed out."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting or self._possible() is not None)
            scenario = self._possible()
            if scenario is not None:
                self._waiting.remove(scenario)
                self._changed.notify_all()
            return scenario

    def finish(self, name: str, verdict: Verdict) -> None:
        """Take note of what became of a scenario that was handed out."""
        with self._changed:
            self._verdicts[name] = verdict
            self._changed.notify_all()

    def give_up(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def failed_need(self, scenario: Scenario) -> str | None:
        """Return a scenario that has to pass before this one and did not."""
        with self._changed:
            return next((n for n in scenario.needs if self._verdicts.get(n) in _STOPS), None)

    def _possible(self) -> Scenario | None:
        if not self._verdicts and len(self._waiting) < len(self._names):
            return None  # the first one is under way
        return next((s for s in self._waiting if self._is_possible(s)), None)

    def _is_possible(self, scenario: Scenario) -> bool:
        needs = [need for need in scenario.needs if need in self._names]
        return all(need in self._verdicts for need in needs)

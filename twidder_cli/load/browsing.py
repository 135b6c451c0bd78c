"""What makes no sense of actors in browsers: who is in none, and what a page can't do."""

from collections.abc import Iterator

from twidder_cli.load.source import Mistakes
from twidder_cli.model.actors import Actor
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Step

_BY_PAGE = {"sign_up", "sign_in", "sign_out"}
_OF_PAGE = {
    *("open", "reload", "reopen", "restore", "close_tab", "go_offline", "go_online"),
    *("expect_view", "expect_socket", "expect_asynchronous"),
}
_OF_BOTH = {"expect_push", "expect_silence", "expect_no_error", "expect_json", *_BY_PAGE}


def check_browsing(scenario: Scenario, steps: Iterator[Step], mistakes: Mistakes) -> None:
    """Find what only actors in browsers can do, and what they can't."""
    opened: set[Actor] = set()
    for step in steps:
        for actor in step.actors:
            wrong = _wrong(step, actor, scenario, opened)
            if wrong:
                mistakes.add(f"{scenario.path}:{step.line}:{step.column}", wrong)
        if step.kind == "open":
            opened.update(step.actors)


def _wrong(step: Step, actor: Actor, scenario: Scenario, opened: set[Actor]) -> str:
    who = repr(str(actor))
    if actor not in scenario.actors or step.inner or step.inside:
        return ""
    if actor not in scenario.in_browser:
        if step.kind in _OF_PAGE or step.kind == "sign_up":
            return f"{who} is in no browser; write {{{actor}: {{via: browser}}}} among the actors"
        return ""
    if step.kind not in _OF_PAGE | _OF_BOTH:
        return f"{who} is in a browser, and no page does {step.kind}"
    if step.kind in (_OF_PAGE | _BY_PAGE) - {"open"} and actor not in opened:
        opened.add(actor)  # told once
        return f"{who} has not opened the page before"
    return ""

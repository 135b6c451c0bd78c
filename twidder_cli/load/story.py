"""What makes no sense in a scenario although each field does: strangers, and what can't fail."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from twidder_cli.errors import did_you_mean
from twidder_cli.load.browsing import check_browsing
from twidder_cli.load.source import Mistakes, Value
from twidder_cli.model.actors import CONTROL, VISITOR, Actor
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import Call, Step, flat

_NAME = re.compile(r"\{([a-z][a-z0-9@-]*(?:\.[a-z0-9]+)+)\}")
_OWN = ("email", "firstname", "familyname", "password")
_LOOKING_BACK = {"expect_json", "expect_message", "expect_next", "expect_no_error"}
_TOKENS = ("made-up", "empty", "none")
_SHORTEST = 4
"""Characters from which a value is written by its name in what was recorded."""


def check_story(scenario: Scenario, root: Value, mistakes: Mistakes) -> None:
    """Find what no single field shows."""
    story = _Story(scenario, mistakes)
    for step in flat(scenario.steps):
        story.tell(step)
    check_browsing(scenario, flat(scenario.steps), mistakes)
    if len(set(scenario.actors)) < len(scenario.actors):
        root.wrong("an actor stands twice among the actors")
    for user in sorted({actor.user for actor in scenario.actors} & {CONTROL.user, VISITOR.user}):
        root.wrong(f"the user {user!r} belongs to the control phase; choose another name")
    if not scenario.title.strip():
        root.wrong("the title is empty")
    if not any(step.kind.startswith("expect_") for step in flat(scenario.steps)):
        root.wrong("nothing is expected in this scenario, so it can't fail")


class _Story:
    """Goes through the steps in order, and knows what has happened before each of them."""

    def __init__(self, scenario: Scenario, mistakes: Mistakes) -> None:
        self._scenario = scenario
        self._mistakes = mistakes
        self._users = {actor.user for actor in scenario.actors}
        cast = {*self._users, CONTROL.user, VISITOR.user}
        self._names = {f"{user}.{field}" for user in cast for field in _OWN} | {"made-up.token"}
        self._written: dict[str, str] = {}
        self._signed_up: set[str] = set()
        self._asked: set[Actor] = set()
        self._sockets: Counter[Actor] = Counter()
        self._own_sockets: Counter[Actor] = Counter()
        self._looked_at: set[Actor] = set()
        self._due: Collection[Actor] = ()
        self._is_triggered = False
        self._has_strangers = False

    def tell(self, step: Step) -> None:
        """Check a step, and take note of what it changes."""
        self._check_cast(step)
        self._check_nesting(step)
        for actor, call in _calls(step):
            self._call(actor, call)
        self._check_before(step)
        self._check_texts(step)
        self._check_token(step)
        self._check_sockets(step)
        self._check_signed_in(step)
        self._follow_sockets(step)
        self._asked.update(actor for actor, _ in _calls(step))
        if step.kind in {"expect_page", "expect_one_valid"}:
            self._asked.update(step.actors)

    def _wrong(self, step: Step, text: str) -> None:
        self._mistakes.add(f"{self._scenario.path}:{step.line}:{step.column}", text)

    def _check_cast(self, step: Step) -> None:
        for actor in step.actors:
            if actor not in self._scenario.actors:
                near = did_you_mean(actor, self._scenario.actors)
                self._wrong(step, f"{str(actor)!r} is not among the actors.{near}")
                self._has_strangers = True
        for user in step.users:
            if user not in self._users:
                near = did_you_mean(user, self._users)
                self._wrong(step, f"nobody among the actors is {user!r}.{near}")
                self._has_strangers = True

    def _check_signed_in(self, step: Step) -> None:
        """Find a push to those who are signed in, where nobody has looked who is."""
        if step.kind == "expect_one_valid":
            self._looked_at.update(step.actors)
        for actor in step.actors if getattr(step, "only", None) else ():
            if actor not in self._looked_at:
                said = f"no expect_one_valid looks before whether {str(actor)!r} is signed in"
                self._wrong(step, said)

    def _check_nesting(self, step: Step) -> None:
        for inner in flat(step.inner):
            if inner.follows_trigger or inner.inner:
                self._wrong(inner, f"{inner.kind} can't stand inside a {step.kind}, but after it")
        for inner in flat(step.inside):
            if inner.inner:
                self._wrong(inner, f"{inner.kind} can't stand inside {step.kind}, but before it")
        if step.inner and all(inner.kind in _LOOKING_BACK for inner in flat(step.inner)):
            self._wrong(step, "nothing is done in this trigger, so nothing could arrive")
        if step.kind == "eventually" and not any(
            inner.kind.startswith("expect_") for inner in flat(step.inside)
        ):
            self._wrong(step, "nothing is expected in this eventually, so it can't fail")

    def _check_before(self, step: Step) -> None:
        """Find what needs something that has not happened before."""
        if self._has_strangers:
            return  # one of them may be who did it
        if step.kind == "sign_in" and getattr(step, "email", None) is None:
            for user in sorted({actor.user for actor in step.actors} - self._signed_up):
                self._wrong(step, f"{user} has not signed up before")
                self._signed_up.add(user)  # told once
        if _needs_token(step):
            for actor in step.actors:
                if f"{actor}.token.1" not in self._names:
                    self._wrong(step, f"{str(actor)!r} has not signed in before")
                    self._name(f"{actor}.token")  # told once
        if step.kind in {"expect_no_error", "expect_json"}:
            users = {one.user for one in self._asked} if step.kind == "expect_json" else set()
            for actor in step.actors:
                if actor not in self._asked and actor.user not in users:
                    said = f"nothing was asked as {str(actor)!r} before, so this can't fail"
                    self._wrong(step, said)

    def _call(self, actor: Actor, call: Call) -> None:
        """Name what a call makes, as the engine does."""
        match call.function:
            case "sign_up":
                self._signed_up.add(actor.user)
            case "sign_in":
                self._name(f"{actor}.token")
            case "change_password":
                self._name(f"{actor.user}.password", call.inputs.get("new"), first=2)
            case "post_message":
                self._name(f"{actor.user}.message", call.inputs.get("message"))

    def _name(self, prefix: str, text: str | None = None, first: int = 1) -> None:
        number = first + sum(name.startswith(f"{prefix}.") for name in self._names)
        self._names.add(f"{prefix}.{number}")
        if text is not None and len(text) >= _SHORTEST and not _NAME.search(text):
            self._written.setdefault(text, f"{prefix}.{number}")

    def _check_texts(self, step: Step) -> None:
        self._names.update(f"captured.{name}" for name in getattr(step, "capture", ()))
        for text in _texts(step):
            for name in _NAME.findall(text):
                if name not in self._names:
                    near = did_you_mean(name, sorted(self._names))
                    self._wrong(step, f"there is no {{{name}}} before this.{near}")
        for text in _looked_for(step):
            for written, name in self._written.items():
                if text in written or written in text:
                    said = f"what was given before is written by its name here: {{{name}}}"
                    self._wrong(step, said)

    def _check_token(self, step: Step) -> None:
        """Find a token that was meant to be a name, or that no request can carry."""
        token = getattr(step, "token", None)
        if token is None or token in _TOKENS:
            return
        if not token.isascii() or not token.isprintable() or token != token.strip():
            self._wrong(step, f"expected a token that fits into a header, got {token!r}")
        if _NAME.search(token):
            return  # which _check_texts looks at
        meant = {name: name for name in _TOKENS}
        meant |= {actor: f"{{{actor}.token.1}}" for actor in self._scenario.actors}
        meant |= {name: f"{{{name}}}" for name in self._names}
        near = difflib.get_close_matches(token.strip("{}"), meant, n=1, cutoff=0.7)
        if near:
            said = f"the token {token!r} names nothing. Did you mean {meant[near[0]]!r}?"
            self._wrong(step, said)

    def _check_sockets(self, step: Step) -> None:
        if step.follows_trigger and not self._is_triggered:
            self._wrong(step, f"{step.kind} means nothing before a trigger")
        for actor in step.listeners:
            if actor not in (self._due if step.kind == "expect_push" else +self._sockets):
                when = " before the trigger" if step.kind == "expect_push" else ""
                said = f"{str(actor)!r} has no socket{when}, so nothing could arrive"
                self._wrong(step, said)
        if step.kind in {"disconnect", "send"}:
            for actor in step.actors:
                if not self._sockets[actor]:
                    self._wrong(step, f"{str(actor)!r} has no socket")

    def _follow_sockets(self, step: Step) -> None:
        if step.inner:
            self._is_triggered = True
            self._due = set(+self._own_sockets)
        if step.kind == "connect":
            self._sockets.update(step.actors)
            if getattr(step, "token", None) is None:
                self._own_sockets.update(step.actors)
        if step.kind == "sign_in":  # a page opens its own
            in_browser = [actor for actor in step.actors if actor in self._scenario.in_browser]
            self._sockets.update(in_browser)
            self._own_sockets.update(in_browser)
        if step.kind == "disconnect":
            self._sockets.subtract(step.actors)
            self._own_sockets.subtract(step.actors)


def _calls(step: Step) -> list[tuple[Actor, Call]]:
    """Return the calls that a step makes itself, those of an `expect_` too."""
    calls: tuple[Call, ...] = getattr(step, "calls", ())
    own = [(actor, call) for actor in getattr(step, "by", ()) for call in calls]
    return own or list(step.calls_of_actors)


def _needs_token(step: Step) -> bool:
    """Whether a step can't go well without a token of the actor's own."""
    if step.kind not in {"connect", "expect_accepted", "expect_random_tokens", *FUNCTIONS}:
        return False
    asked = [call.function for _, call in _calls(step)]
    is_signing = bool(asked) and set(asked) <= {"sign_up", "sign_in"}
    return not is_signing and getattr(step, "token", None) is None


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a step's own fields, but for those of the steps in it."""
    match value:
        case str():
            yield value
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from () if name == "steps" else _texts(getattr(value, name))
        case dict():
            yield from _texts(tuple(value.values()))
        case tuple():
            for one in value:
                yield from _texts(one)


def _looked_for(step: Step) -> Iterator[str]:
    for field in ("shows", "lacks", "in_order", "says"):
        yield from _texts(getattr(step, field, ()))

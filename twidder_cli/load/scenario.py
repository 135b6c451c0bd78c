"""Scenario files to Scenarios."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from twidder_cli.errors import did_you_mean
from twidder_cli.load.source import Mistakes, Value, parse
from twidder_cli.model.actors import CONTROL, Actor
from twidder_cli.model.scenario import Scenario, Source
from twidder_cli.model.step import Call, Duration, Step
from twidder_cli.steps import step_kinds

_FIELDS = ("title", "requirement", "needs", "level", "actors", "steps")
_SAMPLES = {str: "a text", Actor: "an actor such as 'anna@laptop'"}


def load_scenario(source: Source, mistakes: Mistakes) -> Scenario | None:
    """Return the scenario in a file; None, and at least one mistake, where it is wrong."""
    before = len(mistakes.found)
    root = parse(source.text, source.path, mistakes)
    if root is None:
        return None
    fields = root.fields(_FIELDS, required=("title", "requirement", "actors", "steps"))
    values: dict[str, Any] = {
        name: _converted(fields[name], hint)
        for name, hint in get_type_hints(Scenario).items()
        if name in fields and name != "steps"
    }
    steps = [_step(item) for item in fields["steps"].items()] if "steps" in fields else []
    if len(mistakes.found) > before:
        return None
    scenario = Scenario(
        id=source.id, path=source.path, **values, steps=tuple(step for step in steps if step)
    )
    _check(scenario, root, mistakes)
    return None if len(mistakes.found) > before else scenario


def _step(item: Value) -> Step | None:
    kinds = step_kinds()
    pairs = list(item.entries()) if item.is_mapping else []
    if len(pairs) != 1:
        item.wrong(f"expected one step such as 'sign_in: anna@laptop', got {item.shown}")
        return None
    key, value = pairs[0]
    name = str(key.plain)
    if name not in kinds:
        key.wrong(f"there is no step {name!r}.{did_you_mean(name, kinds)}")
        return None
    step = kinds[name]
    hints = {
        field: hint
        for field, hint in get_type_hints(step).items()
        if field in step.__struct_fields__ and field not in {"kind", "line"}
    }
    required = [f.name for f in msgspec.structs.fields(step) if f.required]
    if value.is_mapping:
        given = value.fields(hints, required, what=f"field of {name}")
    elif step.shorthand:
        given = {step.shorthand: value}
    else:
        value.wrong(f"{name} needs names with values: {', '.join(required)}")
        return None
    values = {field: _field(given[field], hints[field]) for field in given}
    if any(value is None for value in values.values()) or not set(required) <= set(values):
        return None
    made = step(kind=name, line=key.line, **values)
    for mistake in made.mistakes():
        key.wrong(mistake)
    return made


def _field(value: Value, hint: Any) -> Any:
    """Return a field's value as its type wants it; None, and a mistake, where it is wrong."""
    if hint == tuple[Step, ...]:
        steps = [_step(item) for item in value.items()]
        return tuple(step for step in steps if step) if all(steps) and steps else None
    if hint == tuple[Call, ...]:
        calls = [_call(item) for item in value.items()]
        return tuple(call for call in calls if call) if all(calls) and calls else None
    return _converted(value, hint)


def _call(item: Value) -> Call | None:
    if not item.is_mapping:
        return Call(function=str(item.plain))
    pairs = list(item.entries())
    if len(pairs) != 1:
        item.wrong("expected one function such as 'post_message: {message: Hi}'")
        return None
    key, inputs = pairs[0]
    values = _converted(inputs, dict[str, str])
    return None if values is None else Call(function=str(key.plain), inputs=values)


def _converted(value: Value, hint: Any) -> Any:
    plain = value.plain
    if get_origin(hint) is tuple:
        plain = [item.plain for item in value.items()] if not value.is_empty else []
        if not plain:
            value.wrong("expected at least one value: an empty list says nothing")
            return None
    try:
        return msgspec.convert(plain, hint, dec_hook=_custom)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        expected = _SAMPLES.get(get_args(hint)[0] if get_args(hint) else hint)
        place = value.at(path)
        if text.startswith("Expected") and expected:
            text = f"expected {expected}, got {place.shown}"
        place.wrong(text[:1].lower() + text[1:])
        return None


def _custom(wanted: Any, given: Any) -> Any:
    if not isinstance(given, str):
        raise ValueError(f"expected a text, got {given!r}")  # noqa: TRY004  msgspec words ValueErrors
    if wanted is Actor:
        return Actor.parse(given)
    duration = Duration(given)
    if duration.seconds <= 0:
        raise ValueError(f"expected a time above 0, got {given!r}")
    return duration


def _check(scenario: Scenario, root: Value, mistakes: Mistakes) -> None:
    """Find what no single field shows: strangers, and expectations that can't fail."""
    steps = list(_flat(scenario.steps))
    for step in steps:
        _check_cast(scenario, step, mistakes)
    _check_order(scenario, steps, mistakes)
    if any(actor.user == CONTROL.user for actor in scenario.actors):
        root.wrong(f"the user {CONTROL.user!r} is the control; choose another name")
    if not any(step.kind.startswith("expect_") for step in steps):
        root.wrong("nothing is expected in this scenario, so it can't fail")


def _check_cast(scenario: Scenario, step: Step, mistakes: Mistakes) -> None:
    where = f"{scenario.path}:{step.line}"
    users = {actor.user for actor in scenario.actors}
    for actor in step.actors:
        if actor not in scenario.actors:
            near = did_you_mean(actor, scenario.actors)
            mistakes.add(where, f"{str(actor)!r} is not among the actors.{near}")
    for user in step.users:
        if user not in users:
            mistakes.add(where, f"nobody among the actors is {user!r}.{did_you_mean(user, users)}")


def _check_order(scenario: Scenario, steps: list[Step], mistakes: Mistakes) -> None:
    triggered = False
    connected: set[Actor] = set()
    for step in steps:
        where = f"{scenario.path}:{step.line}"
        if step.follows_trigger and not triggered:
            mistakes.add(where, f"{step.kind} means nothing before a trigger")
        for actor in step.listeners:
            if actor not in connected:
                mistakes.add(where, f"{str(actor)!r} has not connected, so nothing could arrive")
        triggered = triggered or bool(step.inner)
        if step.kind == "connect":
            connected.update(step.actors)


def _flat(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _flat(step.inner)

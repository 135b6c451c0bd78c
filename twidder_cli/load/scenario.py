"""Scenario files to Scenarios."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from twidder_cli.errors import did_you_mean
from twidder_cli.load.source import LISTING, Mistakes, Value, parse
from twidder_cli.load.story import check_story
from twidder_cli.model.actors import Actor
from twidder_cli.model.scenario import Scenario, Source
from twidder_cli.model.step import Call, Duration, Step
from twidder_cli.model.words import printable
from twidder_cli.steps import step_kinds

MACROS = ("include", "repeat")
"""Words that stand where steps do and are written out when a file is read."""

MOST_ROUNDS = 200
"""Times that a `repeat` may ask for."""

_DEEPEST = 5
_EMPTY = "expected at least one value: an empty list says nothing"
_LONGEST = 60.0
_FIELDS = ("title", "why", "requirement", "needs", "level", "actors", "hint", "steps")
_SAMPLES = {str: "a text", Actor: "an actor such as 'anna@laptop'"}


def load_scenario(
    source: Source, mistakes: Mistakes, known: Mapping[str, Collection[str]] | None = None
) -> Scenario | None:
    """Return the scenario in a file; None, and at least one mistake, where it is wrong.

    `known` names what there is for the fields "requirement" and "needs".
    """
    before = len(mistakes.found)
    root = parse(source.text, source.path, mistakes)
    if root is None:
        return None
    fields = root.fields(_FIELDS, required=("title", "requirement", "actors", "steps"))
    values: dict[str, Any] = {
        name: _converted(fields[name], hint)
        for name, hint in get_type_hints(Scenario).items()
        if name in fields and name not in {"steps", "actors"}
    }
    if "actors" in fields:
        values["actors"], values["in_browser"] = _cast(fields["actors"])
    for name, names in (known or {}).items():
        _check_names(fields.get(name), name, names)
    steps = _Steps(source.includes).read(fields["steps"]) if "steps" in fields else []
    if len(mistakes.found) > before:
        return None
    scenario = Scenario(id=source.id, path=source.path, **values, steps=tuple(steps))
    check_story(scenario, root, mistakes)
    return None if len(mistakes.found) > before else scenario


def _cast(value: Value) -> tuple[tuple[Actor, ...] | None, tuple[Actor, ...]]:
    """Return the actors, and those of them who are `{anna@laptop: {via: browser}}`."""
    everybody: list[Actor] = []
    in_browser: list[Actor] = []
    items = [] if value.is_empty else value.items()
    for item in items:
        places = list(item.entries()) if item.is_mapping else []
        if item.is_mapping and len(places) != 1:
            item.wrong("expected one actor such as 'anna@laptop: {via: browser}'")
            continue
        place = places[0] if places else None
        actor = _converted(place[0] if place else item, Actor)
        if actor is None:
            continue
        everybody.append(actor)
        if place is not None:
            fields = place[1].fields(("via",), ("via",), "field of an actor")
            if "via" in fields and _converted(fields["via"], Literal["browser"]):
                in_browser.append(actor)
    if not items:
        value.wrong(_EMPTY)
    return tuple(everybody), tuple(in_browser)


def _check_names(value: Value | None, field: str, known: Collection[str]) -> None:
    for item in value.items() if value else ():
        name = str(item.plain)
        if name not in known:
            what = "requirement" if field == "requirement" else "scenario"
            near = did_you_mean(name, known, LISTING)
            item.wrong(f"there is no {what} {printable(name, 60)!r}.{near}")


def included(text: str, path: str) -> list[str]:
    """Return the names of what a file includes; wrong files are for `load_scenario` to tell."""
    root = parse(text, path, Mistakes())
    waiting = [root] if root else []
    names: list[str] = []
    while waiting:
        value = waiting.pop()
        if value.is_list:
            waiting += value.items()
        elif value.is_mapping:
            for key, inner in value.entries():
                names += [str(inner.plain)] if key.plain == "include" else []
                waiting.append(inner)
    return names


class _Steps:
    """Reads lists of steps; `include` and `repeat` are written out, and nobody else sees them."""

    def __init__(self, includes: Mapping[str, str]) -> None:
        self._includes = includes

    def read(self, value: Value, depth: int = 0) -> list[Step]:
        """Return the steps of a list; wrong ones are told and left out."""
        return [step for item in value.items() for step in self._read_one(item, depth)]

    def _read_one(self, item: Value, depth: int) -> list[Step]:
        pairs = list(item.entries()) if item.is_mapping else []
        if len(pairs) != 1:
            item.wrong(f"expected one step such as 'sign_in: anna@laptop', got {item.shown}")
            return []
        key, value = pairs[0]
        name = str(key.plain)
        if name == "include":
            return self._include(key, value, depth)
        if name == "repeat":
            return self._repeat(value, depth)
        kinds = step_kinds()
        if name not in kinds:
            near = did_you_mean(name, [*kinds, *MACROS], "'twidder scenario schema' has them all.")
            key.wrong(f"there is no step {name!r}.{near}")
            return []
        step = self._step(kinds[name], key, value)
        return [step] if step else []

    def _include(self, key: Value, value: Value, depth: int) -> list[Step]:
        name = str(value.plain)
        if name not in self._includes or depth > _DEEPEST:
            value.wrong(f"there is no opening {name!r}.{did_you_mean(name, self._includes)}")
            return []
        root = parse(self._includes[name], name, key.mistakes)
        fields = root.fields(("title", "steps"), ("steps",)) if root else {}
        steps = self.read(fields["steps"], depth + 1) if "steps" in fields else []
        return [_at(step, line=key.line) for step in steps]

    def _repeat(self, value: Value, depth: int) -> list[Step]:
        fields = value.fields(("times", "steps"), ("times", "steps"), "field of repeat")
        times = fields["times"].plain if "times" in fields else None
        if not isinstance(times, int) or not 2 <= times <= MOST_ROUNDS:
            value.wrong(f"expected times, a whole number from 2 to {MOST_ROUNDS}")
            return []
        if "steps" in fields and not fields["steps"].items():
            fields["steps"].wrong(_EMPTY)
        steps = self.read(fields["steps"], depth + 1) if "steps" in fields else []
        return [_at(step, round_=number) for number in range(1, times + 1) for step in steps]

    def _step(self, kind: type[Step], key: Value, value: Value) -> Step | None:
        name = str(key.plain)
        hints = {
            field: hint
            for field, hint in get_type_hints(kind).items()
            if field in kind.__struct_fields__ and field not in Step.__struct_fields__
        }
        required = [f.name for f in msgspec.structs.fields(kind) if f.required]
        if value.is_mapping:
            given = value.fields(hints, required, what=f"field of {name}")
        elif kind.shorthand:
            given = {kind.shorthand: value}
        else:
            value.wrong(f"{name} needs names with values: {', '.join(required)}")
            return None
        values = {field: self._field(given[field], hints[field]) for field in given}
        if any(one is None for one in values.values()) or not set(required) <= set(values):
            return None
        made = kind(kind=name, line=key.line, column=key.column, **values)
        for mistake in made.mistakes():
            key.wrong(mistake)
        return made

    def _field(self, value: Value, hint: Any) -> Any:
        """Return a field's value as its type wants it; None, and a mistake, where it is wrong."""
        if hint in {tuple[Step, ...], tuple[Call, ...]} and not value.items():
            value.wrong(_EMPTY)
            return None
        if hint == tuple[Step, ...]:
            return tuple(self.read(value)) or None
        if hint == tuple[Call, ...]:
            calls = [_call(item) for item in value.items()]
            return tuple(call for call in calls if call) if all(calls) else None
        return _converted(value, hint)


def _at(step: Step, *, line: int | None = None, round_: int | None = None) -> Step:
    """Return the step, and the ones in it, with another line or round."""
    inner = {
        name: tuple(_at(one, line=line, round_=round_) for one in getattr(step, name))
        for name in step.__struct_fields__
        if name == "steps"
    }
    return msgspec.structs.replace(
        step,
        line=step.line if line is None else line,
        column=step.column if line is None else 5,
        round=step.round if round_ is None else round_,
        **inner,
    )


def _call(item: Value) -> Call | None:
    if not item.is_mapping:
        return Call(function=str(item.plain))
    pairs = list(item.entries())
    if len(pairs) != 1:
        item.wrong("expected one function such as 'post_message: {message: Hi}'")
        return None
    key, inputs = pairs[0]
    values = {name.plain: value for name, value in inputs.entries()}
    without = _converted(values.pop("without"), tuple[str, ...]) if "without" in values else ()
    body = _converted(values.pop("body"), str) if "body" in values else None
    texts = {str(name): _converted(value, str) for name, value in values.items()}
    if without is None or None in texts.values():
        return None
    return Call(function=str(key.plain), inputs=texts, without=without, body=body)


def _converted(value: Value, hint: Any) -> Any:
    if get_origin(hint) is tuple:
        items = [] if value.is_empty else value.items()
        if not items:
            value.wrong(_EMPTY)
            return None
        made = tuple(_converted(item, get_args(hint)[0]) for item in items)
        return None if None in made else made
    try:
        return msgspec.convert(value.plain, hint, dec_hook=_custom)
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
    if not 0 < duration.seconds <= _LONGEST:
        raise ValueError(f"expected a time above 0 and up to {_LONGEST:g} s, got {given!r}")
    return duration

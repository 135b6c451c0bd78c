"""The JSON Schema of scenario files, made from the same types that read them."""

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from twidder_cli.load.scenario import MACROS, MOST_ROUNDS
from twidder_cli.model.actors import ACTOR_PATTERN, Actor
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.scenario import Scenario
from twidder_cli.model.step import DURATION_PATTERN, Call, Duration, Step
from twidder_cli.steps import step_kinds

_STEPS = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    Actor: {"type": "string", "pattern": ACTOR_PATTERN},
    Duration: {"type": "string", "pattern": DURATION_PATTERN},
    Call: {"$ref": "#/$defs/call"},
}


_IN_BROWSER = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "patternProperties": {
        ACTOR_PATTERN: {
            "type": "object",
            "properties": {"via": {"enum": ["browser"]}},
            "required": ["via"],
            "additionalProperties": False,
        }
    },
}
_ONE = {"anyOf": [_SIMPLE[Actor], _IN_BROWSER]}
_OWN: dict[str, dict[str, Any]] = {
    "steps": _STEPS,
    "actors": {"anyOf": [_ONE, {"type": "array", "minItems": 1, "items": _ONE}]},
}


def scenario_schema() -> dict[str, Any]:
    """Return the schema, for editors and for `twidder scenario schema`."""
    hints = get_type_hints(Scenario)
    fields = {
        field.name: _OWN.get(field.name) or _of(hints[field.name])
        for field in msgspec.structs.fields(Scenario)
        if field.name not in {"id", "path", "in_browser"}
    }
    required = [f.name for f in msgspec.structs.fields(Scenario) if f.required and f.name in fields]
    opening = {"title": _SIMPLE[str], "steps": _STEPS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of twidder check",
        "anyOf": [_object(fields, required), _object(opening, ["steps"])],
        "$defs": {"step": _step(), "call": _call()},
    }


def _step() -> dict[str, Any]:
    kinds = {name: _kind(step, name) for name, step in step_kinds().items()}
    times = {"type": "integer", "minimum": 2, "maximum": MOST_ROUNDS}
    macros = {
        "include": {"type": "string", "description": "The steps of an opening, by name."},
        "repeat": _object({"times": times, "steps": _STEPS}, ["times", "steps"]),
    }
    assert set(macros) == set(MACROS)  # noqa: S101  each macro has its schema
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": dict(sorted({**kinds, **macros}.items())),
    }


def _kind(step: type[Step], name: str) -> dict[str, Any]:
    hints = get_type_hints(step)
    own = [f for f in msgspec.structs.fields(step) if f.name not in Step.__struct_fields__]
    fields = {field.name: _of(hints[field.name]) for field in own}
    forms = [_object(fields, [field.name for field in own if field.required])]
    if step.shorthand:
        forms.insert(0, fields[step.shorthand])
    return {"description": _promise(step, name), "anyOf": forms}


def _promise(step: type[Step], name: str) -> str:
    """Return the first paragraph of a step's docstring, as one line."""
    text = " ".join((step.__doc__ or name).split("\n\n")[0].split())
    return text.replace("`", "")


def _call() -> dict[str, Any]:
    inputs = {
        "type": "object",
        "properties": {"without": _of(tuple[str, ...]), "body": _SIMPLE[str]},
        "additionalProperties": _SIMPLE[str],
    }
    functions = dict.fromkeys(FUNCTIONS, inputs)
    return {
        "anyOf": [
            {"enum": list(FUNCTIONS)},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": functions,
            },
        ]
    }


def _of(hint: Any) -> dict[str, Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[0] is Step:
        return _STEPS
    if origin is tuple:
        one = _of(arguments[0])
        return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(arguments[1])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {Union, types.UnionType}:
        return _of(next(argument for argument in arguments if argument is not types.NoneType))
    raise TypeError(f"no schema for {hint}")


def _object(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }

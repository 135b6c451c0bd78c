"""What messages and answers look like with everything that varies masked."""

import json
import re
from typing import Any

from twidder_cli.model.replies import json_of
from twidder_cli.model.timeline import Frame

_NAMES = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "@"),
    (re.compile(r"\{[a-z][a-z0-9@.-]*\}"), "{}"),
)
_NUMBER = "0"
# One mask for ids and numbers, since an id of nothing but digits comes up too;
# numbers come last, so that a fraction is one with its whole, however each is masked.
_VARYING = (
    *_NAMES,
    (
        re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-zA-Z])[\w+/=-]{12,}"),
        _NUMBER,
    ),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b"), _NUMBER),
    (re.compile(r"\d+(?:[.:,]\d+)*"), _NUMBER),
)


def shape(frame: Frame) -> str:
    """Return what a message looks like with everything that varies masked.

    Digits, addresses, long mixed words, ids in hexadecimal and captured values count as varying;
    so do the length of a list, the order of an object's keys, and white space
    outside of strings.
    """
    return shape_of(frame.text) if frame.kind == "text" else frame.kind


def shape_of(text: str) -> str:
    """Return what a text looks like with everything that varies masked."""
    try:
        return json.dumps(_masked(json_of(text)), sort_keys=True, ensure_ascii=False)
    except ValueError:
        return _masked_text(text.strip())


def nameless(text: str) -> str:
    """Return a text with only those masked whom it is about: addresses and captured values."""
    return _without(_NAMES, text)


def _masked(value: Any) -> Any:
    """Mask the texts and numbers of a JSON value, and let lists have any length."""
    match value:
        case dict():
            return {_masked_text(key): _masked(inner) for key, inner in value.items()}
        case list():
            shapes = [json.dumps(_masked(inner), sort_keys=True) for inner in value]
            return list(dict.fromkeys(shapes))
        case bool() | None:
            return value
        case int() | float():
            return _NUMBER
        case _:
            return _masked_text(str(value))


def _masked_text(text: str) -> str:
    return _without(_VARYING, text)


def _without(what: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    for pattern, mask in what:
        text = pattern.sub(mask, text)
    return text

"""Captured values have names and are written by name wherever they occur."""

import json
import re
from urllib.parse import quote, quote_plus

_SHORTEST = 4
"""Characters below which a value is too common to be looked for in other text."""


class Symbols:
    """Names of the values of one scenario: `anna@laptop.token.1`, `anna.password`.

    Equality, redaction and judging again rest on this: a value that turns up
    anywhere is written `{name}`, with the first name it was given.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def define(self, name: str, value: str) -> str:
        """Name a value; returns the name it is written by, an older one where there is one."""
        self._values[name] = value
        known = next((n for n, v in self._values.items() if v == value), name)
        if len(value) >= _SHORTEST:
            for form in _forms(value):
                self._names.setdefault(form, known)
            longest_first = sorted(self._names, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return known

    def value(self, name: str) -> str | None:
        """Return the value of that name, None where there is none."""
        return self._values.get(name)

    def count(self, prefix: str) -> int:
        """Return how many values have names that begin so."""
        return sum(name.startswith(prefix) for name in self._values)

    def mask(self, text: str) -> str:
        """Return `text` with captured values written by name."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: f"{{{self._names[found[0]]}}}", text)


def _forms(value: str) -> set[str]:
    """Return the ways in which a value is written in JSON, URLs and forms."""
    return {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
    }

"""Captured values have names and are written by name wherever they occur."""

import json
import re
import threading
from functools import lru_cache
from urllib.parse import quote, quote_plus

_LIKE_A_NAME = re.compile(r"\{([a-z][a-z0-9@-]*\.[a-z]+(?:\.\d+)?\})")

_SAFE_IN_HTML = {ord(character): f"\\u{ord(character):04x}" for character in "<>&'"}

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
        self._longest_first: tuple[str, ...] | None = None
        self._changing = threading.Lock()

    def define(self, name: str, value: str) -> str:
        """Name a value; returns the name it is written by, an older one where there is one."""
        with self._changing:
            self._values[name] = value
            known = next((n for n, v in self._values.items() if v == value), name)
            if len(value) >= _SHORTEST:
                for form in _forms(value):
                    self._names.setdefault(form, known)
                self._longest_first = None
        return known

    def value(self, name: str) -> str | None:
        """Return the value of that name, None where there is none."""
        return self._values.get(name)

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin so."""
        return [name for name in self._values if name.startswith(prefix)]

    def mask(self, text: str) -> str:
        """Return `text` with captured values written by name."""
        there = tuple(form for form in self._forms() if form in text)
        if not there:
            return text

        def name(found: re.Match[str]) -> str:
            written = f"{{{self._names[found[0]]}}}"
            # A number in JSON stands without quotes; its name would not be JSON.
            is_number = found[0].isdigit() and text[:1] in {"{", "["}
            is_quoted = text[found.start() - 1 : found.start()] == '"'
            return f'"{written}"' if is_number and not is_quoted else written

        return _pattern(there).sub(name, text)

    def _forms(self) -> tuple[str, ...]:
        with self._changing:
            if self._longest_first is None:
                self._longest_first = tuple(sorted(self._names, key=len, reverse=True))
            return self._longest_first


@lru_cache(maxsize=1024)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the forms that are in a text: few, and to compile all would be slow."""
    return re.compile("|".join(map(_bounded, forms)))


def _bounded(form: str) -> str:
    """Return the pattern of a form; digits are not looked for inside longer numbers."""
    return rf"(?<!\d){form}(?!\d)" if form.isdigit() else re.escape(form)


def without_names(text: str) -> str:
    """Return what a server sent with everything broken up that looks like a name of ours."""
    return _LIKE_A_NAME.sub(r"{ \1", text)


def _forms(value: str) -> set[str]:
    """Return the ways in which a value is written in JSON, URLs and forms.

    Some libraries escape in JSON what HTML has a meaning for, or slashes.
    """
    texts = [json.dumps(value, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)]
    return {
        value,
        *texts,
        *(text.replace("/", "\\/") for text in texts),
        *(text.translate(_SAFE_IN_HTML) for text in texts),
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
    }

"""What to write into which field of a form. Pure."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

from twidder_cli.browser.reading import Field, Form, Option

_MEANINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(words, re.IGNORECASE))
    for meaning, words in (
        ("email", r"e-?mail|mejl|e-?post"),
        ("firstname", r"first|given|fname|f[oö]rnamn"),
        ("familyname", r"family|last|sur-?name|lname|efternamn"),
        ("gender", r"gender|\bsex\b|k[oö]n\b"),
        ("country", r"country|\bland\b|nation"),
        ("city", r"city|town|\bstad\b|address-level2|\bort\b"),
        ("email", r"user|login|account"),
    )
)
_IN_ORDER = ("firstname", "familyname", "gender", "city", "country", "email")
_ADDRESS = _MEANINGS[0][1]
_OLD = re.compile(r"old|current|nuvarande|gammal", re.IGNORECASE)
_AGAIN = re.compile(
    r"\b(confirm|repeat|verify|re-?(type|enter)|bekräfta|upprepa)|\b(again|igen)\b", re.IGNORECASE
)
_PASSED_OVER = {"checkbox", "radio", "range", "color"}
_OF_TYPE = {
    "number": "25",
    "range": "25",
    "date": "2000-01-31",
    "tel": "0701234567",
    "url": "https://liu.se",
}


class Deed(NamedTuple):
    """What to do to a field: write a text, choose an option by its index, or click on it."""

    field: Field
    how: Literal["write", "choose", "click"]
    what: str = ""


def deeds(kind: Form, fields: tuple[Field, ...], values: Mapping[str, str]) -> Iterator[Deed]:
    """Yield what fills a form in; `values` are the lab's inputs, with `old` and `new`."""
    meanings = _meanings(kind, fields)
    passwords = _passwords(kind, [field for field in fields if field.type == "password"])
    for field in fields:
        meaning = meanings.get(field.number, "")
        wanted = values.get(meaning, "")
        if field.type == "password":
            yield Deed(field, "write", values[passwords[field.number]])
        elif field.type == "radio":
            if _is_choice(field, fields, values):
                yield Deed(field, "click")
        elif field.type == "checkbox":
            if field.is_required:
                yield Deed(field, "click")
        elif field.options:
            yield Deed(field, "choose", str(_option(field.options, wanted).index))
        elif meaning or field.is_required:
            yield Deed(field, "write", wanted or _OF_TYPE.get(field.type, "Something"))


def _meanings(kind: Form, fields: tuple[Field, ...]) -> dict[int, str]:
    """Return the lab's name of each field: by what is written on it, else by its place."""
    texts = [f for f in fields if f.type not in {"password", *_PASSED_OVER}]
    if kind == "sign_in":
        return {field.number: "email" for field in texts[:1]}
    found: dict[int, str] = {}
    for meaning, words in _MEANINGS:
        for field in texts:
            if field.number not in found and meaning not in found.values() and _says(field, words):
                found[field.number] = meaning
                break
    found |= {n: meaning for n, meaning in _repeated(fields, found) if n not in found}
    left = [meaning for meaning in _IN_ORDER if meaning not in found.values()]
    unknown = [field for field in texts if field.number not in found]
    return found | {f.number: meaning for f, meaning in zip(unknown, left, strict=False)}


def _repeated(fields: tuple[Field, ...], found: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the fields that ask again: for the address, or for what the one before them is."""
    for before, field in pairwise(fields):
        is_again = _says(field, _AGAIN) and field.type != "password"
        if field.type == "email" or (is_again and _says(field, _ADDRESS)):
            yield field.number, "email"
        elif is_again and before.number in found:
            yield field.number, found[before.number]


def _says(field: Field, words: re.Pattern[str]) -> bool:
    if words is _ADDRESS and field.type == "email":
        return True
    return any(words.search(text) for text in (field.names, field.label, field.placeholder))


def _passwords(kind: Form, fields: list[Field]) -> dict[int, str]:
    if kind != "change_password":
        return {field.number: "password" for field in fields}
    old = next((field for field in fields if _says(field, _OLD)), fields[0])
    return {field.number: "old" if field is old else "new" for field in fields}


def _option(options: tuple[Option, ...], wanted: str) -> Option:
    """Return the option that says what is wanted, else the first that says anything."""
    for option in options:
        if wanted and wanted.lower() in {option.value.lower(), option.text.lower()}:
            return option
    return next((option for option in options if option.value), options[-1])


def _is_choice(field: Field, fields: tuple[Field, ...], values: Mapping[str, str]) -> bool:
    """Whether a radio button is to be pressed: the one that says what is wanted, or the first."""
    siblings = [f for f in fields if f.type == "radio" and _name(f) == _name(field)]
    wanted = {value.lower() for value in values.values()}
    saying = [f for f in siblings if {f.value.lower(), f.label.lower()} & wanted]
    return field is next(iter(saying or siblings))


def _name(field: Field) -> str:
    return field.names.split(" ")[0]

"""The requests that a route may want for a function, the likeliest first. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from twidder_cli.learn.keys import AGAIN, meaning, meanings
from twidder_cli.learn.names import Guess
from twidder_cli.learn.reading import Reading
from twidder_cli.model.contract import INPUTS, Contract, Operation

BY_SOURCE = " and the names that its source reads"
AS_COMMON = " and the names of most submissions"
GUESSED = " and names that were guessed"
BARE = ""

_ARGUMENT = re.compile(r"<(?:[^<>]*:)?([^<>:]+)>")
_ALIASES: dict[str, tuple[str, ...]] = {
    "email": ("email", "username", "mail", "user", "userEmail", "user_email"),
    "recipient": ("to_email", "toEmail", "to", "recipient", "receiver", "wall"),
    "password": ("password", "pw", "psw", "passwd"),
    "again": ("repeat_password", "repeatPassword", "password2", "confirm_password"),
    "firstname": ("firstname", "first_name", "firstName", "name", "fname"),
    "familyname": (
        *("familyname", "family_name", "familyName"),
        *("lastname", "last_name", "lastName", "surname", "lname"),
    ),
    "gender": ("gender", "sex"),
    "city": ("city",),
    "country": ("country",),
    "old": (
        *("oldpassword", "old_password", "oldPassword", "old", "password"),
        *("currentPassword", "current_password", "oldpw", "old_pw"),
    ),
    "new": (
        *("newpassword", "new_password", "newPassword", "new", "newpw", "new_pw"),
        *("repeat_new_password", "repeatNewPassword", "repeat_password", "confirm_password"),
    ),
    "message": ("message", "content", "msg", "text", "post"),
}
"""Keys that inputs were seen to have."""

_HOLDERS = ("json", "form", "query", "headers")
_NOT_OURS = {"user-agent", "content-type", "content-length", "host", "origin", "accept", "cookie"}
_GENDERS = ("female", "woman", "F")
"""What a form may call what we call Female."""

_FILLER = "1"
"""For a key of which nobody knows what it stands for."""

Parts = Mapping[str, Mapping[str, str]]
"""Placeholders by key, by where in a request they are: json, form, query, headers."""


class Variant(NamedTuple):
    """A request to try, and where its names are from."""

    operation: Operation
    how: str


def variants(
    function: str, guess: Guess, reading: Reading, common: Contract, carrier: str | None
) -> list[Variant]:
    """Return the requests to try for a function at a route, each once.

    `carrier` is the header that carries the token in all requests; empty where none does,
    None where that is still to be found out.
    """
    path = path_of(guess.route.rule, function)
    wanted = [one for one in INPUTS.get(function, ()) if f"{{{one}}}" not in path]
    read = _read(function, guess.method, reading, carrier)
    found: dict[bytes, Variant] = {}
    tries = [
        *_by_source(wanted, read, reading),
        *_completed(function, wanted, read),
        *_by_habit(function, guess.method, wanted, read, common),
    ]
    if function == "sign_up":
        tries += [(_other_gender(tries[0][0], word), GUESSED) for word in _GENDERS]
    for parts, how in tries:
        operation = _operation(guess.method, path, parts)
        found.setdefault(msgspec.json.encode(operation), Variant(operation, how))
    return list(found.values())


def path_of(rule: str, function: str) -> str:
    """Return a rule's path with placeholders for its arguments."""

    def placeholder(found: re.Match[str]) -> str:
        default = "email" if "email" in INPUTS.get(function, ()) else "token"
        return f"{{{meaning(found[1], function) or default}}}"

    return _ARGUMENT.sub(placeholder, rule)


def _operation(method: str, path: str, parts: Parts) -> Operation:
    query = "&".join(f"{key}={value}" for key, value in parts.get("query", {}).items())
    return Operation(
        request=f"{method} {path}{'?' * bool(query)}{query}",
        json=dict(parts["json"]) if "json" in parts else None,
        form=dict(parts["form"]) if "form" in parts else None,
        headers={sent_as(name): value for name, value in parts.get("headers", {}).items()},
    )


def _read(function: str, method: str, reading: Reading, carrier: str | None) -> Parts:
    """Return what the source reads and we can fill in; each key once."""
    parts: dict[str, dict[str, str]] = {}
    names = {holder: getattr(reading, holder) for holder in _HOLDERS}
    if method == "GET":
        names = {**names, "query": (*names["query"], *names["form"]), "form": ()}
    known = meanings([key for keys in names.values() for key in keys], function)
    for holder, keys in names.items():
        for key in keys:
            if holder == "headers" and _is_left_out(key, known, carrier):
                continue
            if key in known and not any(key in others for others in parts.values()):
                parts.setdefault(holder, {})[key] = f"{{{known[key]}}}"
    if "json" in parts and "form" in parts:
        del parts["form"]  # one or the other
    return parts


def _is_left_out(header: str, known: Mapping[str, str], carrier: str | None) -> bool:
    """Whether a header is a browser's own, or carries the token, which is told elsewhere."""
    is_carrier = known.get(header) == "token" and carrier in {None, sent_as(header).lower()}
    return is_carrier or header.lower() in _NOT_OURS


def sent_as(header: str) -> str:
    """Return a header's name as it has to be sent.

    gunicorn drops one with an underscore, and Flask can't tell that from a hyphen.
    """
    return header.replace("_", "-")


def _other_gender(parts: Parts, word: str) -> Parts:
    return {
        holder: {key: word if value == "{gender}" else value for key, value in keys.items()}
        for holder, keys in parts.items()
    }


def _completed(function: str, wanted: Sequence[str], read: Parts) -> Iterator[tuple[Parts, str]]:
    """Yield what the source reads with guesses for what it was not seen to read."""
    filled = {value for keys in read.values() for value in keys.values()}
    missing = [one for one in wanted if f"{{{one}}}" not in filled]
    if filled - {"{token}"} and missing:
        holder = next(iter(read))
        guessed = {key: value for one in missing for key, value in _aliases(function, one)}
        yield {**read, holder: {**guessed, **read[holder]}}, GUESSED


def _by_source(wanted: Sequence[str], read: Parts, reading: Reading) -> Iterator[tuple[Parts, str]]:
    filled = {value for keys in read.values() for value in keys.values()}
    if not all(f"{{{one}}}" in filled for one in wanted) or not read:
        return
    yield read, BY_SOURCE
    body = next((holder for holder in ("json", "form") if holder in read), None)
    if body is None:
        return
    yield {**read, body: _each_once(read[body])}, BY_SOURCE
    others = [key for key in getattr(reading, body) if key not in read[body]]
    if others:
        yield {**read, body: {**read[body], **dict.fromkeys(others, _FILLER)}}, BY_SOURCE


def _each_once(keys: Mapping[str, str]) -> dict[str, str]:
    """Return one key for each placeholder, but for a password that is wanted twice."""
    kept: dict[str, str] = {}
    for key, value in keys.items():
        if value not in kept.values() or AGAIN.search(key.lower()):
            kept[key] = value
    return kept


def _by_habit(
    function: str, method: str, wanted: Sequence[str], read: Parts, common: Contract
) -> Iterator[tuple[Parts, str]]:
    """Yield what most submissions want, and then all names that were ever seen at once."""
    token = {
        holder: {key: value for key, value in keys.items() if value == "{token}"}
        for holder, keys in read.items()
    }
    token = {holder: keys for holder, keys in token.items() if keys}
    if not wanted:
        yield token, BY_SOURCE if token else BARE
        if method != "GET":
            yield {"json": {}, **token}, GUESSED
        return
    usual = common.operations[function].json or {"email": "{email}"}
    usual = {key: value for key, value in usual.items() if value[1:-1] in wanted}
    everything = {key: value for one in wanted for key, value in _aliases(function, one)}
    places = ("query", "headers") if method == "GET" else ("json", "form", "query")
    for keys, how in ((usual, AS_COMMON), (everything, GUESSED)):
        for place in places:
            yield {**token, place: {**token.get(place, {}), **keys}}, how


def _aliases(function: str, one: str) -> Iterator[tuple[str, str]]:
    names = [*_ALIASES[one]]
    if function == "post_message" and one == "email":
        names += _ALIASES["recipient"]
    if function == "sign_up" and one == "password":
        names += _ALIASES["again"]
    return ((name, f"{{{one}}}") for name in names)

"""What a key, a parameter or a header's name stands for: one of the lab's inputs, or nothing."""

import re
from collections.abc import Iterable

from twidder_cli.learn.reading import Reading

AGAIN = re.compile(r"rep|again|confirm|retype|verif|2$|^rp|second")
"""In the name of a password: the same one is asked for a second time."""

_OLD = re.compile(r"old|curr|prev|exist|orig")
_PASSWORD = re.compile(r"pass|pwd|psw|pword|^pw|pw$")
_TOKEN = re.compile(r"token|auth|jwt|bearer|sess|apikey|^sid$|^uuid$|^key$")
_EMAIL = re.compile(r"mail|user|login|^id$")
_RECIPIENT = re.compile(r"^to|recip|receiv|wall|dest|target|owner|other|friend|search|find|profile")

Forms = tuple[tuple[str | None, re.Pattern[str]], ...]
"""Placeholders and the names that stand for them; the first that fits counts."""

_OTHERS: Forms = (
    (None, _PASSWORD),
    ("token", _TOKEN),
    ("email", _EMAIL),
    ("email", _RECIPIENT),
)
_FORMS: dict[str, Forms] = {
    "sign_up": (
        ("password", _PASSWORD),
        ("gender", re.compile(r"gender|sex")),
        ("city", re.compile(r"city|town|location")),
        ("country", re.compile(r"countr|nation|land")),
        ("familyname", re.compile(r"fam|last|sur|lname")),
        ("firstname", re.compile(r"first|given|fname|forename|^name$")),
        ("email", _EMAIL),
    ),
    "sign_in": (("password", _PASSWORD), ("email", _EMAIL)),
    "change_password": (
        ("old", _OLD),
        ("new", re.compile(rf"new|upd|{AGAIN.pattern}")),
        ("old", _PASSWORD),
        ("token", _TOKEN),
        ("email", _EMAIL),
    ),
    "post_message": (
        ("token", _TOKEN),
        ("own", re.compile(r"from|send|writer|author|self|^me$")),
        ("email", _RECIPIENT),
        ("email", _EMAIL),
        ("message", re.compile(r"mess|msg|content|text|post|tweet|twid|twit|comment|body")),
    ),
}


def meaning(key: str, function: str) -> str | None:
    """Return the placeholder that a key of this function's request stands for, None for none."""
    name = re.sub(r"[^a-z0-9]", "", key.lower())
    forms = _FORMS.get(function, _OTHERS)
    return next((what for what, form in forms if form.search(name)), None)


def meanings(keys: Iterable[str], function: str) -> dict[str, str]:
    """Return the placeholder of each key that has one.

    A password that is neither called old nor new is the new one, where another is the old one.
    """
    found = {key: what for key in keys if (what := meaning(key, function)) is not None}
    if function == "change_password" and "new" not in found.values():
        old = [key for key, what in found.items() if what == "old"]
        plain = [key for key in old if not _OLD.search(key.lower())]
        if len(plain) < len(old):
            found.update(dict.fromkeys(plain, "new"))
    return found


def inputs_of(function: str, reading: Reading) -> frozenset[str]:
    """Return the inputs that the source reads from a request, wherever they are in it."""
    keys = (*reading.json, *reading.form, *reading.query, *reading.headers)
    return frozenset(meanings(keys, function).values()) - {"token"}

"""What a key, a parameter or a header's name stands for: one of the lab's inputs, or nothing."""

import re
from collections.abc import Iterable

from twidder_cli.learn.reading import Reading

AGAIN = re.compile(r"rep|again|confirm|retype|verif|2$|^r(?=p)|second")
"""In the name of a password: the same one is asked for a second time."""

_PASSWORD = re.compile(r"pass|pwd|psw|pword|^pw|pw$")
_OLD = re.compile(r"old|curr|prev|exist|orig")
_NEW = re.compile(r"new|upd")
_TOKEN = re.compile(r"token|auth|jwt|bearer|sess|api_?key|^sid$|^uuid$|^key$")
_EMAIL = re.compile(r"mail|user|login|^id$")
_RECIPIENT = re.compile(r"^to|recip|receiv|wall|dest|target|owner|other|friend|search|find|profile")
_MESSAGE = re.compile(r"mess|msg|content|text|post|tweet|twid|twit|comment|body")
_SENDER = re.compile(r"from|send|writer|author|self|own(?!er)|me$")
_PROFILE = (
    ("gender", re.compile(r"gender|sex")),
    ("city", re.compile(r"city|town|location")),
    ("country", re.compile(r"countr|nation|land")),
    ("familyname", re.compile(r"fam|last|sur|lname|lastn")),
    ("firstname", re.compile(r"first|given|fname|forename|^name$")),
)


def meaning(key: str, function: str) -> str | None:
    """Return the placeholder that a key of this function's request stands for, None for none."""
    name = re.sub(r"[^a-z0-9]", "", key.lower())
    if function == "change_password":
        return _of_change(name)
    if _PASSWORD.search(name):
        return "password" if function in {"sign_up", "sign_in"} else None
    if function == "sign_up":
        return next((field for field, form in _PROFILE if form.search(name)), None) or _email(name)
    if function == "sign_in":
        return _email(name)
    if _TOKEN.search(name):
        return "token"
    if function == "post_message":
        return _of_post(name)
    return "email" if _EMAIL.search(name) or _RECIPIENT.search(name) else None


def _email(name: str) -> str | None:
    return "email" if _EMAIL.search(name) else None


def _of_change(name: str) -> str | None:
    if _NEW.search(name) or (AGAIN.search(name) and not _OLD.search(name)):
        return "new"
    if _OLD.search(name) or _PASSWORD.search(name):
        return "old"
    return "token" if _TOKEN.search(name) else _email(name)


def _of_post(name: str) -> str | None:
    if _SENDER.search(name):
        return None  # who writes is who the token says
    if _RECIPIENT.search(name) or _EMAIL.search(name):
        return "email"
    return "message" if _MESSAGE.search(name) else None


def meanings(keys: Iterable[str], function: str) -> dict[str, str]:
    """Return the placeholder of each key that has one.

    A password without a word for old or new is the new one where another is the old one.
    """
    found = {key: what for key in keys if (what := meaning(key, function)) is not None}
    if function == "change_password" and "new" not in found.values():
        plain = [
            key for key, what in found.items() if what == "old" and not _OLD.search(key.lower())
        ]
        if len(plain) < list(found.values()).count("old"):
            found.update(dict.fromkeys(plain, "new"))
    return found


def inputs_of(function: str, reading: Reading) -> frozenset[str]:
    """Return the inputs that the source reads from a request, wherever they are in it."""
    keys = (*reading.json, *reading.form, *reading.query, *reading.headers)
    return frozenset(meanings(keys, function).values()) - {"token"}

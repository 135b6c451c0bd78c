"""What of a page is visible, as its document was read, and what that means. Pure."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from twidder_cli.model import Noun
from twidder_cli.model.page import PageView
from twidder_cli.model.words import listed, printable

Form = Literal["sign_in", "sign_up", "change_password"]

WORDS: dict[str, re.Pattern[str]] = {
    "sign_in": re.compile(
        r"\b(sign|log)[\s_-]*(me[\s_-]*)?in\b|^enter$|\blogga in\b", re.IGNORECASE
    ),
    "sign_up": re.compile(
        r"\bsign[\s_-]*up\b|\bregist(er|ration)\b|\b(create|new)\b.*\baccount\b|\bjoin\b"
        r"|\bget started\b|\b(no|an) account\b|\bnew here\b|\bregistrera\b|\bbli medlem\b"
        r"|\bskapa( ett)? konto\b|\bny( här| användare)\b|\binget konto\b",
        re.IGNORECASE,
    ),
    "sign_out": re.compile(
        r"\b(sign|log)[\s_-]*(me[\s_-]*)?(out|off)\b|\blogga ut\b", re.IGNORECASE
    ),
    "change_password": re.compile(
        r"\b(change|new|update|edit)\b.*\bpass(word)?\b|\bpassword\b|\bbyt\b.*\blösenord\b",
        re.IGNORECASE,
    ),
}
_POSTING = re.compile(
    r"\b(post|send|share|publish|tweet|write|submit|skicka|publicera)\b", re.IGNORECASE
)
_LOOKING = re.compile(r"\b(browse|search|find|friends?|explore|people|s[oö]k)\b", re.IGNORECASE)
_TABS = re.compile(r"^\W*(home|browse|account|hem|konto)\W*$", re.IGNORECASE)
_MENU = re.compile(r"\b(account|settings?|profile|menu|user|konto)\b", re.IGNORECASE)
_FEW = 3
_PRESSED = {"checkbox", "radio"}
_LINES = {"text", "email", "search"}


class Option(Noun):
    """One choice of a select element."""

    index: int
    value: str
    text: str


class Field(Noun):
    """Something to fill in or to choose. `names` are its name, its id and its autocomplete.

    `objection`: why the browser does not send its form, in the browser's words or the page's.
    """

    number: int
    group: int
    type: str
    names: str = ""
    label: str = ""
    placeholder: str = ""
    value: str = ""
    is_required: bool = False
    objection: str = ""
    options: tuple[Option, ...] = ()


class Control(Noun):
    """Something to click on; `group` is the form that it belongs to, -1 for none.

    `is_on_top`: it is not known to be covered, or out of sight until somebody scrolls. `is_sure`:
    it is made to be clicked on, where a heading may only say what is there.
    """

    number: int
    group: int = -1
    text: str = ""
    submits: bool = False
    is_on_top: bool = True
    is_sure: bool = True


class Reading(Noun):
    """All that can be filled in or clicked on, and the addresses that are to be read."""

    fields: tuple[Field, ...] = ()
    controls: tuple[Control, ...] = ()
    addresses: tuple[str, ...] = ()

    def fields_of(self, group: int) -> tuple[Field, ...]:
        """Return the fields of a form, in the order of the page."""
        return tuple(field for field in self.fields if field.group == group)

    def form(self, kind: Form) -> int | None:
        """Return the visible form of that kind, None where there is none."""
        groups = dict.fromkeys(field.group for field in self.fields)
        return next((g for g in groups if form_kind(self.fields_of(g)) == kind), None)

    def saying(self, what: str) -> Iterator[Control]:
        """Yield the controls that say so, the shortest text first."""
        said = [control for control in self.controls if WORDS[what].search(control.text)]
        yield from sorted(said, key=lambda control: len(control.text))

    @property
    def has_profile(self) -> bool:
        """Whether there is what only the profile has: a way to sign out, or the tabs."""
        tabs = sum(bool(_TABS.search(control.text)) for control in self.controls)
        return any(self.saying("sign_out")) or tabs >= _FEW - 1

    @property
    def is_door(self) -> bool:
        """Whether all that may be done is to go in: two ways that say so, and nothing to fill in.

        One of them alone is not enough: it may lead back from a page that shows nothing else.
        """
        ways = (any(self.saying("sign_in")), any(self.saying("sign_up")))
        return all(ways) and not self.fields

    @property
    def is_for_newcomers(self) -> bool:
        """Whether a form to sign up with asks for so much that it can be for nothing else."""
        group = self.form("sign_up")
        fields = () if group is None else self.fields_of(group)
        return sum(field.type not in {"password", *_PRESSED} for field in fields) >= _FEW

    @property
    def message(self) -> Field | None:
        """What a message is written into: a text area, or a line beside a button that says so."""
        areas = [field for field in self.fields if field.type == "textarea"]
        lines = [field for field in self._lines if self._has_button(field, _POSTING)]
        return next(iter([*areas, *lines]), None)

    @property
    def search(self) -> Field | None:
        """The line that somebody's address is written into."""
        lines = [field for field in self._lines if not self._has_button(field, _POSTING)]
        addresses = [field for field in lines if field.type == "email"]
        return next(iter([*addresses, *lines]), None)

    @property
    def _lines(self) -> list[Field]:
        """The lines to write into that have no password beside them."""
        secret = {field.group for field in self.fields if field.type == "password"}
        return [f for f in self.fields if f.type in _LINES and f.group not in secret]

    def _has_button(self, field: Field, words: re.Pattern[str]) -> bool:
        inside = (control for control in self.controls if control.group == field.group)
        return any(words.search(control.text) for control in inside)

    @property
    def lookouts(self) -> Iterator[Control]:
        """Yield the tabs behind which others may be looked up."""
        yield from (control for control in self.controls if _LOOKING.search(control.text))

    @property
    def places(self) -> Iterator[Control]:
        """Yield the tabs and menus behind which something may be."""
        for words in (_MENU, _TABS):
            yield from (control for control in self.controls if words.search(control.text))


def form_kind(fields: tuple[Field, ...]) -> Form | None:
    """Return what a form is for, by its visible password fields; None for any other form."""
    passwords = sum(field.type == "password" for field in fields)
    others = sum(field.type not in {"password", *_PRESSED} for field in fields)
    match passwords:
        case 0:
            return None
        case 1 if others >= _FEW:
            return "sign_up"
        case 1:  # a password alone confirms a deed, as the end of an account
            return "sign_in" if any(field.type in _LINES for field in fields) else None
        case 2:
            return "sign_up"
        case _:
            return "change_password"


def view_of(reading: Reading, address: str) -> PageView:
    """Return which view is shown: welcome is a form to sign in with, or the door to one.

    The profile has none, but a way to sign out, the tabs, or the own address. Both are
    shown where such a form leaves the profile within reach.
    """
    if reading.form("sign_in") is not None:
        within_reach = tuple(control for control in reading.controls if control.is_on_top)
        beside = msgspec.structs.replace(reading, controls=within_reach)
        return "both" if beside.has_profile else "welcome"
    if reading.has_profile:
        return "profile"
    if reading.is_door or reading.is_for_newcomers:  # though it greets somebody by the address
        return "welcome"
    if address in reading.addresses:
        return "profile"
    return "welcome" if reading.form("sign_up") is not None else "other"


def objections(fields: tuple[Field, ...]) -> str:
    """Return what the browser does not accept in a form, for people; empty where it accepts all."""
    held = [
        f"'{field.label or field.placeholder or field.names}' ({field.objection})"
        for field in fields
        if field.objection
    ]
    if not held:
        return ""
    return f"the browser does not accept what is written into {printable(listed(held[:_FEW]))}"


def button_of(reading: Reading, group: int, kind: Form | None = None) -> Control | None:
    """Return the control that sends a form; None where only the Enter key can."""
    inside = [control for control in reading.controls if control.group == group]
    words = WORDS.get(kind or "")
    said = [control for control in inside if words and words.search(control.text)]
    sending = [control for control in inside if control.submits]
    saying = [*(c for c in said if c.submits), *(c for c in said if c.is_sure)]
    return next(iter([*saying, *sending, *said, *inside[-1:]]), None)

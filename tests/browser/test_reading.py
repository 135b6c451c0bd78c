"""What is made of what is visible on a page: forms, fields, buttons, and the view. Pure."""

import itertools
from typing import Any

import pytest

from twidder_cli.browser.filling import deeds
from twidder_cli.browser.reading import (
    Control,
    Field,
    Option,
    Reading,
    button_of,
    objections,
    view_of,
)
from twidder_cli.model.page import PageView

ANNA = "anna@liu.se"
VALUES = {
    "email": ANNA,
    "password": "secret",
    "firstname": "Anna",
    "familyname": "Berg",
    "gender": "Female",
    "city": "Visby",
    "country": "Sweden",
    "old": "secret",
    "new": "fresh",
}
_numbers = itertools.count()


def field(names: str = "", type_: str = "text", **more: Any) -> Field:
    return Field(number=next(_numbers), type=type_, names=names, **{"group": 1, **more})


def password(names: str = "", **more: Any) -> Field:
    return field(names, "password", **more)


def button(text: str, **more: Any) -> Control:
    return Control(number=next(_numbers), text=text, **more)


def reading(*parts: Field | Control, addresses: tuple[str, ...] = ()) -> Reading:
    return Reading(
        fields=tuple(part for part in parts if isinstance(part, Field)),
        controls=tuple(part for part in parts if isinstance(part, Control)),
        addresses=addresses,
    )


SIGN_IN = (field("email"), password())
SIGN_UP = (*(field(f"f{n}", group=2) for n in range(6)), password(group=2), password(group=2))


@pytest.mark.parametrize(
    ("shown", "view"),
    [
        (reading(*SIGN_IN, button("Log in")), "welcome"),
        (reading(*SIGN_IN, *SIGN_UP), "welcome"),
        (reading(*SIGN_UP), "welcome"),
        (reading(*SIGN_IN, button("Sign out")), "both"),
        (reading(*SIGN_IN, button("Home"), button("Browse")), "both"),
        (reading(*SIGN_IN, button("Sign out", is_on_top=False)), "welcome"),
        (reading(*SIGN_IN, addresses=(ANNA,)), "welcome"),
        (reading(button("Sign out")), "profile"),
        (reading(button("LOGOUT")), "profile"),
        (reading(button("Home"), button("Browse")), "profile"),
        (reading(password(), button("Delete my account"), button("Sign out")), "profile"),
        (reading(button("Home")), "other"),
        (reading(addresses=(ANNA,)), "profile"),
        (reading(addresses=("bob@liu.se",)), "other"),
        (reading(password(), password(), password(), button("Log out")), "profile"),
        (reading(), "other"),
        (reading(button("Log in"), button("Sign up")), "welcome"),
        (reading(button("Log in or register")), "welcome"),
        (reading(button("Log in"), button("Sign up"), button("Sign out")), "profile"),
        (reading(button("Log in"), button("Sign up"), button("Home"), button("Browse")), "profile"),
        (reading(button("Log in"), button("Sign up"), addresses=(ANNA,)), "welcome"),
        (reading(*SIGN_UP, addresses=(ANNA,)), "welcome"),
        (reading(field(), password(), password(), addresses=(ANNA,)), "profile"),
        (reading(button("Log in"), button("Sign up"), field("message", "textarea")), "other"),
        (reading(button("Log in")), "other"),
        (reading(button("Sign up")), "other"),
    ],
)
def test_the_view_is_what_is_visible(shown: Reading, view: PageView) -> None:
    assert view_of(shown, ANNA) == view


def written(kind: Any, *fields: Field) -> list[str]:
    return [deed.what for deed in deeds(kind, fields, VALUES)]


def test_fields_are_known_by_what_is_written_on_them() -> None:
    fields = (
        field(label="E-mail"),
        field(placeholder="Country"),
        field("familyname"),
        field("first_name"),
        field("input-city"),
        password(),
        password("repeat"),
        field("gender", "select-one", options=_genders()),
    )
    assert written("sign_up", *fields) == [
        ANNA, "Sweden", "Berg", "Anna", "Visby", "secret", "secret", "2"
    ]  # fmt: skip


def test_fields_that_say_nothing_are_known_by_their_place() -> None:
    fields = [*(field(f"input{n}") for n in range(5)), field("x", "email"), password(), password()]
    assert written("sign_up", *fields) == [
        "Anna", "Berg", "Female", "Visby", "Sweden", ANNA, "secret", "secret"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "again",
    [
        field("email2", "email", label="Confirm e-mail"),
        field("mail2", label="Repeat e-mail", is_required=True),
        field("again", label="Repeat"),
    ],
)
def test_an_address_is_given_again(again: Field) -> None:
    known = [field(name) for name in ("firstname", "familyname", "gender", "city", "country")]
    fields = (*known, field("email"), again, password(), password("again", label="Repeat"))
    assert written("sign_up", *fields)[5:] == [ANNA, ANNA, "secret", "secret"]


def test_whoever_signs_in_gives_an_address_whatever_the_field_is_called() -> None:
    assert written("sign_in", field("firstname"), password()) == [ANNA, "secret"]


def test_an_old_password_is_known_wherever_it_stands() -> None:
    fields = (password("new"), password("again"), password("old"))
    assert written("change_password", *fields) == ["fresh", "fresh", "secret"]
    assert written("change_password", *(password() for _ in range(3))) == [
        "secret", "fresh", "fresh"
    ]  # fmt: skip


def test_what_the_page_offers_is_chosen() -> None:
    genders = [field("gender", "radio", value=value) for value in ("male", "female", "other")]
    chosen = [deed.field for deed in deeds("sign_up", (*genders, password()), VALUES)]
    assert chosen[0] is genders[1]
    unknown = (Option(index=0, value="", text="Choose"), Option(index=1, value="w", text="Woman"))
    assert written("sign_up", field("sex", "select-one", options=unknown), password()) == [
        "1",
        "secret",
    ]


def test_what_is_asked_besides_gets_something_where_it_must() -> None:
    age, terms = field("age", "number", is_required=True), field("t", "checkbox", is_required=True)
    known = [field(name) for name in ("firstname", "familyname", "gender", "city", "country")]
    fields = (*known, field("email"), age, field("nickname"), terms, password(), password())
    done = {deed.field.names: (deed.how, deed.what) for deed in deeds("sign_up", fields, VALUES)}
    assert done["age"] == ("write", "25")
    assert done["t"] == ("click", "")
    assert "nickname" not in done


@pytest.mark.parametrize(
    ("controls", "pressed"),
    [
        ([button("Show password", group=1), button("Log in", group=1, submits=True)], "Log in"),
        ([button("Cancel", group=1, submits=True), button("Sign in", group=1)], "Sign in"),
        ([button("Go", group=1), button("Log in", group=2)], "Go"),
        ([button("Send", group=1, submits=True), button("Help", group=1)], "Send"),
        ([button("Sign in", group=1, is_sure=False), button("✓", group=1, submits=True)], "✓"),
        ([button("Sign in", group=1, is_sure=False)], "Sign in"),
    ],
)
def test_a_form_is_sent_by_its_own_button(controls: list[Control], pressed: str) -> None:
    found = button_of(reading(*SIGN_IN, *controls), 1, "sign_in")
    assert found is not None
    assert found.text == pressed


def test_what_the_browser_does_not_accept_is_told_with_its_field() -> None:
    held = password(label="Pass\x1bword", objection="Please match the requested format.")
    assert objections((field("email"), held)) == (
        "the browser does not accept what is written into 'Pass\\x1bword' "
        "(Please match the requested format.)"
    )
    assert objections(SIGN_IN) == ""


def test_a_form_without_a_button_is_sent_by_the_enter_key() -> None:
    assert button_of(reading(*SIGN_IN, button("Sign up", group=2)), 1, "sign_in") is None


def _genders() -> tuple[Option, ...]:
    return tuple(
        Option(index=n, value=value, text=value) for n, value in enumerate(("", "Male", "Female"))
    )

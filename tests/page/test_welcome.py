"""The welcome view: signing up and signing in."""

import itertools
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.page.browsers import Tab, hold
from tests.server.support import PASSWORD, Person, Server, sign_up_fields

_numbers = itertools.count()


@pytest.fixture
def email() -> str:
    """An address that nobody has signed up with."""
    return f"newcomer{next(_numbers)}@example.org"


def says(form: Locator) -> Locator:
    """What the form says of what came of it."""
    return form.get_by_role("status")


def test_somebody_new_signs_up_and_signs_in(tab: Tab, email: str) -> None:
    tab.sign_up(email, firstname="Eva", familyname="Dahl", city="Visby")
    expect(says(tab.form("Sign in"))).to_contain_text("You have signed up.")
    tab.form("Sign in").get_by_label("Password").fill(PASSWORD)
    tab.press("Sign in")
    expect(tab.panel.get_by_role("heading", name="Eva Dahl")).to_be_visible()


def test_who_has_signed_up_only_has_to_write_the_password(tab: Tab, email: str) -> None:
    tab.sign_up(email)
    expect(tab.form("Sign in").get_by_label("Password")).to_be_focused()
    expect(tab.form("Sign in").get_by_label("E-mail")).to_have_value(email)
    expect(tab.form("Sign up").get_by_label("E-mail")).to_have_value("")


def test_blank_fields_are_marked_and_nothing_is_sent(tab: Tab) -> None:
    for name, fields in [("Sign in", 2), ("Sign up", 8)]:
        form = tab.form(name)
        for field in form.get_by_role("textbox").all():
            field.fill("   ")
        with tab.requests() as asked:
            tab.press(name)
        assert asked == []
        expect(form.locator("[aria-invalid=true]")).to_have_count(fields)
        expect(form.locator("[aria-invalid=true]").first).to_be_focused()


def test_a_mistake_is_told_at_its_field_and_nothing_is_sent(tab: Tab, email: str) -> None:
    for changed, field, mistake in [
        ({"email": "anna"}, "E-mail", "Write a whole address, like anna@example.org."),
        ({"email": "an\u200bna@example.org"}, "E-mail", "Write a whole address, like"),
        ({"email": f"{'a' * 250}@b.se"}, "E-mail", "room for 254 characters. These are 255."),
        ({"password": "å" * 7}, "Password", "A password has at least 8 characters."),
        ({"password": "🐦" * 7}, "Password", "A password has at least 8 characters."),
        ({"password": "a" * 129}, "Password", "room for 128 characters"),
        ({"again": "correct house"}, "Repeat password", "The two passwords are not the same."),
        ({"firstname": "🐦" * 101}, "First name", "room for 100 characters. These are 101."),
        ({"gender": ""}, "Gender", "Choose one."),
    ]:
        with tab.requests() as asked:
            tab.sign_up(**{"email": email} | changed)
        assert asked == []
        wrong = tab.form("Sign up").locator("[aria-invalid=true]")
        expect(wrong).to_have_accessible_name(field)
        expect(wrong).to_have_accessible_description(re.compile(re.escape(mistake)))
        expect(wrong).to_be_focused()


def test_a_mark_goes_when_the_field_is_changed(tab: Tab) -> None:
    tab.press("Sign in")
    field = tab.form("Sign in").get_by_label("E-mail")
    field.press("a")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(field).to_have_accessible_description("")


SAME_RULES = {
    "email": ["a@b", "a@b@c", "@b", "a@", "a b@c.se", "å@ö.se", "a'+\"@b"],
    "password": ["x" * 7, "x" * 8, "å" * 4, "å" * 8, "🐦" * 4, "🐦" * 8, " " * 9],
    "city": ["\u2003", "x"],
}


def test_page_and_server_have_the_same_rules(tab: Tab, server: Server, email: str) -> None:
    tab.page.route("**/sign_up", lambda route: route.abort())  # asked for below
    for name, values in SAME_RULES.items():
        for number, value in enumerate(values):
            fields = sign_up_fields(f"{name}{number}{email}", gender="Female") | {name: value}
            with tab.requests() as asked:
                tab.sign_up(**fields)
            reply = server.call("POST", "/sign_up", json=fields)
            assert bool(asked) == (reply.status_code == 201), (value, reply.text)
            if asked:
                expect(says(tab.form("Sign up"))).not_to_be_empty()


def test_a_space_around_an_address_is_not_part_of_it(tab: Tab, server: Server) -> None:
    person = server.new_person()
    person.email = f" {person.email} "
    tab.sign_in(person)
    expect(tab.selected_tab).to_have_text("Home")


def test_an_address_is_sent_as_it_was_written(tab: Tab, server: Server, email: str) -> None:
    tab.sign_up(f"{email}.ö.se")
    expect(says(tab.form("Sign in"))).not_to_be_empty()
    reply = server.call(
        "POST", "/sign_in", json={"username": f"{email}.ö.se", "password": PASSWORD}
    )
    assert reply.status_code == 200


def test_the_page_says_that_an_address_is_taken(tab: Tab, server: Server) -> None:
    person = server.new_person()
    reply = server.call("POST", "/sign_up", json=sign_up_fields(person.email))
    tab.sign_up(person.email)
    expect(says(tab.form("Sign up"))).to_have_text(reply.json()["message"])
    expect(tab.form("Sign up").get_by_label("City")).to_have_value("Linköping")


def test_the_page_says_that_a_password_is_wrong(tab: Tab, server: Server) -> None:
    person = server.new_person()
    tab.sign_in(person, password="wrong horse")
    expect(says(tab.form("Sign in"))).to_have_text("Wrong e-mail address or password.")
    expect(tab.form("Sign in").get_by_label("E-mail")).to_have_value(person.email)
    assert tab.token is None


def test_a_form_is_sent_once_at_a_time(tab: Tab, server: Server) -> None:
    person = server.new_person()
    held = hold(tab, "**/sign_in")
    with tab.requests() as asked:
        tab.sign_in(person)
        expect(tab.form("Sign in").get_by_role("button")).to_be_disabled()
        tab.form("Sign in").get_by_label("Password").press("Enter")
    assert asked == ["POST /sign_in"]
    held[0].continue_()
    expect(tab.selected_tab).to_have_text("Home")


def test_without_a_server_the_page_says_so_and_can_be_used_again(tab: Tab, server: Server) -> None:
    person = server.new_person()
    tab.page.context.set_offline(True)
    tab.sign_in(person)
    expect(says(tab.form("Sign in"))).to_contain_text("The server is out of reach.")
    expect(tab.form("Sign in").get_by_role("button")).to_be_focused()
    tab.page.context.set_offline(False)
    tab.press("Sign in")
    expect(tab.selected_tab).to_have_text("Home")


def test_an_answer_without_sense_is_no_success(tab: Tab, server: Server) -> None:
    for body in ("<h1>Bad Gateway</h1>", "", "null", '{"success": true}'):
        tab.page.route("**/sign_in", lambda route: route.fulfill(body=body))  # noqa: B023
        tab.sign_in(Person(server, "anna@example.org"))
        expect(says(tab.form("Sign in"))).to_have_text(
            "The server gave an answer that makes no sense."
        )
        assert tab.token is None


def test_the_hint_is_the_servers_rule(tab: Tab, server: Server, email: str) -> None:
    hint = tab.form("Sign up").locator(".hint").inner_text()
    enough = int(re.sub(r"\D", "", hint))
    statuses = [
        server.call("POST", "/sign_up", json=sign_up_fields(email, password="å" * length))
        for length in (enough - 1, enough)
    ]
    assert [reply.status_code for reply in statuses] == [400, 201]

"""Account: the password, and signing out."""

from playwright.sync_api import expect

from tests.page.browsers import SIGNED_OUT, Tab
from tests.server.support import PASSWORD, Person, Server

NEW_PASSWORD = "a better horse"


def change_password(tab: Tab, old: str, new: str, again: str) -> None:
    tab.go_to("Account")
    values = {"Old password": old, "New password": new, "Repeat new password": again}
    tab.fill_in("Change password", values)
    tab.press("Change password")


def test_the_password_is_changed_and_the_session_goes_on(
    home: Tab, server: Server, anna: Person
) -> None:
    change_password(home, PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
    form = home.form("Change password")
    expect(form.get_by_role("status")).to_have_text("The password is changed.")
    expect(form.get_by_label("Old password")).to_have_value("")
    assert anna.is_signed_in()
    statuses = [
        server.call("POST", "/sign_in", json={"username": anna.email, "password": password})
        for password in (PASSWORD, NEW_PASSWORD)
    ]
    assert [reply.status_code for reply in statuses] == [401, 200]


def test_a_wrong_old_password_is_told_and_ends_nothing(home: Tab, anna: Person) -> None:
    change_password(home, "wrong horse", NEW_PASSWORD, NEW_PASSWORD)
    expect(home.form("Change password").get_by_role("status")).to_have_text(
        "The old password is wrong."
    )
    expect(home.selected_tab).to_have_text("Account")
    assert anna.is_signed_in()


def test_a_mistake_is_told_at_its_field_and_nothing_is_sent(home: Tab) -> None:
    for passwords, field in [
        (("", NEW_PASSWORD, NEW_PASSWORD), "Old password"),
        ((PASSWORD, "short", "short"), "New password"),
        ((PASSWORD, NEW_PASSWORD, "another horse"), "Repeat new password"),
    ]:
        with home.requests() as asked:
            change_password(home, *passwords)
        assert asked == []
        expect(home.panel.locator("[aria-invalid=true]")).to_have_count(1)
        expect(home.panel.get_by_label(field, exact=True)).to_be_focused()


def test_it_says_who_is_signed_in(home: Tab, anna: Person) -> None:
    home.go_to("Account")
    expect(home.panel.get_by_text(f"You are signed in as {anna.email}.")).to_be_visible()


def test_signing_out_ends_the_session_and_shows_the_welcome_view(home: Tab, anna: Person) -> None:
    home.sign_out()
    expect(home.form("Sign in")).to_be_visible()
    expect(home.notice).to_have_text(SIGNED_OUT)
    assert home.token is None
    assert not anna.is_signed_in()


def test_somebody_else_can_sign_in_after_that(home: Tab, bob: Person) -> None:
    home.sign_out()
    home.sign_in(bob)
    home.go_to("Account")
    expect(home.panel.get_by_text(bob.email)).to_be_visible()
    expect(home.notice).to_be_empty()


def test_who_can_not_sign_out_is_told(home: Tab, anna: Person) -> None:
    home.page.context.set_offline(True)
    home.sign_out()
    expect(home.form("Sign out").get_by_role("status")).to_contain_text("out of reach")
    assert home.token == anna.token
    assert anna.is_signed_in()

"""Browse: the same for somebody whose address one knows."""

from playwright.sync_api import expect

from tests.page.browsers import Tab, messages_on, new_person, post
from tests.server.support import Person, Server


def test_it_shows_somebodys_data_and_wall(home: Tab, server: Server, bob: Person) -> None:
    eva = new_person(server, "eva@example.org", firstname="Eva", city="Visby").sign_in()
    post(bob, eva, "first")
    post(eva, eva, "second")
    home.browse(eva.email)
    expect(home.panel.get_by_role("heading", name="Eva Berg")).to_be_visible()
    expect(home.panel.locator("dl")).to_contain_text("Visby")
    expect(home.wall).to_have_text(["second", "first"])
    expect(home.panel.locator(".message .writer")).to_have_text([eva.email, bob.email])


def test_one_can_write_on_it(home: Tab, anna: Person, bob: Person) -> None:
    home.browse(bob.email)
    home.post("hello")
    expect(home.wall).to_have_text(["hello"])
    expect(home.panel.locator(".message .writer")).to_have_text([anna.email])
    assert messages_on(bob) == ["hello"]
    assert messages_on(anna) == []


def test_reload_brings_that_wall_and_nothing_else(home: Tab, bob: Person) -> None:
    home.browse(bob.email)
    expect(home.panel.locator(".wall").get_by_role("status")).to_have_text("Nothing here yet")
    post(bob, bob, "news")
    with home.requests() as asked:
        home.panel.get_by_role("button", name="Reload").click()
        expect(home.wall).to_have_text(["news"])
    assert asked == [f"GET /get_user_messages_by_email/{bob.email.replace('@', '%40')}"]


def test_it_says_that_there_is_nobody(home: Tab, bob: Person) -> None:
    home.browse(bob.email)
    expect(home.panel.locator(".person")).to_have_count(1)
    home.browse("nobody@example.org")
    expect(home.form("Find a wall").get_by_role("status")).to_have_text("There is no such user.")
    expect(home.panel.locator(".person")).to_have_count(0)


def test_it_says_that_there_is_somebody_after_all(home: Tab, bob: Person) -> None:
    home.browse("nobody@example.org")
    status = home.form("Find a wall").get_by_role("status")
    expect(status).not_to_be_empty()
    home.browse(bob.email)
    expect(home.panel.locator(".person")).to_have_count(1)
    expect(status).to_be_empty()


def test_what_is_no_address_is_not_asked_for(home: Tab) -> None:
    for email in ("", "  ", "nobody"):
        with home.requests() as asked:
            home.browse(email)
        assert asked == []
        expect(home.panel.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")


def test_a_message_goes_to_who_is_shown_not_to_who_is_typed(
    home: Tab, anna: Person, bob: Person
) -> None:
    home.browse(bob.email)
    expect(home.panel.locator(".person")).to_have_count(1)
    home.panel.get_by_label("E-mail").fill(anna.email)
    home.post("for Bob")
    expect(home.wall).to_have_text(["for Bob"])
    assert messages_on(bob) == ["for Bob"]


def test_an_odd_address_is_found(home: Tab, server: Server) -> None:
    for email in ("a/../b?c#d&e=f@g", "%2F%00@x", "+;,:'\"@[::1]", "å@ö"):
        new_person(server, email, firstname="Odd")
        home.browse(email)
        expect(home.panel.locator("[data-field=email]")).to_have_text(email)
        home.post("hello")
        expect(home.wall).to_have_text(["hello"])


def test_without_a_server_it_says_so(home: Tab, bob: Person) -> None:
    home.page.context.set_offline(True)
    home.browse(bob.email)
    expect(home.form("Find a wall").get_by_role("status")).to_contain_text(
        "The server is out of reach."
    )

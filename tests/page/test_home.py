"""Home: the own data and the own wall."""

from playwright.sync_api import expect

from tests.page.browsers import NewPlace, Tab, hold, loaded, messages_on, new_person, post
from tests.server.support import PASSWORD, Person, Server

SEVERAL_LINES = "one\n\n  two   spaces\n\ttab"


def test_it_shows_the_own_data_without_the_password(new_place: NewPlace, server: Server) -> None:
    fields = {"gender": "Other", "city": "Αθήνα", "country": "Ελλάδα"}
    person = new_person(server, "elpida@example.org", firstname="Ελπίδα", **fields).sign_in()
    tab = loaded(new_place(token=person.token).open())
    expect(tab.panel.get_by_role("heading", name="Ελπίδα Berg")).to_be_visible()
    shown = tab.panel.locator("dl").inner_text().split("\n")
    pairs = dict(zip(shown[::2], shown[1::2], strict=True))
    assert pairs == {
        "E-mail": "elpida@example.org",
        "Gender": "Other",
        "City": "Αθήνα",
        "Country": "Ελλάδα",
    }
    assert PASSWORD not in tab.page.content()


def test_an_empty_wall_says_so(home: Tab) -> None:
    expect(home.panel.locator(".wall").get_by_role("status")).to_have_text("Nothing here yet")


def test_what_is_posted_is_on_the_wall_newest_first(home: Tab, anna: Person) -> None:
    home.post("first")
    expect(home.wall).to_have_text(["first"])
    expect(home.panel.get_by_role("textbox")).to_have_value("")
    home.post("second")
    expect(home.wall).to_have_text(["second", "first"])
    expect(home.panel.locator(".message .writer").first).to_have_text(anna.email)
    expect(home.panel.locator(".wall").get_by_role("status")).to_have_text("2 messages")
    assert messages_on(anna) == ["second", "first"]


def test_a_message_is_kept_and_shown_as_it_was_written(home: Tab, anna: Person) -> None:
    texts = [SEVERAL_LINES, "مرحبا", "Привет, 世界", "👩‍👩‍👧 ¯\\_(ツ)_/¯", "x" * 2000]
    for text in texts:
        home.post(text)
        expect(home.panel.get_by_role("textbox")).to_have_value("")
    expect(home.wall).to_have_count(len(texts))
    assert home.wall.all_text_contents() == texts[::-1]
    assert messages_on(anna) == texts[::-1]


def test_lines_are_shown_as_lines(home: Tab) -> None:
    home.post(SEVERAL_LINES)
    expect(home.wall).to_have_count(1)
    assert home.wall.inner_text() == SEVERAL_LINES


def test_what_can_not_be_posted_is_not_sent(home: Tab) -> None:
    for text, mistake in [
        (" \n ", "Write something first."),
        ("x" * 2001, "There is room for 2000 characters."),
    ]:
        with home.requests() as asked:
            home.post(text)
        assert asked == []
        expect(home.panel.get_by_text(mistake)).to_be_visible()
        expect(home.panel.get_by_role("textbox")).to_have_value(text)


def test_reload_brings_the_wall_and_nothing_else(home: Tab, anna: Person, bob: Person) -> None:
    home.panel.get_by_role("textbox").fill("half a thought")
    post(bob, anna, "hello")
    with home.requests() as asked:
        home.panel.get_by_role("button", name="Reload").click()
        expect(home.wall).to_have_text(["hello"])
    assert asked == ["GET /get_user_messages_by_token"]
    expect(home.panel.get_by_role("textbox")).to_have_value("half a thought")
    expect(home.panel.get_by_role("button", name="Reload")).to_be_focused()


def test_a_wall_that_can_not_be_had_says_so_and_keeps_what_it_shows(home: Tab) -> None:
    home.post("here to stay")
    expect(home.wall).to_have_text(["here to stay"])
    home.page.context.set_offline(True)
    home.panel.get_by_role("button", name="Reload").click()
    status = home.panel.locator(".wall").get_by_role("status")
    expect(status).to_contain_text("The server is out of reach.")
    expect(home.wall).to_have_text(["here to stay"])


def test_a_message_that_could_not_be_posted_is_not_lost(home: Tab) -> None:
    home.page.context.set_offline(True)
    home.post("precious")
    expect(home.panel.locator(".post").get_by_role("status")).to_contain_text("out of reach")
    expect(home.panel.get_by_role("textbox")).to_have_value("precious")


def test_an_older_answer_does_not_replace_a_newer_one(home: Tab) -> None:
    held = hold(home, "**/get_user_messages_by_token")
    home.panel.get_by_role("button", name="Reload").click()
    expect(home.panel.get_by_role("button", name="Reload")).to_be_disabled()
    home.post("newer than what is on its way")
    expect(home.wall).to_have_count(1)
    held[0].fulfill(json={"success": True, "message": "", "data": []})
    home.browse("nobody@example.org")  # another answer, which comes later
    expect(home.form("Find a wall").get_by_role("status")).not_to_be_empty()
    home.go_to("Home")
    expect(home.wall).to_have_count(1)

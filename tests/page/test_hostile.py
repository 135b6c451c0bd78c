"""Whatever people write is shown as what they wrote, and never as part of the page."""

from playwright.sync_api import expect

from tests.page.browsers import NewPlace, Tab, loaded, new_person, post
from tests.server.support import Person, Server

SCRIPT = '<img src="x" onerror="window.hacked = true"><script>window.hacked = true</script>'
TEMPLATE = "</script></textarea><svg onload='window.hacked = true'>{{7*7}}${7*7}"
ADDRESS = "<img/src='x'/onerror='window.hacked=true'>@example.org"


def mallory(server: Server) -> Person:
    """Somebody all of whose data is a script."""
    names = dict.fromkeys(("firstname", "familyname", "gender", "city", "country"), SCRIPT)
    number = len(server.sockets) + id(names)
    return new_person(server, f"{number}{ADDRESS}", **names).sign_in()


def assert_harmless(tab: Tab) -> None:
    """None of it has become an element, or has run."""
    assert tab.page.evaluate("window.hacked") is None
    expect(tab.page.locator("[onerror], [onload], [src=x], #view script")).to_have_count(0)


def test_a_script_in_a_message(home: Tab, anna: Person, bob: Person) -> None:
    post(bob, anna, SCRIPT)
    home.post(TEMPLATE)
    expect(home.wall).to_have_text([TEMPLATE, SCRIPT])
    assert_harmless(home)


def test_a_script_in_the_own_data(new_place: NewPlace, server: Server) -> None:
    person = mallory(server)
    post(person, person, SCRIPT)
    tab = loaded(new_place(token=person.token).open())
    expect(tab.panel.get_by_role("heading", level=2).first).to_have_text(f"{SCRIPT} {SCRIPT}")
    expect(tab.panel.locator("dd")).to_have_text([person.email, SCRIPT, SCRIPT, SCRIPT])
    expect(tab.panel.locator(".message .writer")).to_have_text([person.email])
    tab.go_to("Account")
    expect(tab.panel.get_by_text(f"signed in as {person.email}.")).to_be_visible()
    assert_harmless(tab)


def test_a_script_in_somebody_elses_data(home: Tab, server: Server) -> None:
    person = mallory(server)
    home.browse(person.email)
    expect(home.panel.locator("dd")).to_have_text([person.email, SCRIPT, SCRIPT, SCRIPT])
    expect(home.panel.get_by_role("textbox", name=f"Write on {SCRIPT}")).to_be_visible()
    home.post("hello")
    expect(home.wall).to_have_text(["hello"])
    assert_harmless(home)


def test_a_script_in_an_answer(home: Tab) -> None:
    reply = {"success": False, "message": SCRIPT}
    home.page.route("**/get_user_messages_by_token", lambda route: route.fulfill(json=reply))
    home.panel.get_by_role("button", name="Reload").click()
    expect(home.panel.locator(".wall").get_by_role("status")).to_have_text(SCRIPT)
    assert_harmless(home)


def test_a_name_of_a_character_without_a_glyph_breaks_nothing(
    new_place: NewPlace, server: Server
) -> None:
    person = new_person(server, "feff@example.org", firstname="\ufeff").sign_in()
    tab = loaded(new_place(token=person.token).open())
    expect(tab.panel.locator("dd").first).to_have_text(person.email)


def test_the_page_works_under_the_strictest_policy(
    new_place: NewPlace, server: Server, anna: Person
) -> None:
    """No script, style or view of it needs more than files from its own server."""
    # Chromium doesn't know where a page from a handler comes from, and so would ask.
    place = new_place(token=anna.token, permissions=["local-network-access"])
    policy = {"Content-Security-Policy": "default-src 'self'"}
    place.context.route(
        server.url + "/",
        lambda route: route.fulfill(
            response=(real := route.fetch()), headers=real.headers | policy
        ),
    )
    tab = loaded(place.open())
    assert tab.page.evaluate("getComputedStyle(document.body).margin") == "0px"
    anna.sign_in()
    expect(tab.notice).not_to_be_empty()
    # A violation would be in the console, and so fail this test.

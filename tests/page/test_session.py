"""One valid session at a time, as people with several browsers and tabs meet it."""

from playwright.sync_api import expect

from tests.page.browsers import (
    SESSION_OVER,
    SIGNED_IN_ELSEWHERE,
    SIGNED_OUT,
    NewPlace,
    Tab,
    connected,
    hold,
    loaded,
)
from tests.server.support import Person, Server


def assert_welcome_view(tab: Tab, sentence: str) -> None:
    """Nothing of the profile is left, the page says why, and the token is gone."""
    expect(tab.form("Sign in")).to_be_visible()
    expect(tab.page.get_by_role("tab")).to_have_count(0)
    expect(tab.notice).to_have_text(sentence)
    expect(tab.connection).to_be_empty()
    assert tab.token is None


def assert_signed_in(tab: Tab, person: Person) -> None:
    expect(tab.panel.locator("[data-field=email]")).to_have_text(person.email)


def test_there_is_no_socket_before_the_sign_in(tab: Tab, server: Server) -> None:
    person = server.new_person()
    tab.sign_in(person, password="wrong horse")
    expect(tab.form("Sign in").get_by_role("status")).not_to_be_empty()
    assert tab.sockets == []
    tab.sign_in(person)
    connected(tab)
    assert tab.greetings == [tab.token]
    assert tab.sockets == [server.url.replace("http", "ws") + "/ws"]


def test_signing_in_elsewhere_shows_the_first_browser_the_welcome_view(
    new_place: NewPlace, server: Server, bob: Person
) -> None:
    person = server.new_person()
    first, second, bystander = new_place().open(), new_place().open(), new_place(token=bob.token)
    first.sign_in(person)
    connected(first)
    other = loaded(bystander.open())
    second.sign_in(person)
    assert_welcome_view(first, SIGNED_IN_ELSEWHERE)
    assert_signed_in(loaded(second), person)
    assert_signed_in(other, bob)


def test_and_so_back_and_forth(new_place: NewPlace, server: Server) -> None:
    person = server.new_person()
    tabs = [new_place().open(), new_place().open()]
    tabs[0].sign_in(person)
    connected(tabs[0])
    for _ in range(2):
        tabs.reverse()
        tabs[0].sign_in(person)
        connected(tabs[0], greetings=len(tabs[0].greetings) + 1)
        assert_welcome_view(tabs[1], SIGNED_IN_ELSEWHERE)


def test_a_refresh_keeps_the_view_and_opens_the_socket_again(home: Tab, anna: Person) -> None:
    home.page.reload()
    connected(home, greetings=2)
    assert_signed_in(home, anna)
    assert home.greetings == [anna.token, anna.token]
    anna.sign_in()
    assert_welcome_view(home, SIGNED_IN_ELSEWHERE)


def test_a_refresh_keeps_the_welcome_view(tab: Tab) -> None:
    tab.page.reload()
    assert_welcome_view(tab, "")
    assert tab.sockets == []


def test_a_page_that_is_opened_again_keeps_the_view(new_place: NewPlace, anna: Person) -> None:
    place = new_place(token=anna.token)
    loaded(place.open()).page.close()
    assert_signed_in(loaded(place.open()), anna)


def test_a_page_opened_with_an_expired_token_shows_the_welcome_view(
    new_place: NewPlace, anna: Person
) -> None:
    anna.sign_in()
    tab = new_place(token=anna.token).open()
    assert_welcome_view(tab, SESSION_OVER)
    assert tab.sockets == []


def deaf(new_place: NewPlace, person: Person) -> Tab:
    """A profile view that no news reach."""
    place = new_place(token=person.token)
    place.context.route_web_socket("**/ws", lambda _: None)
    return loaded(place.open())


def test_a_refresh_with_an_expired_token_shows_the_welcome_view(
    new_place: NewPlace, anna: Person
) -> None:
    tab = deaf(new_place, anna)
    anna.sign_in()
    tab.page.reload()
    assert_welcome_view(tab, SESSION_OVER)


def test_a_call_with_an_expired_token_shows_the_welcome_view(
    new_place: NewPlace, anna: Person
) -> None:
    tab = deaf(new_place, anna)
    anna.sign_in()
    tab.panel.get_by_role("button", name="Reload").click()
    assert_welcome_view(tab, SESSION_OVER)


def test_old_news_do_not_end_a_new_session(home: Tab, bob: Person) -> None:
    held = hold(home, "**/get_user_messages_by_token")
    home.panel.get_by_role("button", name="Reload").click()
    home.sign_out()
    home.sign_in(bob)
    assert_signed_in(loaded(home), bob)
    held[0].fulfill(status=401, json={"success": False, "message": "You are not signed in."})
    home.post("still here")
    expect(home.wall).to_have_text(["still here"])


def test_nothing_reloads_the_page(home: Tab, bob: Person) -> None:
    home.page.evaluate("window.isSame = true")
    home.sign_out()
    home.sign_in(bob)
    connected(home, greetings=2)
    bob.sign_in()
    assert_welcome_view(home, SIGNED_IN_ELSEWHERE)
    assert home.page.evaluate("window.isSame")


def test_two_tabs_enter_and_leave_together(new_place: NewPlace, server: Server) -> None:
    person = server.new_person()
    place = new_place()
    tabs = [place.open(), place.open()]
    tabs[0].sign_in(person)
    for tab in tabs:
        assert_signed_in(loaded(tab), person)
    tabs[1].sign_out()
    for tab in tabs:
        assert_welcome_view(tab, SIGNED_OUT)


def test_two_tabs_hear_together_of_a_sign_in_elsewhere(new_place: NewPlace, anna: Person) -> None:
    place = new_place(token=anna.token)
    tabs = [connected(place.open()), connected(place.open())]
    anna.sign_in()
    for tab in tabs:
        assert_welcome_view(tab, SIGNED_IN_ELSEWHERE)


def test_a_tab_follows_when_another_one_signs_in_as_somebody_else(
    new_place: NewPlace, anna: Person, bob: Person
) -> None:
    place = new_place(token=anna.token)
    tabs = [loaded(place.open()), loaded(place.open())]
    tabs[0].sign_out()
    tabs[0].sign_in(bob)
    for tab in tabs:
        expect(tab.panel.locator("[data-field=email]")).to_have_text(bob.email)


def test_the_focus_goes_where_the_new_view_begins(home: Tab, server: Server) -> None:
    home.sign_out()
    expect(home.page.get_by_role("heading", level=1)).to_be_focused()
    home.sign_in(server.new_person())
    expect(home.selected_tab).to_be_focused()


def test_who_is_signed_out_while_scrolled_down_sees_why(home: Tab, anna: Person) -> None:
    home.post("long\n" * 200)
    expect(home.wall).to_have_count(1)
    home.page.mouse.wheel(0, 3000)
    anna.sign_in()
    expect(home.notice).to_be_in_viewport()

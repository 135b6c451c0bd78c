"""Small screens, wide screens, long words."""

from tests.page.browsers import NewPlace, Tab, loaded, new_person
from tests.server.support import Server

WIDTHS = [320, 360, 768, 1400]  # 320: what 1280 are when the page is enlarged to 400 %

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def assert_fits(tab: Tab) -> None:
    """Nobody has to scroll sideways to read it."""
    for width in WIDTHS:
        tab.page.set_viewport_size({"width": width, "height": 700})
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_view_is_wider_than_the_screen(new_place: NewPlace, server: Server) -> None:
    names = dict.fromkeys(("firstname", "familyname", "gender", "city", "country"), LONG)
    person = new_person(server, f"{LONG}@{LONG}.example.org", **names)
    tab = new_place().open()
    assert_fits(tab)
    tab.press("Sign in")
    tab.press("Sign up")
    assert_fits(tab)

    tab.sign_in(person)
    loaded(tab)
    tab.post(LONG * 3)
    tab.wall.wait_for()
    assert_fits(tab)

    tab.browse(person.email)
    tab.wall.wait_for()
    assert_fits(tab)

    tab.go_to("Account")
    tab.press("Change password")
    assert_fits(tab)

    person.sign_in()
    tab.form("Sign in").wait_for()
    assert_fits(tab)

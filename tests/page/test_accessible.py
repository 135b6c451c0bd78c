"""What axe, the accessibility checker, has to say about each view."""

from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.page.browsers import Tab, loaded
from tests.server.support import Server

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def assert_accessible(tab: Tab) -> None:
    """Axe finds nothing, of whatever weight, in light and in dark."""
    for scheme in SCHEMES:
        tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = tab.page.evaluate("axe.run({resultTypes: ['violations']})")
        complaints = [
            f"{violation['id']} ({violation['impact']}): {node['html']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
        assert complaints == [], scheme


def test_axe_finds_nothing(tab: Tab, server: Server) -> None:
    person = server.new_person()
    tab.page.evaluate(AXE_SCRIPT)
    assert_accessible(tab)
    tab.press("Sign in")
    tab.press("Sign up")
    assert_accessible(tab)

    tab.sign_in(person)
    loaded(tab)
    tab.post("hello")
    expect(tab.wall).to_have_count(1)
    assert_accessible(tab)

    tab.browse("nobody@example.org")
    expect(tab.panel.get_by_text("There is no such user.")).to_be_visible()
    assert_accessible(tab)
    tab.browse(person.email)
    expect(tab.wall).to_have_count(1)
    assert_accessible(tab)

    tab.go_to("Account")
    tab.press("Change password")
    assert_accessible(tab)

    person.sign_in()
    expect(tab.notice).not_to_be_empty()
    assert_accessible(tab)

"""Home, Browse, Account: one is selected, and all keep what is in them."""

from playwright.sync_api import expect

from tests.page.browsers import Tab
from tests.server.support import Person

TABS = ["Home", "Browse", "Account"]


def assert_selected(tab: Tab, name: str) -> None:
    """Its tab is the marked one, and the one that the Tab key stops at; its panel is shown."""
    tabs = {one.inner_text(): one for one in tab.page.get_by_role("tab").all()}
    for other, one in tabs.items():
        expect(one).to_have_attribute("aria-selected", "true" if other == name else "false")
        expect(one).to_have_attribute("tabindex", "0" if other == name else "-1")
    expect(tab.panel).to_have_count(1)
    expect(tab.panel).to_have_accessible_name(name)
    expect(tab.page).to_have_title(f"{name} · Twidder")


def test_home_is_selected_first(home: Tab) -> None:
    assert home.page.get_by_role("tab").all_inner_texts() == TABS
    assert_selected(home, "Home")


def test_a_tab_is_selected_with_a_click(home: Tab) -> None:
    for name in reversed(TABS):
        home.go_to(name)
        assert_selected(home, name)


def test_the_selected_tab_can_be_told_without_colours(home: Tab) -> None:
    borders = home.page.evaluate(
        "[...document.querySelectorAll('[role=tab]')]"
        ".map(tab => getComputedStyle(tab).borderBottomWidth)"
    )
    assert borders == ["4px", "0px", "0px"]


def test_arrows_select_tabs(home: Tab) -> None:
    """Including the way around the ends; other keys do nothing."""
    home.selected_tab.focus()
    for key, selected in [
        ("ArrowRight", "Browse"),
        ("ArrowRight", "Account"),
        ("ArrowRight", "Home"),
        ("ArrowLeft", "Account"),
        ("ArrowLeft", "Browse"),
        ("End", "Account"),
        ("Home", "Home"),
        ("ArrowDown", "Home"),
    ]:
        home.page.keyboard.press(key)
        assert_selected(home, selected)
        expect(home.selected_tab).to_be_focused()


def test_a_tab_keeps_its_data_when_it_is_left(home: Tab, bob: Person) -> None:
    home.panel.get_by_role("textbox").fill("half a thought")
    home.browse(bob.email)
    expect(home.panel.get_by_role("heading", name="Anna Berg")).to_be_visible()
    home.panel.get_by_role("textbox", name="wall").fill("another half")
    home.go_to("Account")
    home.panel.get_by_label("Old password").fill("secret")

    home.go_to("Home")
    expect(home.panel.get_by_role("textbox")).to_have_value("half a thought")
    home.go_to("Browse")
    expect(home.panel.get_by_label("E-mail")).to_have_value(bob.email)
    expect(home.panel.get_by_role("textbox", name="wall")).to_have_value("another half")
    home.go_to("Account")
    expect(home.panel.get_by_label("Old password")).to_have_value("secret")


def test_changing_tabs_asks_the_server_for_nothing(home: Tab) -> None:
    with home.requests() as asked:
        for name in reversed(TABS):
            home.go_to(name)
    assert asked == []

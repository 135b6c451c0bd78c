"""Everything can be done without a mouse."""

from playwright.sync_api import expect

from tests.page.browsers import SIGNED_OUT, Tab, loaded
from tests.server.support import PASSWORD, Server


def test_a_visit_by_keyboard(tab: Tab, server: Server) -> None:
    person = server.new_person()
    keyboard = tab.page.keyboard

    def tab_to(name: str, role: str = "textbox") -> None:
        """Press Tab until the focus is there."""
        wanted = tab.page.locator(":focus").and_(tab.page.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
        for _ in range(20):
            keyboard.press("Tab")
            if wanted.count():
                return
        raise AssertionError(f"no way to {name}")

    tab_to("E-mail")
    keyboard.type(person.email)
    tab_to("Password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    loaded(tab)

    expect(tab.selected_tab).to_be_focused()
    tab_to("Write on your wall")
    keyboard.type("without a mouse")
    tab_to("Post", "button")
    keyboard.press("Enter")
    expect(tab.wall).to_have_text(["without a mouse"])
    tab_to("Reload", "button")
    keyboard.press("Space")

    tab.selected_tab.focus()
    keyboard.press("ArrowRight")
    tab_to("E-mail")
    keyboard.type(person.email)
    keyboard.press("Enter")
    expect(tab.wall).to_have_text(["without a mouse"])

    tab.selected_tab.focus()
    keyboard.press("ArrowRight")
    tab_to("Sign out", "button")
    keyboard.press("Enter")
    expect(tab.notice).to_have_text(SIGNED_OUT)

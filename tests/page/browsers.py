"""People's browsers, and what they do in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    Route,
    WebSocket,
    expect,
)

from tests.server.support import PASSWORD, Person, Server, sign_up_fields, wait_for

SIGNED_IN_ELSEWHERE = "You signed in somewhere else, so you are signed out here."
SESSION_OVER = "Your session is over. Please sign in again."
SIGNED_OUT = "You have signed out."
NOT_CONNECTED = "Not connected. Trying again …"

TOKEN = "twidder.token"

# The browser's own events of requests come some time after what caused them.
NOTE_CALLS = """
  window.calls = [];
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, path) {
    calls.push(`${method} ${path}`);
    open.apply(this, arguments);
  };
"""

EXPECTED_ERRORS = (
    "Failed to load resource",  # a refusal, which the page shows
    "WebSocket connection to",  # no network, which is what the test is about
)


@dataclass
class Tab:
    """One tab; its methods are what a person does."""

    page: Page
    sockets: list[str] = field(default_factory=list)
    """The addresses of the sockets that it has opened."""
    greetings: list[str | bytes] = field(default_factory=list)
    """What it has sent on them."""

    def sign_in(self, person: Person, password: str = PASSWORD) -> None:
        self.fill_in("Sign in", {"E-mail": person.email, "Password": password})
        self.press("Sign in")

    def sign_up(self, email: str, **changed: str) -> None:
        fields = sign_up_fields(email) | {"gender": "Female"} | changed
        self.fill_in(
            "Sign up",
            {
                "First name": fields["firstname"],
                "Family name": fields["familyname"],
                "City": fields["city"],
                "Country": fields["country"],
                "E-mail": fields["email"],
                "Password": fields["password"],
                "Repeat password": fields.get("again", fields["password"]),
            },
        )
        self.form("Sign up").get_by_label("Gender").select_option(fields["gender"])
        self.press("Sign up")

    def sign_out(self) -> None:
        self.go_to("Account")
        self.press("Sign out")

    def browse(self, email: str) -> None:
        self.go_to("Browse")
        self.fill_in("Find a wall", {"E-mail": email})
        self.form("Find a wall").get_by_role("button").click()

    def post(self, text: str) -> None:
        self.panel.get_by_role("textbox", name="wall").fill(text)
        self.panel.get_by_role("button", name="Post").click()

    def go_to(self, tab: str) -> None:
        self.page.get_by_role("tab", name=tab).click()

    def fill_in(self, form: str, values: dict[str, str]) -> None:
        for label, value in values.items():
            self.form(form).get_by_label(label, exact=True).fill(value)

    def press(self, button: str) -> None:
        """Press the button of the form that has the same name."""
        self.form(button).get_by_role("button", name=button).click()

    def form(self, name: str) -> Locator:
        return self.page.get_by_role("form", name=name, exact=True)

    @property
    def panel(self) -> Locator:
        """What the selected tab shows."""
        return self.page.get_by_role("tabpanel")

    @property
    def selected_tab(self) -> Locator:
        return self.page.get_by_role("tab", selected=True)

    @property
    def wall(self) -> Locator:
        """The messages that are shown, each without its writer."""
        return self.panel.locator(".message .content")

    @property
    def notice(self) -> Locator:
        """Says why the session is over."""
        return self.page.locator("#notice")

    @property
    def connection(self) -> Locator:
        """Says that there is none."""
        return self.page.locator("#connection")

    @property
    def token(self) -> str | None:
        """What web storage holds."""
        token: str | None = self.page.evaluate(f"localStorage.getItem('{TOKEN}')")
        return token

    def note_socket(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        socket.on("framesent", self._note_greeting)

    def _note_greeting(self, frame: str | bytes) -> None:
        self.greetings.append(frame)

    @contextmanager
    def requests(self) -> Iterator[list[str]]:
        """Collect what the page asks the server for in this block, as "GET /path"."""
        asked: list[str] = []
        before = len(self._calls())
        yield asked
        asked += self._calls()[before:]

    def _calls(self) -> list[str]:
        calls: list[str] = self.page.evaluate("calls")
        return calls


@dataclass
class Place:
    """Where somebody uses Twidder: a browser, or a private window. Its tabs share a session."""

    context: BrowserContext
    url: str
    problems: list[str] = field(default_factory=list)
    """What no page may ever do; a test fails with it."""

    def open(self) -> Tab:
        """Open a tab, and wait for a view in it."""
        page = self.context.new_page()
        tab = Tab(page)
        page.on("websocket", tab.note_socket)
        page.on("request", self._check_request)
        page.on("console", self._check_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._refuse_dialog)
        page.add_init_script(NOTE_CALLS)
        page.goto(self.url)
        page.locator("main").wait_for()
        return tab

    def _check_request(self, request: Request) -> None:
        if not request.url.startswith(self.url):
            self.problems.append(f"a request to elsewhere: {request.url}")
        if request.resource_type == "fetch":
            self.problems.append(f"a call without XMLHttpRequest: {request.url}")

    def _check_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED_ERRORS):
            self.problems.append(f"console: {message.text}")

    def _refuse_dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


NewPlace = Callable[..., Place]
"""The fixture `new_place`; takes an address, a token, and Playwright's options of a context."""


def loaded(tab: Tab) -> Tab:
    """Wait until the wall is there."""
    expect(tab.panel.locator(".wall .says")).not_to_be_empty()
    return tab


def connected(tab: Tab, greetings: int = 1) -> Tab:
    """Wait until the socket has sent its token, which is the tab's so manieth."""
    loaded(tab)
    # Evaluating lets Playwright hear of what has happened.
    wait_for(
        lambda: bool(tab.page.evaluate("1")) and len(tab.greetings) >= greetings, "the greeting"
    )
    return tab


def hold(tab: Tab, path: str) -> list[Route]:
    """Hold the next request to this path back; it is in the list once it is made."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    tab.page.route(path, keep, times=1)
    return held


def new_person(server: Server, email: str, **fields: str) -> Person:
    """Sign somebody up who is not like all others."""
    reply = server.call("POST", "/sign_up", json=sign_up_fields(email, **fields))
    assert reply.status_code == 201, reply.text
    return Person(server, email)


def post(writer: Person, wall: Person, message: str) -> None:
    """Write on somebody's wall, without a browser."""
    reply = writer.call("POST", "/post_message", json={"email": wall.email, "message": message})
    assert reply.status_code == 201, reply.text


def messages_on(wall: Person) -> list[str]:
    """What the server has on somebody's wall, newest first. They have to be signed in."""
    reply = wall.call("GET", "/get_user_messages_by_token")
    return [message["content"] for message in reply.json()["data"]]

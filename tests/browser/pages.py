"""Pages as students write them: wrong ones, each with its mistake, and right ones that are unusual.

Each is a right page with a few words of it changed.
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tests.broken_servers.base import Session, Twidder
from twidder_cli.libraries import Library

FOLDER = Path(__file__).parent / "page"

CONNECTS = "    showProfile();\n    connect();\n  });\n}\n\nwindow"
LEAVES = "function onNotice() {\n  leave();"
ASKS = 'call("GET", "/get_user_data_by_token", null, (ok) => {'
TRUSTS = "((ok) => {"
SOCKET = '"ws://" + location.host + "/ws"'
TRUSTED = "  });\n}\n\nwindow", "  })(true);\n}\n\nwindow"


class Page(NamedTuple):
    """A page: what is changed in its script and its document, and the server behind it.

    `catcher` is the scenario that has to fail it with the finding `told`; a right page has none.
    """

    says: str
    catcher: str = ""
    told: str = ""
    script: tuple[tuple[str, str], ...] = ()
    document: tuple[tuple[str, str], ...] = ()
    server: type[Twidder] = Twidder


class TellsTheNeighbour(Twidder):
    """Who has signed in last, whoever it is, is told as well."""

    def tell(self, session: Session) -> None:
        others = [s for s in self.sessions.values() if s.email != session.email]
        for told in (session, *others[-1:]):
            super().tell(told)


class BreaksOnTheDead(Twidder):
    """A send to a socket whose client has gone breaks the sign-in."""

    def on_close(self, socket: Any, session: Session) -> None:
        pass

    def send(self, socket: Any, message: str | bytes) -> None:
        socket.send(message)


class ClosesOnly(Twidder):
    """The first client is told by nothing but the close of its socket."""

    def say_goodbye(self, socket: Any) -> None:
        socket.close()


WRONG = {
    "ignores-the-notice": Page(
        "The page hears the notice and does nothing.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        script=((LEAVES, "function onNotice() {"),),
    ),
    "waits-for-a-click": Page(
        "The welcome view comes with the next click only.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        script=((LEAVES, "function onNotice() {\n  document.body.onclick = leave;"),),
    ),
    "reloads-into-the-profile": Page(
        "The notice reloads the page, which shows the profile again.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        script=((LEAVES, "function onNotice() {\n  location.reload();"), (ASKS, TRUSTS), TRUSTED),
    ),
    "connects-at-load": Page(
        "The socket is opened when the page loads, whoever is there.",
        "lab3/page-early-socket",
        "The page of anna@laptop has opened a socket too early",
        script=(("window.onload = start", "connect();\nwindow.onload = start"),),
    ),
    "never-connects-again": Page(
        "After a refresh there is no socket.",
        "lab3/page-refresh",
        "The page of anna@laptop has no socket",
        script=((CONNECTS, "    showProfile();\n  });\n}\n\nwindow"),),
    ),
    "forgets-who-is-there": Page(
        "The token is in a variable, so that a refresh shows the welcome view.",
        "lab3/page-refresh",
        "The page of anna@laptop does not show the profile view",
        script=(
            (
                "= localStorage",
                "= { getItem: () => store.token, setItem: (_, t) => { store.token = t; } }",
            ),
            ("store.removeItem(", "store.setItem("),
        ),
    ),
    "trusts-the-stored-token": Page(
        "A stored token is as good as a session.",
        "lab3/page-expired-later",
        "The page of anna@laptop does not show the welcome view",
        script=((ASKS, TRUSTS), TRUSTED),
    ),
    "waits-for-the-server": Page(
        "Requests are synchronous.",
        "lab3/page-asynchronous",
        "The page stands still while it waits for the server",
        script=(("path, true", "path, false"),),
    ),
    "calls-the-stub": Page(
        "One call still goes to serverstub.js.",
        "lab3/page-asynchronous",
        "The page still calls serverstub.js",
        script=(
            (
                "const store",
                "var serverstub = { signOut: () => ({ success: true }) };\nconst store",
            ),
            ("function signOut() {", "function signOut() {\n  serverstub.signOut();"),
        ),
    ),
    "stays-after-the-sign-out": Page(
        "Who signs out goes on to see the profile.",
        "lab3/page-sign-out",
        "The page of anna@laptop does not show the welcome view",
        script=(("null, leave)", "null, () => {})"),),
    ),
    "neighbours-leave": Page(
        "Somebody else's page shows the welcome view, too.",
        "lab3/page-others-stay",
        "bob@desk heard what was not meant for them",
        server=TellsTheNeighbour,
    ),
    "breaks-on-the-dead": Page(
        "Signing in after the first tab was closed breaks.",
        "lab3/page-tab-closed",
        "sign_in does not work, and all that follows needs it",
        server=BreaksOnTheDead,
    ),
}

RIGHT = {
    "session-storage": Page(
        "The token is in the tab's own storage.", script=(("= localStorage", "= sessionStorage"),)
    ),
    "forms-in-tabs": Page(
        "There are no forms but divs, and the one to sign up is behind a link.",
        document=(
            ('<form id="signin">', '<div id="signin">'),
            ("<button>Log in</button>\n  </form>", "<button>Log in</button>\n  </div>"),
            (
                '<form id="signup">',
                '<span id="new">No account yet? Register</span><div id="signup" hidden>',
            ),
            ("<button>Sign up</button>\n  </form>", "<button>Sign up</button>\n  </div>"),
        ),
        script=(
            ("byId(id).onsubmit = () => {", 'byId(id).querySelector("button").onclick = () => {'),
            (
                "Object.fromEntries(new FormData(byId(id)))",
                (
                    'Object.fromEntries(Array.from(byId(id).querySelectorAll("input,select"), '
                    "({ name, value }) => [name, value]))"
                ),
            ),
            (
                '  show("welcomeview");',
                (
                    '  show("welcomeview");\n  byId("new").style.cursor = "pointer";\n'
                    '  byId("new").onclick = () => (byId("signup").hidden = false);'
                ),
            ),
        ),
    ),
    "close-only": Page(
        "There is no notice: the socket's close is one.",
        script=(("socket.onmessage = onNotice", "socket.onclose = onNotice"),),
        server=ClosesOnly,
    ),
    "says-goodbye-in-a-dialog": Page(
        "An alert comes before the welcome view, and blocks the page until it is read.",
        script=(
            (LEAVES, 'function onNotice() {\n  alert("You signed in elsewhere.");\n  leave();'),
        ),
    ),
    "signs-in-by-itself": Page(
        "Who has signed up is signed in; libraries come from elsewhere, and do not come here.",
        document=(
            (
                "<script src=",
                '<script src="https://code.jquery.com/jquery.js"></script><script src=',
            ),
        ),
        script=(
            (
                '(ok, reply) => (byId("says").textContent = reply.message)',
                "() => signIn({ username: user.email, password: user.password })",
            ),
        ),
    ),
}

NAMED = {
    "http://localhost:5000": Page(
        "The socket is at the origin where its author has always had it.",
        script=((SOCKET, '"ws://localhost:5000/ws"'),),
    ),
    "https://my-app.herokuapp.com": Page(
        "The socket is in the cloud, with TLS.",
        script=((SOCKET, '"wss://my-app.herokuapp.com/ws"'),),
    ),
    "http://127.0.0.1:5000": Page(
        "A socket that is opened too early is so wherever it is.",
        "lab3/page-early-socket",
        "The page of anna@laptop has opened a socket too early",
        script=(
            (SOCKET, '"ws://127.0.0.1:5000/ws"'),
            ("window.onload = start", "connect();\nwindow.onload = start"),
        ),
    ),
    "http://127.0.0.1:8000": Page(
        "Requests go to an origin of their own, and the socket to that under another name.",
        script=(
            ("open(method, path", 'open(method, "http://127.0.0.1:8000" + path'),
            (SOCKET, '"ws://localhost:8000/ws"'),
        ),
    ),
}
"""Pages that work only at the origin that they name; one of them is wrong all the same."""

KEPT = Library(
    url="https://cdn.example.com/starter@1/dist/starter.js?v=2",
    status=200,
    media_type="text/javascript",
    body=b"window.begin = (start) => start();",
)
"""What is kept of the internet."""

BUILT_ON_LIBRARIES = Page(
    "Nothing begins without a library, which must be what it was; another one is not kept.",
    document=(
        (
            "<script src=",
            (
                f'<script src="{KEPT.url}" crossorigin="anonymous" integrity="sha256-'
                f'{b64encode(sha256(KEPT.body).digest()).decode()}"></script>'
                '<link rel="stylesheet" href="//cdn.example.com/missing.css"><script src='
            ),
        ),
    ),
    script=(("window.onload = start", "window.onload = () => begin(start)"),),
)


def changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """Return a text with each change made, every one of which has to be possible."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def files(page: Page) -> dict[str, str]:
    """Return what a page consists of, by path."""
    return {
        "client.html": changed((FOLDER / "client.html").read_text(), page.document),
        "client.js": changed((FOLDER / "client.js").read_text(), page.script),
    }

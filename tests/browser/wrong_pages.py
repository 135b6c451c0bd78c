"""Pages as students write them that are wrong, each with its mistake and what has to catch it."""

from tests.browser.pages import LEAVES, LOADS_THE_STUB, Page
from tests.browser.servers import (
    BreaksOnTheDead,
    CountsVisitors,
    TakesItsTime,
    TellsAndCloses,
    TellsTheNeighbour,
)

CONNECTS = "    showProfile();\n    connect();\n  });\n}\n\nwindow"
ASKS = 'call("GET", "/get_user_data_by_token", null, (ok) => {'
TRUSTS = "((ok) => {"
TRUSTED = "  });\n}\n\nwindow", "  })(true);\n}\n\nwindow"

WRONG = {
    "ignores-the-notice": Page(
        "The page hears the notice and does nothing.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        "what it does in the socket's onmessage",
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
    "leaves-when-nobody-wants-to-stay": Page(
        "The welcome view comes only for those who decline to stay.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        script=((LEAVES, 'function onNotice() {\n  confirm("Stay here?") || leave();'),),
    ),
    "alerts-for-ever": Page(
        "One alert follows the other, and the welcome view never comes.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        "A dialog stops the page",
        script=((LEAVES, 'function onNotice() {\n  while (true) alert("Signed out!");'),),
    ),
    "keeps-the-profile": Page(
        "The form to sign in with comes beside the profile, which stays.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        "Only one of the views",
        script=(
            (
                LEAVES,
                (
                    "function onNotice() {\n  const profile = [...byId('view').children];\n"
                    "  leave();\n  byId('view').append(...profile);"
                ),
            ),
        ),
    ),
    "fakes-what-is-seen": Page(
        "The welcome view is in the document, hidden, and the page says that all is visible.",
        "lab3/page-logout",
        "The page of anna@laptop does not show the welcome view",
        "what it does in the socket's onmessage",
        script=(
            (
                LEAVES,
                (
                    "function onNotice() {\n  const hidden = document.createElement('div');\n"
                    "  hidden.hidden = true;\n  byId('view').prepend(hidden);\n"
                    "  hidden.innerHTML = byId('welcomeview').textContent;"
                ),
            ),
            (
                "window.onload = start",
                (
                    "const faked = () => ({ fields: [], controls: [], addresses: [] });\n"
                    "window.twidderReader = { read: faked };\n"
                    "window.twidderTell = window.twidderNote = () => {};\n"
                    "Element.prototype.checkVisibility = () => true;\n"
                    "Element.prototype.getClientRects = () => [new DOMRect(0, 0, 9, 9)];\n"
                    "document.elementFromPoint = () => null;\n"
                    "document.querySelectorAll = () => [];\n"
                    "window.MutationObserver = Object;\n"
                    "window.onload = start"
                ),
            ),
        ),
    ),
    "polls": Page(
        "The server is asked again and again whether the session is still valid.",
        "lab3/page-logout",
        "The page of anna@laptop has no socket",
        "Open a WebSocket when the user has signed in",
        script=(
            (
                "function connect() {",
                (
                    "function connect() {\n  const poll = setInterval(() => "
                    'call("GET", "/get_user_data_by_token", null,\n'
                    "    (ok) => ok || (clearInterval(poll), leave())), 500);\n  return;"
                ),
            ),
        ),
    ),
    "connects-for-ever": Page(
        "Whenever the socket is closed there is a new one, whoever is there.",
        "lab3/page-logout",
        "The page of anna@laptop opens sockets without end",
        "look whether anybody is signed in",
        script=(
            (
                "socket.onmessage = onNotice;",
                "socket.onmessage = onNotice, socket.onclose = connect;",
            ),
        ),
        server=TellsAndCloses,
    ),
    "connects-once": Page(
        "There is one socket for as long as the page is not loaded again, whoever signs in.",
        "lab3/page-third",
        "The page of anna@laptop does not show the welcome view",
        "older than its last sign-in",
        script=(("function connect() {", "function connect() {\n  if (socket) return;"),),
    ),
    "leaves-at-any-word": Page(
        "Whatever the server says is taken for the logout.",
        "lab3/page-others-stay",
        "The page of bob@desk does not show the profile view",
        "Not all that arrives is the logout",
        server=CountsVisitors,
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
        "wherever the page finds a valid token",
        script=((CONNECTS, "    showProfile();\n  });\n}\n\nwindow"),),
    ),
    "forgets-who-is-there": Page(
        "The token is in a variable, so that a refresh shows the welcome view.",
        "lab3/page-refresh",
        "The page of anna@laptop does not show the profile view",
        "keep the token in web storage",
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
        "Ask the server before",
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
        "leftover: /static/serverstub.js",
        document=(LOADS_THE_STUB,),
        script=(("function signOut() {", "function signOut() {\n  serverstub.signOut();"),),
    ),
    "stays-after-the-sign-out": Page(
        "Who signs out goes on to see the profile.",
        "lab3/page-sign-out",
        "The page of anna@laptop does not show the welcome view",
        "Forget the token",
        script=(("null, leave)", "null, () => {})"),),
    ),
    "asks-where-nothing-is": Page(
        "The page signs out by a route that the server does not have.",
        "lab3/page-sign-out",
        "The page and its server do not agree on sign_out",
        "DELETE /signout -> 404",
        script=(('"/sign_out"', '"/signout"'),),
    ),
    "asks-by-another-method": Page(
        "The page posts where the server wants a DELETE.",
        "lab3/page-sign-out",
        "The page and its server do not agree on sign_out",
        "Let it ask for DELETE /sign_out",
        script=(('"DELETE", "/sign_out"', '"POST", "/sign_out"'),),
    ),
    "sends-another-name": Page(
        "What the server reads as username the page sends as email.",
        "lab3/page-sign-out",
        "The page and its server do not agree on sign_in",
        "The server reads password and username as application/json; the page sends email and",
        script=(
            (
                'call("POST", "/sign_in", user,',
                'call("POST", "/sign_in", { email: user.username, password: user.password },',
            ),
        ),
    ),
    "does-not-say-that-it-is-json": Page(
        "The page sends JSON and says that it is text.",
        "lab3/page-sign-out",
        "The page and its server do not agree on sign_in",
        "the page sends password and username as text/plain",
        script=(('  request.setRequestHeader("Content-Type", "application/json");\n', ""),),
    ),
    "sends-a-form": Page(
        "The browser sends the form to a server that reads JSON, and shows its refusal.",
        "lab3/page-sign-out",
        "The page and its server do not agree on sign_in",
        "the page sends password and username as application/x-www-form-urlencoded",
        document=(('<form id="signin">', '<form id="signin" method="post" action="/sign_in">'),),
        script=(('  onSubmit("signin", signIn);\n', ""),),
    ),
    "lets-the-browser-send-the-form": Page(
        "The page asks for a sign-in and is loaded again, as the browser sends the form itself.",
        "lab3/page-sign-out",
        "The browser leaves the page when its form is sent",
        "event.preventDefault()",
        script=(("    return false;\n", ""),),
        server=TakesItsTime,
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

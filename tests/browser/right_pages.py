"""Pages that are right and unusual; those that name an origin, and one built on libraries."""

from base64 import b64encode
from hashlib import sha256

from tests.browser.pages import LEAVES, LOADS_THE_STUB, Page
from tests.browser.servers import (
    ClosesOnly,
    CountsVisitors,
    SaysAWord,
    TakesForms,
    TakesTheTokenInTheAddress,
)
from twidder_cli.libraries import Library

SOCKET = '"ws://" + location.host + "/ws"'
TABS = """\
  <button type="button" id="home-tab">Home</button>
  <button type="button" id="browse-tab">Browse</button>
  <button type="button" id="account-tab">Account</button>
"""

RIGHT = {
    "as-taught": Page("The views are templates in the document, and nothing is unusual."),
    "promises": Page(
        "Requests are wrapped in promises, and take what a class of their own adds to them.",
        script=(
            ("new XMLHttpRequest();", "new (class extends XMLHttpRequest {})();"),
            (
                "request.onload = () => done(",
                "new Promise((kept) => request.addEventListener('load', kept)).then(() => done(",
            ),
            ("JSON.parse(request.responseText));", "JSON.parse(request.responseText)));"),
            ("path, true", "path"),
        ),
    ),
    "reloads-after-the-sign-in": Page(
        "The page is loaded again once the token is stored, and finds the profile.",
        script=(("      showProfile();\n      connect();\n", "      location.reload();\n"),),
    ),
    "folded-away": Page(
        "Both views are in the document all the time, and one has no height.",
        script=(
            (
                'byId("view").innerHTML = byId(id).textContent;',
                (
                    "const both = ['welcomeview', 'profileview'];\n"
                    "  if (!byId('as-welcomeview')) {\n"
                    "    byId('view').innerHTML = both.map((one) => `<div id='as-${one}' style='"
                    "overflow: hidden'>${byId(one).textContent}</div>`).join('');\n  }\n"
                    "  both.forEach((one) => (byId('as-' + one).style.maxHeight = "
                    "one === id ? 'none' : '0'));"
                ),
            ),
        ),
    ),
    "speechless-buttons": Page(
        "Headings say what forms are for, buttons are icons, and somebody is greeted by address.",
        document=(
            ("<button>Log in</button>", "<button>✓</button>"),
            ("<button>Sign up</button>", '<button aria-label="Go">→</button>'),
        ),
        script=(
            (
                'byId("says").textContent = reply.message',
                'byId("says").textContent = "Welcome, " + user.email + ". Now log in."',
            ),
        ),
    ),
    "body-and-all": Page(
        "The views take the place of all that is in the document.",
        script=(
            (
                'byId("view").innerHTML = byId(id).textContent;',
                (
                    "document.querySelectorAll(\"[type='text/view']\").forEach("
                    "(view) => (views[view.id] = view.textContent));\n"
                    "  document.body.innerHTML = views[id];"
                ),
            ),
            ("let socket = null;", "let socket = null;\nconst views = {};"),
        ),
    ),
    "waits-for-its-word": Page(
        "All hear how many are there; the logout is another kind of message.",
        script=(
            (
                "function onNotice() {",
                'function onNotice({ data }) {\n  if (JSON.parse(data).type !== "logout") return;',
            ),
        ),
        server=CountsVisitors,
    ),
    "says-a-word": Page(
        "The notice is no JSON.",
        script=(
            (
                "function onNotice() {",
                'function onNotice({ data }) {\n  if (data !== "logout") return;',
            ),
        ),
        server=SaysAWord,
    ),
    "token-in-the-address": Page(
        "The socket's address has the token, and nothing is sent on it.",
        script=(
            ('location.host + "/ws")', 'location.host + "/ws?token=" + store.getItem("token"))'),
            ('  socket.onopen = () => socket.send(store.getItem("token"));\n', ""),
        ),
        server=TakesTheTokenInTheAddress,
    ),
    "keeps-a-click-waiting": Page(
        "Whoever signs up has sent the form long before the page has dealt with the click.",
        script=(
            (
                'onSubmit("signup", ({ again, ...user }) => signUp(user));',
                (
                    'onSubmit("signup", ({ again, ...user }) => {\n    signUp(user);\n'
                    "    for (const end = Date.now() + 2500; Date.now() < end; );\n  });"
                ),
            ),
        ),
    ),
    "loads-the-stub": Page(
        "The script of lab 1 is still loaded, and nothing of it is called.",
        document=(LOADS_THE_STUB,),
    ),
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
    "forms-behind-a-door": Page(
        "There are two buttons and no form, until one of them is clicked on.",
        document=(
            (
                '<form id="signin">',
                (
                    '<button type="button" id="in">Log in</button>'
                    '<button type="button" id="up">Sign up</button><form id="signin" hidden>'
                ),
            ),
            ('<form id="signup">', '<form id="signup" hidden>'),
        ),
        script=(
            (
                '  show("welcomeview");',
                (
                    '  show("welcomeview");\n  for (const [way, id] of [["in", "signin"], ["up", '
                    '"signup"]]) {\n    byId(way).onclick = () => {\n'
                    '      byId("in").hidden = byId("up").hidden = true;\n'
                    "      byId(id).hidden = false;\n    };\n  }"
                ),
            ),
            (
                '(byId("says").textContent = reply.message)',
                '(showWelcome(), (byId("says").textContent = reply.message))',
            ),
        ),
    ),
    "signs-in-without-a-script": Page(
        "The browser sends the form to sign in with, and is led back to the page with a token.",
        document=(('<form id="signin">', '<form id="signin" method="post" action="/sign_in">'),),
        script=(
            ('  onSubmit("signin", signIn);\n', ""),
            (
                "function start() {",
                (
                    "function start() {\n"
                    '  const token = new URLSearchParams(location.search).get("token");\n'
                    '  if (token) {\n    store.setItem("token", token);\n'
                    '    history.replaceState(null, "", "/");\n  }'
                ),
            ),
        ),
        server=TakesForms,
    ),
    "loads-again-at-the-sign-up": Page(
        "The browser sends the form to sign up with as well, and the account is made all the same.",
        script=(("    return false;", '    return id === "signup";'),),
    ),
    "bar-that-stays": Page(
        "The tabs are in the document, always in sight, and the views come late and by a reload.",
        document=((TABS, ""), ('<div id="view">', TABS + '<div id="view">')),
        script=(
            (
                'store.removeItem("token");\n  showWelcome();',
                'store.removeItem("token");\n  location.reload();',
            ),
            ("    return showWelcome();", "    return setTimeout(showWelcome, 300);"),
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

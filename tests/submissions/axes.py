"""What submissions differ in: the axes of variation, their values, and why each is there.

The reasons are what was counted over real submissions.
"""

import random
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from tests.submissions.mistakes import HINDRANCES, MISTAKES


class Value(NamedTuple):
    """One value of an axis: why it is there, and how many cards of the axis's pack carry it.

    What no card carries is there only as another axis wants it.
    """

    why: str
    cards: int = 1


def _plain(*names: str, why: str) -> dict[str, Value]:
    return {name: Value(why) for name in names}


NONE = "none"

AXES: dict[str, dict[str, Value]] = {
    # how the code reads, and where it is
    "style": {
        "plain": Value("everything in each view, a connection in flask.g, as the course shows it"),
        "helpers": Value("small functions for what all views do"),
        "decorator": Value("a decorator looks the token up"),
        "blueprints": Value("a file with a blueprint for each group of functions"),
    },
    "form": {
        "module": Value("server:app, by far the commonest", 3),
        "app": Value("app:app"),
        "other-name": Value("server.py calls the application something else"),
        "package": Value("a package whose __init__ is the application, started from its parent"),
        "package-server": Value("a server.py with relative imports inside a package"),
        "factory": Value("create_app() in a package"),
        "runserver": Value("runserver.py beside a package"),
    },
    "place": {
        "top": Value("the Flask folder is what was handed in", 2),
        "one-down": Value("in lab3, beside lab1 and lab2 with a server of its own"),
        "two-down": Value("two levels down, beside a committed virtual environment and caches"),
    },
    "delivery": {
        "folder": Value("a folder"),
        "zip": Value("an archive of the folder's content"),
        "zip-nested": Value("an archive with one folder in it"),
        "zip-macos": Value("as macOS makes it, with a __MACOSX beside the folder"),
        "tar-gz": Value("a tar.gz with one folder in it"),
    },
    "database": {
        "fits": Value("a committed file and the schema it was made with"),
        "older": Value("a committed file that is older than schema.sql"),
        "schema": Value("schema.sql, to be run by hand"),
        "init": Value("an init_db that nobody calls"),
        "at-import": Value("tables are made at import, where there are none"),
        "at-import-once": Value("tables are made at import, on top of a committed file: an error"),
        "invalid-schema": Value("a schema.sql that SQLite refuses, beside a good database"),
        "sqlalchemy": Value("flask_sqlalchemy makes its tables"),
    },
    "package": {
        NONE: Value("nothing but flask and flask_sock", 2),
        "flask_cors": Value("imported by many"),
        "flask_bcrypt": Value("hashes passwords"),
        "bcrypt": Value("hashes passwords, slowly"),
        "email_validator": Value("refuses every address where there is no DNS"),
        "jwt": Value("tokens are signed, and long"),
    },
    "requirements": {
        "right": Value("names what is imported"),
        "missing": Value("about half have none, or an incomplete one"),
        "freeze": Value("a pip freeze in UTF-16, of versions that no longer resolve"),
    },
    # what the functions are called, and what they take
    "routes": {
        "snake": Value("the lab's own names, the commonest", 3),
        "camel": Value("signIn"),
        "kebab": Value("sign-in"),
        "prefix": Value("/user/sign_in"),
        "slash": Value("a slash at the end, and a redirect with 308 to it"),
        "rest": Value("POST /api/sessions"),
    },
    "sign_out": _plain("DELETE", "POST", why="both are common"),
    "change_password": _plain("PUT", "POST", why="both are common"),
    "email_place": {
        "path": Value("the commonest", 2),
        "query": Value("?email="),
        "header": Value("a header of its own"),
        "body": Value("a PUT, so that there can be a body"),
    },
    "login_field": _plain("email", "username", why="both are common"),
    "old_field": _plain(
        "oldpassword", "old_password", "oldPassword", "password", why="seen in change_password"
    ),
    "message_field": _plain("message", "content", why="seen in post_message"),
    "recipient_field": _plain("email", "to_email", "recipient", why="seen in post_message"),
    "extra_fields": {
        "ignored": Value("most look only at what they need", 2),
        "refused": Value("some reject a body with an extra field"),
        "repeated": Value("one asks for the repeated password too"),
    },
    # the token, and what is said on the socket
    "session": {
        "stored": Value("the page keeps the token, and sends it", 6),
        "cookie": Value("the server sets a cookie, which scripts can read"),
        "http-only": Value("the server sets a cookie that only the browser can read"),
    },
    "secrecy": {
        NONE: Value("everything is sent as it is", 11),
        "signed": Value("an HMAC over the time and the request, with the token as its key"),
        "signed-greeting": Value("the greeting is signed as well"),
        "encrypted": Value("what is secret is encrypted with the server's RSA key"),
    },
    "token_reply": {
        "data": Value("as the lab says"),
        "token": Value("a key of its own"),
        "access_token": Value("a key of its own"),
        "bare": Value("the body is a JSON string"),
        "header": Value("in the Authorization header of the reply (4 of 24)"),
        "nested": Value("data is an object with the token in it"),
        "cookie": Value("in a cookie", 0),
    },
    "token_sent": {
        "raw": Value("as the lab says", 2),
        "bearer": Value("with the word Bearer before it"),
        "auth": Value("in a header of its own"),
        "token": Value("in a header of its own"),
        "underscore": Value("in a header that current gunicorn drops, unless it has dashes"),
        "cookie": Value("in a cookie", 0),
        "signature": Value("not at all: it is the key of a signature", 0),
    },
    "socket_path": _plain(
        *("/ws", "/sock", "/socket", "/echo", "/connect", "/session", "/profileview"),
        *("/websocket", "/api/ws", "/check-login", "/autologout", "/socket_connection"),
        why="one of at least ten",
    ),
    "greeting": {
        "raw": Value("the bare token, about half", 2),
        "json": Value("an object with the token"),
        "json-typed": Value("an object with a type and the token"),
        "query": Value("none: the token is in the URL's query"),
        "path": Value("none: the token is in the URL's path"),
        "cookie": Value("none: the token is in a cookie of the handshake", 0),
        "signed": Value("an object with the address, the time and a signature", 0),
    },
    "notice": {
        **_plain("logout", "signout", "terminated", "close", "force_logout", why="a bare word"),
        **_plain(
            '{"type": "logout"}',
            '{"action": "force_logout"}',
            '{"success": false, "message": "You are signed in elsewhere."}',
            why="JSON; no two are alike",
        ),
        NONE: Value("the socket is closed without a word (3 of 24)"),
    },
    "told": {
        "sign-in": Value("inside the second sign-in's request (18 of 24)", 3),
        "socket": Value("when the second client's socket arrives (5)"),
        "poll": Value("by a look at the database every 0.5 s (1)"),
    },
    "chatter": {
        NONE: Value("nothing but the notice", 2),
        "acknowledged": Value("every greeting is answered"),
        "counted": Value("everybody hears how many are here (3 of 24)"),
    },
    "statuses": {
        "codes": Value("201, 400, 401, 404, 409", 2),
        "always-200": Value("200 with success false"),
        "words": Value('200 with success "False"'),
        "no-content": Value("204 with no body, where there is no data"),
        "created": Value("201 for a sign-in too"),
    },
    "page": {
        "xhr": Value("XMLHttpRequest, as the lab says"),
        "fetch": Value("fetch, in some"),
    },
    "afterwards": {
        "shows": Value("a sign-in leads to the profile, a sign-up to nothing but a word", 3),
        "reloads": Value("the page loads itself again after a sign-in"),
        "signs-in": Value("who has signed up is signed in by the page (5 of 24)"),
    },
    "dials": {
        "own": Value("its server is where the page is from", 3),
        "localhost": Value("its server is http://localhost:5000, as its author had it"),
        "cloud": Value("its socket is wss:// and a cloud host, where it was hosted once"),
    },
    # what is wrong with it
    "mistake": {
        NONE: Value("nothing", 2 * len(MISTAKES)),
        **{name: Value(mistake.says) for name, mistake in MISTAKES.items()},
    },
    "hindrance": {
        NONE: Value("nothing", 5 * len(HINDRANCES)),
        **{name: Value(hindrance.says) for name, hindrance in HINDRANCES.items()},
    },
}


@dataclass(frozen=True)
class Combination:
    """One value for every axis: all that there is to say about a submission."""

    style: str
    form: str
    place: str
    delivery: str
    database: str
    package: str
    requirements: str
    routes: str
    sign_out: str
    change_password: str
    email_place: str
    login_field: str
    old_field: str
    message_field: str
    recipient_field: str
    extra_fields: str
    session: str
    secrecy: str
    token_reply: str
    token_sent: str
    socket_path: str
    greeting: str
    notice: str
    told: str
    chatter: str
    statuses: str
    page: str
    afterwards: str
    dials: str
    mistake: str
    hindrance: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value not in AXES[field.name]:
                raise ValueError(f"{field.name}: there is no {value!r}")


def drawn(seed: int) -> Combination:
    """Return the combination of a seed, the same on every machine."""
    values = {axis: _dealt(axis, seed) for axis in AXES}
    return _agreed(Combination(**values))


def _dealt(axis: str, seed: int) -> str:
    """Return the value that an axis has for a seed.

    Values are dealt from shuffled packs, so that each comes up before any comes up too often.
    """
    cards = [name for name, value in AXES[axis].items() for _ in range(value.cards)]
    pack, place = divmod(seed, len(cards))
    random.Random(f"{axis} {pack}").shuffle(cards)  # noqa: S311  nobody has to be surprised
    return cards[place]


def _agreed(c: Combination) -> Combination:
    """Return the combination with what contradicts its mistake or its hindrance made to fit."""
    if c.secrecy.startswith("signed") and c.mistake in {"like", "email-greeting"}:
        c = replace(c, secrecy=NONE)  # there the token is looked up by the address, and not sent
    c = _with_token(c)
    if c.hindrance != NONE:
        c = replace(c, mistake=NONE)
    match c.hindrance:
        case "postgresql":
            c = replace(c, database="schema")
        case "server-at-import" | "no-application":
            c = replace(c, form="module")  # elsewhere there would be another application to start
    match c.mistake:
        case "email-greeting":
            c = replace(c, greeting="raw", told="sign-in")
        case "wrong-client" | "ends-late":
            c = replace(c, told="socket")
        case "broadcast" | "old-token" | "silent" | "dead-socket":
            c = replace(c, told="sign-in")  # a poll looks only after itself
    return c


def _with_token(c: Combination) -> Combination:
    """Return the combination with the token in places that agree."""
    match c.secrecy:
        case "signed":
            return replace(c, session="stored", token_sent="signature")  # scripts need the key
        case "signed-greeting":
            return replace(c, session="stored", token_sent="signature", greeting="signed")
        case _ if c.session != "stored":
            return replace(c, token_reply="cookie", token_sent="cookie", greeting="cookie")
        case _:
            return c

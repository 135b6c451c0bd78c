"""A Twidder that is no Flask application: `python on_tornado.py LISTENER SETTINGS PAGE`.

It serves whatever contract its settings hold, by reading the contract's templates backwards.
LISTENER is the number of an inherited socket, PAGE the folder with the page's files.
"""

import asyncio
import json
import re
import socket
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler, StaticFileHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

Inputs = dict[str, str]

SETTINGS: dict[str, Any] = json.loads(Path(sys.argv[2]).read_text())
CONTRACT: dict[str, Any] = SETTINGS["contract"]
PAGE = Path(sys.argv[3])

_OPEN = {"sign_up", "sign_in"}
_CREATING = {"sign_up", "post_message"}
_SHORTEST = 8


def matched(template: Any, said: Any, anything: str = ".+") -> Inputs | None:
    """Return the inputs in what was said, by their placeholders; None where it is not like that."""
    if isinstance(template, dict):
        if not isinstance(said, dict) or (SETTINGS["is_strict"] and set(said) != set(template)):
            return None
        return joined(matched(one, said.get(key), anything) for key, one in template.items())
    if not isinstance(said, str):
        return None
    pattern = re.sub(r"\\\{(\w+)\\\}", rf"(?P<\1>{anything})", re.escape(template))
    found = re.fullmatch(pattern, said, re.DOTALL)
    return found.groupdict() if found else None


def joined(parts: Any) -> Inputs | None:
    """Return all inputs together; None where there is a part without them."""
    together: Inputs = {}
    for part in parts:
        if part is None:
            return None
        together |= part
    return together


def sent(handler: RequestHandler, headers: dict[str, str]) -> Inputs | None:
    """Return the inputs in the headers of a request, cookies among them."""
    return joined(
        matched(template.partition("=")[2], handler.get_cookie(template.partition("=")[0]))
        if name == "Cookie"
        else matched(template, handler.request.headers.get(name))
        for name, template in headers.items()
    )


def in_address(path: str, request: HTTPServerRequest) -> Inputs | None:
    """Return the inputs in a request's path and query."""
    path, _, query = path.partition("?")
    asked = [(path, unquote(request.path), "[^/]+")]
    asked += [(query, unquote(request.query), ".+")] if query else []
    return joined(matched(*one) for one in asked)


class Refused(Exception):  # noqa: N818  what a client is told
    """What can't be done, and the status that says so."""

    def __init__(self, status: int) -> None:
        super().__init__(f"This was refused with {status}.")
        self.status = status


class Twidder:
    """Users, sessions and messages. Each of the nine functions takes who calls, and its inputs."""

    def __init__(self) -> None:
        self.users: dict[str, Inputs] = {}
        self.tokens: dict[str, str] = {}
        self.messages: list[Inputs] = []
        self.sockets: list[tuple[str, str, Live]] = []

    def caller(self, token: str) -> str:
        """Return whose session it is that a token opens, empty where it opens none."""
        return next((email for email, mine in self.tokens.items() if mine == token), "")

    def sign_up(self, me: str, **user: str) -> None:
        if "@" not in user["email"] or len(user["password"]) < _SHORTEST:
            raise Refused(400)
        if user["email"] in self.users:
            raise Refused(409)
        self.users[user["email"]] = user

    def sign_in(self, me: str, email: str, password: str) -> str:
        if self.users.get(email, {}).get("password") != password:
            raise Refused(401)
        self.tokens[email] = str(uuid.uuid4())
        if SETTINGS["told"] == "sign-in":
            self.tell_others(email)
        return self.tokens[email]

    def sign_out(self, me: str) -> None:
        del self.tokens[me]

    def change_password(self, me: str, old: str, new: str) -> None:
        if self.users[me]["password"] != old:
            raise Refused(401)
        if len(new) < _SHORTEST:
            raise Refused(400)
        self.users[me]["password"] = new

    def get_user_data_by_token(self, me: str) -> Inputs:
        return self.get_user_data_by_email(me, me)

    def get_user_data_by_email(self, me: str, email: str) -> Inputs:
        if email not in self.users:
            raise Refused(404)
        return {key: value for key, value in self.users[email].items() if key != "password"}

    def get_user_messages_by_token(self, me: str) -> list[Inputs]:
        return self.get_user_messages_by_email(me, me)

    def get_user_messages_by_email(self, me: str, email: str) -> list[Inputs]:
        if email not in self.users:
            raise Refused(404)
        return [one for one in reversed(self.messages) if one["recipient"] == email]

    def post_message(self, me: str, email: str, message: str) -> None:
        if email not in self.users:
            raise Refused(404)
        self.messages.append({"writer": me, "recipient": email, "content": message})

    # Who is here

    def enter(self, token: str, live: "Live") -> None:
        """Take a socket for a session's."""
        email = self.caller(token)
        if not email:
            live.close()
            return
        self.sockets.append((email, token, live))
        if SETTINGS["told"] == "socket":
            self.tell_others(email)
        if SETTINGS["chatter"] == "acknowledged":
            live.say("welcome")
        self.count()

    def leave(self, live: "Live") -> None:
        """Forget a socket."""
        self.sockets = [one for one in self.sockets if one[2] is not live]
        self.count()

    def tell_others(self, email: str) -> None:
        """Tell the sockets of a user's older sessions that these have ended."""
        for whose, token, live in list(self.sockets):
            if whose == email and token != self.tokens[email]:
                if SETTINGS["notice"] is None:
                    live.close()
                else:
                    live.say(SETTINGS["notice"])

    def count(self) -> None:
        """Tell everybody how many are here, where that is done."""
        if SETTINGS["chatter"] == "counted":
            for _, _, live in self.sockets:
                live.say(json.dumps({"type": "online", "count": len(self.sockets)}))


twidder = Twidder()


class Functions(RequestHandler):
    """The nine functions, at whatever address the contract has them."""

    def prepare(self) -> None:
        methods = []
        for name, operation in CONTRACT["operations"].items():
            method, _, path = operation["request"].partition(" ")
            given = in_address(path, self.request)
            if given is not None and method == self.request.method:
                self._call(name, operation, given)
                return
            if given is not None:
                methods.append(method)
            elif self._lacks_slash(path):
                self.redirect(
                    self.request.uri.replace(self.request.path, f"{self.request.path}/"), status=308
                )
                return
        self.send_error(405 if methods else 404)

    def _lacks_slash(self, path: str) -> bool:
        template = path.partition("?")[0]
        asked = f"{unquote(self.request.path)}/"
        return template.endswith("/") and matched(template, asked, "[^/]+") is not None

    def _call(self, name: str, operation: dict[str, Any], given: Inputs) -> None:
        try:
            me = "" if name in _OPEN else self._caller()
            data = getattr(twidder, name)(me, **given, **self._inputs(operation))
        except Refused as refused:
            self._refuse(refused.status)
        else:
            self._answer(name, operation.get("token"), data)

    def _caller(self) -> str:
        place = CONTRACT["token"]
        token = sent(self, {place["header"]: place["value"]})
        me = twidder.caller(token["token"]) if token else ""
        if not me:
            raise Refused(401)
        return me

    def _inputs(self, operation: dict[str, Any]) -> Inputs:
        """Return what a body and headers hold; raises Refused."""
        try:
            said = json.loads(self.request.body) if operation["json"] else {}
        except ValueError:
            raise Refused(400) from None
        inputs = joined([matched(operation["json"] or {}, said), sent(self, operation["headers"])])
        if inputs is None:
            raise Refused(400)
        return inputs

    def _refuse(self, status: int) -> None:
        is_always_200 = SETTINGS["statuses"] in {"always-200", "words"}
        self.set_status(200 if is_always_200 else status)
        self._say({"success": self._word(is_right=False), "message": "That did not work."})

    def _answer(self, name: str, place: str | None, data: Any) -> None:
        statuses = SETTINGS["statuses"]
        if data is None and statuses == "no-content":
            self.set_status(204)
            self.finish()
            return
        is_created = statuses not in {"always-200", "words"} and name in _CREATING
        self.set_status(201 if is_created or (statuses, name) == ("created", "sign_in") else 200)
        reply: Any = {"success": self._word(is_right=True), "message": "Here you are."}
        if place is None:
            reply |= {} if data is None else {"data": data}
        else:
            reply = self._hand_over(place, data, reply)
        self._say(reply)

    def _hand_over(self, place: str, token: str, reply: dict[str, Any]) -> Any:
        """Put the token where it is handed over; returns what is in the body."""
        kind, _, where = place.partition(":")
        if kind == "header":
            self.set_header(where, token)
        elif kind == "cookie":
            self.set_cookie(where, token, httponly=SETTINGS["session"] == "http-only")
        else:
            held: Any = token
            for key in reversed(list(filter(None, where.split(".")))):
                held = {key: held}
            return reply | held if isinstance(held, dict) else held
        return reply

    def _word(self, *, is_right: bool) -> Any:
        return str(is_right) if SETTINGS["statuses"] == "words" else is_right

    def _say(self, reply: Any) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(reply))


class Live(WebSocketHandler):
    """The socket, greeted as the contract says."""

    def open(self, *args: str, **kwargs: str) -> None:
        place = CONTRACT["socket"]
        self._is_greeted = place["greeting"] is None
        if self._is_greeted:
            inputs = joined([in_address(place["path"], self.request), sent(self, place["headers"])])
            twidder.enter((inputs or {}).get("token", ""), self)

    def on_message(self, message: str | bytes) -> None:
        if self._is_greeted:
            return
        self._is_greeted = True
        template, said = CONTRACT["socket"]["greeting"], message
        if isinstance(template, dict):
            try:
                said = json.loads(message)
            except ValueError:
                said = ""
        twidder.enter((matched(template, said) or {}).get("token", ""), self)

    def on_close(self) -> None:
        twidder.leave(self)

    def say(self, text: str) -> None:
        """Send a message, unless nobody is there any more."""
        IOLoop.current().spawn_callback(self._say, text)

    async def _say(self, text: str) -> None:
        with suppress(WebSocketClosedError):
            await self.write_message(text)


class Index(RequestHandler):
    """The page."""

    def get(self) -> None:
        self.finish((PAGE / "client.html").read_text())


async def main() -> None:
    """Serve until the process is ended."""
    path = re.escape(CONTRACT["socket"]["path"].partition("?")[0])
    application = Application(
        [
            ("/", Index),
            ("/static/(.*)", StaticFileHandler, {"path": str(PAGE)}),
            (re.sub(r"\\\{\w+\\\}", "[^/]+", path), Live),
            ("/.*", Functions),
        ]
    )
    listener = socket.socket(fileno=int(sys.argv[1]))
    listener.setblocking(False)
    HTTPServer(application).add_socket(listener)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""Servers that are right in unusual ways: each one has to get full marks."""

import base64
import hashlib
import itertools
import json
import secrets
import socket as sockets
import threading
import time
import uuid
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from jinja2.utils import htmlsafe_json_dumps

from .base import Refused, Session, Twidder

SERVERS: dict[str, type[Twidder]] = {}


def right(server: type[Twidder]) -> type[Twidder]:
    """Put a server into the gallery; its docstring says what is unusual."""
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in server.__name__)[1:]
    assert name not in SERVERS
    SERVERS[name] = server
    return server


def make(name: str) -> Flask:
    """Return the application of a right server."""
    return SERVERS[name]().app


# How the first client is told


@right
class Plain(Twidder):
    """Nothing about it is unusual."""


@right
class SaysOneWord(Twidder):
    """The notice is a bare word."""

    notice = "terminated"


@right
class SaysItOddly(Twidder):
    """The notice is JSON that nobody would guess."""

    notice = '[0, {"bye": null}, "Someone has signed in as you \\u2013 at 12:34:56."]'


@right
class SaysItInBytes(Twidder):
    """The notice is a binary message."""

    notice = b"\x00logout"


@right
class SaysAndCloses(Twidder):
    """After the notice the socket is closed."""

    def say_goodbye(self, socket: Any) -> None:
        super().say_goodbye(socket)
        socket.close()


@right
class SaysItTwice(Twidder):
    """The notice comes again half a second later."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        threading.Timer(0.5, super().tell, [session]).start()


@right
class ClosesLater(Twidder):
    """A second after the notice the socket is closed."""

    def say_goodbye(self, socket: Any) -> None:
        super().say_goodbye(socket)
        threading.Timer(1.0, socket.close).start()


@right
class OnlyCloses(Twidder):
    """The socket is closed without a message."""

    def say_goodbye(self, socket: Any) -> None:
        socket.close()


@right
class HangsUp(Twidder):
    """The connection ends without a closing handshake."""

    def say_goodbye(self, socket: Any) -> None:
        socket.sock.shutdown(sockets.SHUT_RDWR)


# When the first client is told


@right
class WaitsForTheSecondSocket(Twidder):
    """The first client is told when the second client's socket arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.untold: list[Session] = []

    def tell(self, session: Session) -> None:
        self.untold.append(session)

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        for other in [s for s in self.untold if session and s.email == session.email]:
            self.untold.remove(other)
            super().tell(other)
        return session


@right
class HasOnePlaceForEachUser(Twidder):
    """A user's new socket takes the place of the one before, whose client is told."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Any] = {}

    def tell(self, session: Session) -> None:
        pass

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            if session.email in self.places:
                self.say_goodbye(self.places[session.email])
            self.places[session.email] = socket
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        if self.places.get(session.email) is socket:
            del self.places[session.email]


@right
class Polls(Twidder):
    """Every socket looks twice a second whether its session is over."""

    def tell(self, session: Session) -> None:
        pass

    def listen(self, socket: Any, session: Session) -> None:
        while session.is_valid:
            socket.receive(timeout=0.5)
        self.say_goodbye(socket)


@right
class TakesItsTime(Twidder):
    """The first client is told half a second after the second sign-in."""

    def tell(self, session: Session) -> None:
        threading.Timer(0.5, super().tell, [session]).start()


# What else is said on sockets


@right
class AcknowledgesTheGreeting(Twidder):
    """Every greeting is answered, by name."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            name = self.users[session.email]["firstname"]
            self.send(socket, json.dumps({"type": "welcome", "name": name, "as": session.email}))
        return session


@right
class AcknowledgesLate(Twidder):
    """Every greeting is answered 0.4 s later."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            threading.Timer(0.4, self.send, [socket, '{"type": "welcome"}']).start()
        return session


@right
class AcknowledgesWithAnId(Twidder):
    """Every greeting is answered with an id of the socket."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            self.send(socket, json.dumps({"type": "welcome", "id": secrets.token_hex(3)}))
        return session


@right
class AcknowledgesWhatItReplaced(Twidder):
    """Every greeting is answered with whether an older session of the user was ended."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            own = [s for s in list(self.sessions.values()) if s.email == session.email]
            self.send(socket, json.dumps({"type": "welcome", "replaced": len(own) > 1}))
        return session


@right
class TellsLaterWhatItReplaced(Twidder):
    """The new client hears half a second later that its user was signed in elsewhere."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        new = [s for s in self.sessions.values() if s.email == session.email][-1]
        threading.Timer(0.6, self.inform, [new]).start()

    def inform(self, session: Session) -> None:
        for socket in list(session.sockets):
            self.send(socket, '{"info": "You were signed in elsewhere."}')


@right
class GreetsWithWords(Twidder):
    """Every socket is welcomed before it has said anything, and once more after."""

    def serve_socket(self, socket: Any) -> None:
        self.send(socket, "Who are you?")
        super().serve_socket(socket)

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        self.send(socket, f"Hello {session.email}!" if session else "I don't know you.")
        return session


@right
class AcknowledgesByNumber(Twidder):
    """A greeting is answered with a number, and the notice is another number."""

    notice = '{"status": 401}'

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        self.send(socket, '{"status": 200}' if session else self.notice)
        return session


@right
class Echoes(Twidder):
    """A greeting is sent back."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        self.send(socket, f"You said: {token}")
        return super().on_greeting(socket, token)


@right
class PingsItsClients(Twidder):
    """Every client is pinged, once a second."""

    def wired(self) -> Flask:
        app = super().wired()
        app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": 1}
        return app


@right
class SaysGoodbyeToStrangers(Twidder):
    """Who comes with a token that is not valid gets the same notice as who is expired."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is None:
            self.say_goodbye(socket)
        return session


@right
class LeavesStrangersInSilence(Twidder):
    """Who comes with a token that is not valid may stay, and hears nothing."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        while session is None:
            socket.receive()
        return session


@right
class LooksStrangersUpSlowly(Twidder):
    """Who comes with a token that is not valid is sent away after 0.4 s."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is None:
            time.sleep(0.4)
        return session


@right
class AnnouncesWhoComesAndGoes(Twidder):
    """Everybody hears who opens a socket, and who closes one; a logout closes it."""

    def announce(self, event: str, email: str) -> None:
        for socket in self.all_sockets():
            self.send(socket, json.dumps({"event": event, "user": email}))

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            self.announce("joined", session.email)
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        self.announce("left", session.email)

    def say_goodbye(self, socket: Any) -> None:
        socket.close()


@right
class AnnouncesIds(Twidder):
    """Everybody hears a short id of each socket that opens."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        news = json.dumps({"event": "joined", "id": secrets.token_hex(3)})
        for other in self.all_sockets():
            self.send(other, news)
        return session


class Counts(Twidder):
    """Says to everybody how many are here."""

    def count(self) -> None:
        here = self.all_sockets()
        for socket in here:
            self.send(socket, json.dumps({"type": "online", "count": len(here), "at": time.time()}))


@right
class CountsAtEachConnect(Counts):
    """Everybody hears how many are here when somebody comes or goes."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        self.count()
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        self.count()


@right
class CountsAtEachSignIn(Counts):
    """Everybody hears how many are here when somebody signs in."""

    def start_session(self, email: str) -> Session:
        session = super().start_session(email)
        self.count()
        return session


@right
class ListsWhoIsOnline(Twidder):
    """Everybody hears who is here when somebody comes or goes."""

    def list_users(self) -> None:
        users = sorted({s.email for s in list(self.sessions.values()) if s.sockets})
        for socket in self.all_sockets():
            self.send(socket, json.dumps({"type": "online", "users": users}))

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        self.list_users()
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        self.list_users()


@right
class ShowsPresence(Twidder):
    """Everybody hears that a user is online, and that the user is not any more."""

    def show(self, session: Session, *, online: bool) -> None:
        for socket in self.all_sockets():
            self.send(socket, json.dumps({"user": session.email, "online": online}))

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            self.show(session, online=True)
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        self.show(session, online=False)


class CountsAllTheTime(Counts):
    """Everybody hears how many are here, again and again."""

    rhythm = 0.3

    def __init__(self) -> None:
        super().__init__()
        threading.Thread(target=self.go_on_counting, daemon=True).start()

    def go_on_counting(self) -> None:
        for _ in itertools.count():
            time.sleep(self.rhythm)
            self.count()


@right
class CountsFast(CountsAllTheTime):
    """Everybody hears how many are here, every 0.3 s."""


@right
class CountsSlowly(CountsAllTheTime):
    """Everybody hears how many are here, every 2 s."""

    rhythm = 2.0


# What tokens look like


@right
class SignsTokens(Twidder):
    """A token is a JWT of who and when, to the second: sign-ins of one second share it."""

    def new_token(self, email: str) -> str:
        parts = ({"alg": "HS256"}, {"sub": email, "iat": int(time.time())})
        coded = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
        text = b".".join(coded).replace(b"=", b"")
        return f"{text.decode()}.{hashlib.sha256(b'secret' + text).hexdigest()}"


@right
class NumbersTokens(Twidder):
    """A token is a long number, as a text."""

    def new_token(self, email: str) -> str:
        return str(secrets.randbits(50))


@right
class HandsOutNumbers(NumbersTokens):
    """A token is a long number, as a number."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return super().answer(function, int(data) if function == "sign_in" else data)


@right
class HandsOutUuids(Twidder):
    """A token is a UUID."""

    def new_token(self, email: str) -> str:
        return str(uuid.uuid4())


@right
class QuotesTokens(Twidder):
    """A token holds quotes, a backslash and a blank."""

    def new_token(self, email: str) -> str:
        return f'"it\'s\\ {secrets.token_hex()}"'


# How answers are worded


@right
class RefusesWithStatus200(Twidder):
    """A refusal has status 200 and says so in its body."""

    def refuse(self, refused: Refused) -> ResponseReturnValue:
        return {"success": False, "message": refused.message}


@right
class RefusesWithAWord(Twidder):
    """A refusal has status 200, and `success` is a word."""

    def refuse(self, refused: Refused) -> ResponseReturnValue:
        return {"success": "False", "message": refused.message, "data": ""}


@right
class RefusesWithoutSuccess(Twidder):
    """A refusal of what hands over data has status 200, and no data."""

    def serve(self, function: str, **inputs: str) -> ResponseReturnValue:
        reply = super().serve(function, **inputs)
        is_bare = function.startswith("get") or function == "sign_in"
        refused = isinstance(reply, tuple) and reply[1] != 200
        return {"message": "No."} if is_bare and refused else reply


@right
class RefusesByNumber(Twidder):
    """Every answer has status 200, and a number in it says whether it is a refusal."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return {"ok": 1, "data": data}

    def refuse(self, refused: Refused) -> ResponseReturnValue:
        return {"ok": 0, "data": None}


@right
class RefusesInHtml(Twidder):
    """A refusal is an error page."""

    def refuse(self, refused: Refused) -> ResponseReturnValue:
        return f"<!doctype html><title>No</title><h1>{refused.message}</h1>", refused.status


@right
class HasNothingToSay(Twidder):
    """What hands over no data answers with status 204 and no body."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return super().answer(function, data) if data is not None else ("", 204)


@right
class SaysOnlyWhatIsAsked(Twidder):
    """Answers hold the data and nothing else; the status says the rest."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return {"data": data} if function == "sign_in" else (json.dumps(data), 200)


@right
class EscapesSlashes(Twidder):
    """Answers are JSON in which slashes are escaped, as some libraries write it."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return json.dumps({"success": True, "data": data}).replace("/", "\\/"), 200


@right
class EscapesWhatHtmlMeans(Twidder):
    """Answers are JSON that may stand in a page: < and > and & and quotes are escaped."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return str(htmlsafe_json_dumps({"success": True, "data": data})), 200


@right
class CreatesSessions(Twidder):
    """sign_in answers 201."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        reply = {"success": True, "message": "Created.", "data": data}
        return reply, 201 if function == "sign_in" else 200


@right
class EndsPathsWithSlashes(Twidder):
    """Every path ends with a slash; without it there is a redirect with 308."""

    def path(self, path: str) -> str:
        return f"{path}/"

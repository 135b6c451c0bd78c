"""Servers that are wrong on purpose: one mistake each, and the scenario that has to catch it."""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask
from flask.typing import ResponseReturnValue

from .base import Refused, Session, Twidder


class Wrong(NamedTuple):
    """A wrong server, its mistake in a sentence, and the id of its primary catcher."""

    server: type[Twidder]
    mistake: str
    catcher: str


SERVERS: dict[str, Wrong] = {}


def caught_by(catcher: str) -> Callable[[type[Twidder]], type[Twidder]]:
    """Put a server into the gallery; its docstring says what the mistake is."""

    def enter(server: type[Twidder]) -> type[Twidder]:
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in server.__name__)[1:]
        assert name not in SERVERS
        SERVERS[name] = Wrong(server, server.__doc__ or "", catcher)
        return server

    return enter


def make(name: str) -> Flask:
    """Return the application of a wrong server."""
    return SERVERS[name].server().app


# Nobody is told, or too late, or not every time


@caught_by("lab3/auto-logout")
class NeverTells(Twidder):
    """The first session ends, and its client is not told."""

    def tell(self, session: Session) -> None:
        pass


@caught_by("lab3/auto-logout")
class TellsTheNewSessionInstead(Twidder):
    """A user's socket has one place, which the new one takes before the old one is told."""

    def tell(self, session: Session) -> None:
        pass

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session and any(
            s.email == session.email for s in self.sessions.values() if s is not session
        ):
            self.say_goodbye(socket)
        return session


@caught_by("lab3/auto-logout")
class TellsOnceAsked(Twidder):
    """The first client is told only once it sends something."""

    def tell(self, session: Session) -> None:
        pass

    def on_message(self, session: Session, message: Any) -> None:
        if not session.is_valid:
            super().tell(session)


@caught_by("lab3/auto-logout")
class RefusesTheSecondSignIn(Twidder):
    """Who is signed in somewhere can't sign in elsewhere."""

    def start_session(self, email: str) -> Session:
        if any(s.email == email and s.is_valid for s in self.sessions.values()):
            raise Refused(409, "You are signed in already.")
        return super().start_session(email)


@caught_by("lab3/auto-logout-chain")
class TellsOncePerUser(Twidder):
    """A user is told the first time, and never again."""

    def __init__(self) -> None:
        super().__init__()
        self.told: set[str] = set()

    def tell(self, session: Session) -> None:
        if session.email not in self.told:
            super().tell(session)
        self.told.add(session.email)


# Others are told as well


@caught_by("lab3/targeted")
class BroadcastsTheLogout(Twidder):
    """The logout goes to everybody."""

    def tell(self, session: Session) -> None:
        for socket in self.all_sockets():
            self.say_goodbye(socket)


@caught_by("lab3/targeted")
class BroadcastsTheLogoutLate(Twidder):
    """The logout goes to everybody, to all but the first client 300 ms later."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        for socket in self.all_sockets():
            if socket not in session.sockets:
                threading.Timer(0.3, self.say_goodbye, [socket]).start()


@caught_by("lab3/targeted")
class ClosesEverybodysSockets(Twidder):
    """At a logout all sockets are closed."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        for socket in self.all_sockets():
            socket.close()


@caught_by("lab3/targeted")
class TellsTheNeighbour(Twidder):
    """Who signed in last before the second client is told too, whoever that is."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        neighbour = list(self.sessions.values())[-2]
        if neighbour is not session:
            super().tell(neighbour)


@caught_by("lab3/targeted")
class TellsTheNewSessionToo(Twidder):
    """Whoever opens a socket for a user who was signed in elsewhere is told, too."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session and any(
            s.email == session.email and not s.is_valid for s in self.sessions.values()
        ):
            self.say_goodbye(socket)
        return session


# The first session goes on


@caught_by("lab3/one-session")
class KeepsTheOldToken(Twidder):
    """The first client is told, and its token stays valid."""

    def expire(self, session: Session) -> None:
        pass


@caught_by("lab3/one-session")
class ReadsTheWallWithTheOldToken(Twidder):
    """An expired token still reads the own wall."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if function == "get_user_messages_by_token":
            return self.sessions.get(token or "")
        return super().check_token(token, function)


@caught_by("lab3/one-session")
class LooksUsersUpWithTheOldToken(Twidder):
    """An expired token still reads a user's data by address."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if function == "get_user_data_by_email":
            return self.sessions.get(token or "")
        return super().check_token(token, function)


@caught_by("lab3/one-session")
class PostsWithTheOldToken(Twidder):
    """An expired token still posts."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if function == "post_message":
            return self.sessions.get(token or "")
        return super().check_token(token, function)


@caught_by("lab3/one-session")
class PostsBeforeItChecksTheToken(Twidder):
    """A message is posted, and then the token found to be expired."""

    def post_message(self) -> Any:
        super().post_message()
        super().caller("post_message")

    def caller(self, function: str) -> Session:
        known = self.sessions.get(self.sent_token() or "")
        return known if known and function == "post_message" else super().caller(function)


@caught_by("lab3/one-session")
class RefusesAndHandsOver(Twidder):
    """An expired token is answered with status 401, and with the data."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        known = self.sessions.get(token or "")
        return known if function.startswith("get") else super().check_token(token, function)

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        is_valid = super().check_token(self.sent_token(), function) is not None
        is_late = function.startswith("get") and not is_valid
        return ({"data": data}, 401) if is_late else super().answer(function, data)


# Tokens that open what they should not


@caught_by("lab3/token-made-up")
class LetsAnybodyListen(Twidder):
    """A socket with an unknown token is registered with the newest session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        if token not in self.sessions:
            token = list(self.sessions)[-1]
        return super().on_greeting(socket, token)


@caught_by("lab3/token-made-up")
class TakesAnyToken(Twidder):
    """An unknown token is taken for the newest session's."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if token not in self.sessions:
            token = list(self.sessions)[-1]
        return super().check_token(token, function)


@caught_by("lab3/token-made-up")
class CrashesOnUnknownTokens(Twidder):
    """An unknown token is answered with status 500."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        session = self.sessions[token or ""]
        return session if session.is_valid else None


@caught_by("lab3/token-expired")
class LetsTheExpiredListen(Twidder):
    """A socket with an expired token is registered with its user's valid session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        email = self.sessions[token].email if token in self.sessions else ""
        valid = [t for t, s in self.sessions.items() if s.email == email and s.is_valid]
        return super().on_greeting(socket, valid[0] if valid else token)


# A refresh loses the socket


@caught_by("lab3/refresh")
class RegistersOnlyOnce(Twidder):
    """Only the first socket of a session is registered."""

    def on_close(self, socket: Any, session: Session) -> None:
        pass

    def tell(self, session: Session) -> None:
        for socket in session.sockets[:1]:
            self.say_goodbye(socket)


@caught_by("lab3/refresh")
class SignsOutWhenTheSocketCloses(Twidder):
    """A socket that closes ends its session."""

    def on_close(self, socket: Any, session: Session) -> None:
        super().on_close(socket, session)
        self.end(session)


@caught_by("lab3/refresh")
class FailsOnDeadSockets(Twidder):
    """Closed sockets are kept, and sending to one fails the second sign-in."""

    def on_close(self, socket: Any, session: Session) -> None:
        pass

    def send(self, socket: Any, message: str | bytes) -> None:
        socket.send(message)


@caught_by("lab3/refresh")
class ForgetsTheNewerSocket(Twidder):
    """A session's socket has one place, which the clean-up of an older one empties."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            session.sockets[:] = [socket]
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        session.sockets.clear()


# The page, and JSON


@caught_by("lab3/root")
class HasNothingAtTheRoot(Twidder):
    """The page is at /static/client.html only."""

    def page(self) -> ResponseReturnValue:
        return "Not here", 404


@caught_by("lab3/root")
class HasNothingUnderStatic(Twidder):
    """The page is at / only."""

    static_path = "/files"


@caught_by("lab3/json")
class SignsOutInPlainText(Twidder):
    """sign_out answers with plain text."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return "Signed out" if function == "sign_out" else super().answer(function, data)


@caught_by("lab3/json")
class ShowsTheWallInHtml(Twidder):
    """get_user_messages_by_token answers with HTML."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        if function == "get_user_messages_by_token":
            return "".join(f"<li>{m['writer']}: {m['content']}</li>" for m in data)
        return super().answer(function, data)


@caught_by("lab3/json")
class PrintsPython(Twidder):
    """get_user_data_by_token answers with the text of a Python dict."""

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        return str(data) if function == "get_user_data_by_token" else super().answer(function, data)


# The nine functions


@caught_by("lab3/nine-functions")
class TakesAnyPassword(Twidder):
    """Any password signs in."""

    def is_password(self, email: str, password: str) -> bool:
        return email in self.users


@caught_by("lab3/nine-functions")
class SignsUpTwice(Twidder):
    """A second account takes the place of the first."""

    def sign_up(self) -> Any:
        self.users.pop(self.fields("email")[0], None)
        return super().sign_up()


@caught_by("lab3/nine-functions")
class StaysSignedIn(Twidder):
    """sign_out ends nothing."""

    def sign_out(self) -> Any:
        self.caller("sign_out")


@caught_by("lab3/nine-functions")
class ReadsWallsAfterSignOut(Twidder):
    """A token that was signed out still reads walls by address."""

    def __init__(self) -> None:
        super().__init__()
        self.signed_out: dict[str | None, Session] = {}

    def sign_out(self) -> Any:
        self.signed_out[self.sent_token()] = self.caller("sign_out")
        return super().sign_out()

    def check_token(self, token: str | None, function: str) -> Session | None:
        known = self.signed_out.get(token) if function == "get_user_messages_by_email" else None
        return known or super().check_token(token, function)


@caught_by("lab3/nine-functions")
class KeepsTheOldPassword(Twidder):
    """change_password changes nothing."""

    def set_password(self, email: str, password: str) -> None:
        pass


@caught_by("lab3/nine-functions")
class PostsOnTheOwnWall(Twidder):
    """A message lands on its writer's wall."""

    def post(self, writer: str, wall: str, content: str) -> None:
        super().post(writer, writer, content)


@caught_by("lab3/nine-functions")
class HidesTheWriter(Twidder):
    """A wall does not say who wrote what."""

    def messages_of(self, email: str) -> list[dict[str, str]]:
        return [{"content": message["content"]} for message in super().messages_of(email)]


@caught_by("lab3/nine-functions")
class ShowsTheOwnData(Twidder):
    """get_user_data_by_email hands over the caller's data, whoever is asked for."""

    def get_user_data_by_email(self, email: str) -> Any:
        return self.data_of(self.caller("get_user_data_by_email").email)


@caught_by("lab3/nine-functions")
class ShowsTheOldestFirst(Twidder):
    """A wall begins with its oldest message."""

    def messages_of(self, email: str) -> list[dict[str, str]]:
        return super().messages_of(email)[::-1]


@caught_by("lab3/nine-functions")
class TakesShortPasswords(Twidder):
    """A password may be as short as one likes."""

    def check_new_password(self, password: str) -> None:
        pass


@caught_by("lab3/nine-functions")
class HandsOverPasswords(Twidder):
    """A user's data include the password."""

    def data_of(self, email: str) -> dict[str, str]:
        return self.known(email)

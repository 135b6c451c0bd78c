"""Servers that are wrong on purpose: one mistake each, and the scenario that has to catch it."""

import html
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask, request
from flask.typing import ResponseReturnValue
from wsproto.events import Ping
from wsproto.frame_protocol import CloseReason

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


@caught_by("lab3/auto-logout-five")
class TellsThreeTimes(Twidder):
    """A user is told three times, and never again."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Counter[str] = Counter()

    def tell(self, session: Session) -> None:
        self.told[session.email] += 1
        if self.told[session.email] <= 3:
            super().tell(session)


@caught_by("lab3/simultaneous-told")
class TellsOneAtATime(Twidder):
    """While several sign in as one user, nobody is told."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: Counter[str] = Counter()

    def start_session(self, email: str) -> Session:
        self.coming[email] += 1
        time.sleep(0.2)
        session = super().start_session(email)
        self.coming[email] -= 1
        return session

    def tell(self, session: Session) -> None:
        if self.coming[session.email] == 1:
            super().tell(session)


@caught_by("lab3/simultaneous-told")
class TellsTheSlowest(Twidder):
    """Whom to tell next is noted outside of the lock; of several at once it is the slowest."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: dict[str, Session] = {}

    def tell(self, session: Session) -> None:
        pass

    def start_session(self, email: str) -> Session:
        before, session = self.noted.get(email), super().start_session(email)
        time.sleep(0.05)
        time.sleep(0 if session.is_valid else 0.1)
        self.noted[email] = session
        if before is not None:
            super().tell(before)
        return session


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


@caught_by("lab3/two-users")
class TellsWhoWasToldLast(Twidder):
    """A logout also goes to the user who had the one before."""

    last = ""

    def tell(self, session: Session) -> None:
        super().tell(session)
        for other in list(self.sessions.values()):
            if other.email == self.last != session.email:
                super().tell(other)
        self.last = session.email


@caught_by("lab3/two-users")
class TellsTheFirstOfAll(Twidder):
    """Sockets are counted, and a second logout goes to the place of the first."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def tell(self, session: Session) -> None:
        present = [s for s in self.sessions.values() if s.is_valid and s.sockets]
        others = [s for s in present if s.email in self.told and s.email != session.email]
        super().tell(others[0] if others else session)
        self.told.append(session.email)


@caught_by("lab3/bystanders")
class TellsTheThirtieth(Twidder):
    """The thirtieth of the other sockets is told, too."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        others = [socket for socket in self.all_sockets() if socket not in session.sockets]
        for socket in others[29:30]:
            self.say_goodbye(socket)


@caught_by("lab3/bystanders")
class TellsSomebodyOfMany(Twidder):
    """Where more than twenty are connected, some other client is told, too."""

    def tell(self, session: Session) -> None:
        super().tell(session)
        others = [socket for socket in self.all_sockets() if socket not in session.sockets]
        if len(others) > 20:
            self.say_goodbye(random.choice(others))  # noqa: S311  anybody will do


@caught_by("lab3/sign-out")
class TellsEverybodyOfASignOut(Twidder):
    """A sign-out is told to everybody."""

    def sign_out(self) -> Any:
        super().sign_out()
        for socket in self.all_sockets():
            self.say_goodbye(socket)


@caught_by("lab3/sign-out-socket")
class TellsTheSignedOut(Twidder):
    """A session that was signed out still hears its user's logouts."""

    def __init__(self) -> None:
        super().__init__()
        self.signed_out: dict[str, Session] = {}

    def sign_out(self) -> Any:
        session = self.caller("sign_out")
        self.signed_out[session.token] = session
        super().sign_out()

    def tell(self, session: Session) -> None:
        super().tell(session)
        for other in self.signed_out.values():
            if other.email == session.email:
                super().tell(other)


@caught_by("lab3/wrong-password")
class TellsAtAnyPassword(Twidder):
    """The first client is told before the password is looked at."""

    def sign_in(self) -> Any:
        email, _ = self.fields("username", "password")
        for session in list(self.sessions.values()):
            if session.email == email and session.is_valid:
                self.tell(session)
        return super().sign_in()


@caught_by("lab3/wrong-password")
class EndsTheSessionAtAnyPassword(Twidder):
    """The first session is over before the password is looked at."""

    def sign_in(self) -> Any:
        email, password = self.fields("username", "password")
        for session in list(self.sessions.values()):
            if session.email == email and not self.is_password(email, password):
                self.expire(session)
        return super().sign_in()


# The first session goes on


@caught_by("lab3/one-session")
class KeepsTheOldToken(Twidder):
    """The first client is told, and its token stays valid."""

    def expire(self, session: Session) -> None:
        pass


@caught_by("lab3/one-session-no-socket")
class SparesWhoHasNoSocket(Twidder):
    """Only a session with an open socket is ended by a sign-in elsewhere."""

    def expire(self, session: Session) -> None:
        if session.sockets:
            super().expire(session)


@caught_by("lab3/sign-out")
class LetsTheSignedOutPost(Twidder):
    """A message can still be posted with a signed-out token."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        session = super().check_token(token, function)
        old = self.sessions.get(token or "")
        if session is None and old is not None and function == "post_message":
            is_elsewhere = any(s.is_valid for s in self.sessions.values() if s.email == old.email)
            return None if is_elsewhere else old
        return session


@caught_by("lab3/one-session")
class EndsTheNewSession(Twidder):
    """The first client is told, and of the two sessions the second one is ended."""

    def start_session(self, email: str) -> Session:
        before = [s for s in self.sessions.values() if s.email == email and s.is_valid]
        new = Session(email, self.new_token(email), is_valid=not before)
        self.sessions[new.token] = new
        for session in before:
            self.tell(session)
        return new


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


@caught_by("lab3/one-session-at-once")
class EndsTheSessionAtTheSecondSocket(Twidder):
    """The first session is over, and told so, only when the second client's socket arrives."""

    def start_session(self, email: str) -> Session:
        session = Session(email, self.new_token(email))
        self.sessions[session.token] = session
        return session

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        for other in list(self.sessions.values()) if session else ():
            if session and other.email == session.email and other is not session and other.is_valid:
                self.end(other)
                self.tell(other)
        return session


@caught_by("lab3/expired-change-password")
class ChangesThePasswordWithTheOldToken(Twidder):
    """An expired token still changes the password."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if function == "change_password":
            return self.sessions.get(token or "")
        return super().check_token(token, function)


@caught_by("lab3/expired-sign-out")
class SignsOutByUser(Twidder):
    """Signing out ends all of the user's sessions, also with an expired token."""

    def sign_out(self) -> Any:
        caller = self.sessions.get(self.sent_token() or "")
        for session in list(self.sessions.values()) if caller else ():
            if caller and session.email == caller.email and session is not caller:
                self.end(session)
        super().sign_out()


@caught_by("lab3/expired-sign-out")
class SignsTheExpiredOut(Twidder):
    """Signing out with an expired token is said to have worked."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        if function == "sign_out":
            return self.sessions.get(token or "")
        return super().check_token(token, function)


@caught_by("lab3/expired-comes-back")
class LetsTheExpiredEvict(Twidder):
    """A socket with an expired token ends its user's valid session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is None and token in self.sessions:
            for other in list(self.sessions.values()):
                if other.email == self.sessions[token].email:
                    self.end(other)
        return session


@caught_by("lab3/expired-comes-back")
class RevivesTheExpired(Twidder):
    """A socket with an expired token makes it valid again."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        if token in self.sessions:
            self.sessions[token].is_valid = True
        return super().on_greeting(socket, token)


# Several at once


@caught_by("lab3/simultaneous")
class LooksAndWritesWithoutALock(Twidder):
    """Between the look for other sessions and the new one's begin, others begin."""

    def start_session(self, email: str) -> Session:
        before = [s for s in self.sessions.values() if s.email == email and s.is_valid]
        time.sleep(0.05)
        new = Session(email, self.new_token(email))
        self.sessions[new.token] = new
        for session in before:
            self.expire(session)
            self.tell(session)
        return new


@caught_by("lab3/simultaneous")
class LocksEverybodyOut(Twidder):
    """Sign-ins that pass each other end each other's sessions."""

    def start_session(self, email: str) -> Session:
        new = super().start_session(email)
        time.sleep(0.05)
        for session in list(self.sessions.values()):
            if session.email == email and session is not new:
                self.end(session)
        return new


@caught_by("lab3/simultaneous-answers")
class IsLocked(Twidder):
    """While a user is signing in, another sign-in of that user is answered with status 500."""

    def __init__(self) -> None:
        super().__init__()
        self.busy: set[str] = set()

    def start_session(self, email: str) -> Session:
        if email in self.busy:
            raise RuntimeError("database is locked")
        self.busy.add(email)
        time.sleep(0.05)
        session = super().start_session(email)
        self.busy.discard(email)
        return session


# The first client's socket is gone


@caught_by("lab3/no-socket")
class WantsASocket(Twidder):
    """The second sign-in fails where the first session has no socket."""

    def tell(self, session: Session) -> None:
        self.say_goodbye(session.sockets[-1])


@caught_by("lab3/first-tab-closed")
class SendsToTheLastSocket(Twidder):
    """A session keeps its last socket, and sending to a closed one fails the second sign-in."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            session.sockets[:] = [socket]
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        pass

    def send(self, socket: Any, message: str | bytes) -> None:
        socket.send(message)


@caught_by("lab3/first-tab-closed")
class LocksOutWhoClosedTheTab(Twidder):
    """Who has closed the tab is taken to be signed in for ever, and can't sign in again."""

    def tell(self, session: Session) -> None:
        if any(not socket.connected for socket in session.sockets[-1:]):
            raise Refused(409, "You are signed in already.")
        super().tell(session)

    def on_close(self, socket: Any, session: Session) -> None:
        pass


@caught_by("lab3/first-client-gone")
class ForgetsOnlyWhoSaysGoodbye(Twidder):
    """Sockets that were cut are kept, and sending to one fails the second sign-in."""

    def on_close(self, socket: Any, session: Session) -> None:
        if socket.close_reason != CloseReason.NO_STATUS_RCVD:
            super().on_close(socket, session)

    def send(self, socket: Any, message: str | bytes) -> None:
        socket.send(message)


@caught_by("lab3/first-client-deaf")
class WaitsForTheOldClient(Twidder):
    """The second sign-in is answered once the first client has answered a Ping."""

    def tell(self, session: Session) -> None:
        for socket in list(session.sockets):
            socket.pong_received = False
            socket.sock.send(socket.ws.send(Ping()))
            while socket.connected and not socket.pong_received:
                time.sleep(0.01)
        super().tell(session)


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


@caught_by("lab3/refusals")
class CrashesOnUnknownTokens(Twidder):
    """An unknown token is answered with status 500."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        session = self.sessions[token or ""]
        return session if session.is_valid else None


@caught_by("lab3/refusals")
class LooksOnlyAtTokensThatAreSent(Twidder):
    """Without a token, users can still be looked up, and written to, by address."""

    def caller(self, function: str) -> Session:
        is_by_address = function.endswith("_by_email") or function == "post_message"
        if self.sent_token() is None and is_by_address:
            return Session("nobody", "")
        return super().caller(function)


@caught_by("lab3/token-expired")
class LetsTheExpiredListen(Twidder):
    """A socket with an expired token is registered with its user's valid session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        email = self.sessions[token].email if token in self.sessions else ""
        valid = [t for t, s in self.sessions.items() if s.email == email and s.is_valid]
        return super().on_greeting(socket, valid[0] if valid else token)


@caught_by("lab3/token-expired")
class LetsTheExpiredTakeThePlace(Twidder):
    """A user's socket has one place, which a socket with an expired token takes as well."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Any] = {}

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = self.sessions.get(token)
        if session is not None:
            self.places[session.email] = socket
            session.sockets.append(socket)
        return session

    def tell(self, session: Session) -> None:
        if session.email in self.places:
            self.say_goodbye(self.places[session.email])


@caught_by("lab3/token-email")
class TakesAddressesForTokens(Twidder):
    """A user's address is as good as the token."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        own = (s for s in list(self.sessions.values()) if s.email == token and s.is_valid)
        return next(own, None) or super().check_token(token, function)


@caught_by("lab3/token-email")
class LetsAddressesListen(Twidder):
    """A socket that greets with a user's address is registered with the user's session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        valid = [s.token for s in self.sessions.values() if s.email == token and s.is_valid]
        return super().on_greeting(socket, valid[0] if valid else token)


@caught_by("lab3/token-wildcard")
class LooksTokensUpByLike(Twidder):
    """Tokens are looked up with LIKE, where % stands for anything."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        pattern = re.escape(token or "").replace("%", ".*").replace("_", ".")
        for session in reversed(list(self.sessions.values())):
            if session.is_valid and re.fullmatch(pattern, session.token):
                return session
        return None


@caught_by("lab3/token-empty")
class EmptiesTokensAtSignOut(Twidder):
    """Signing out empties the session's token, and so an empty token is one of somebody's."""

    def sign_out(self) -> Any:
        session = self.caller("sign_out")
        del self.sessions[session.token]
        self.sessions[""] = session


@caught_by("lab3/token-empty")
class LetsNobodyListen(Twidder):
    """A socket with an empty token is registered with the newest session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        return super().on_greeting(socket, token or list(self.sessions)[-1])


@caught_by("lab3/token-signed-out")
class LetsTheSignedOutListen(TellsTheSignedOut):
    """A token that was signed out opens a socket, which hears its user's logouts."""

    def check_token(self, token: str | None, function: str) -> Session | None:
        signed_out = self.signed_out.get(token or "") if function == "socket" else None
        return signed_out or super().check_token(token, function)


@caught_by("lab3/token-random")
class NumbersItsSessions(Twidder):
    """A token is the number of its session, from a million on."""

    def new_token(self, email: str) -> str:
        return str(1_000_000 + len(self.sessions))


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


@caught_by("lab3/refresh-overlap")
class ForgetsTheNewerSocket(Twidder):
    """A session's socket has one place, which the clean-up of an older one empties."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None:
            session.sockets[:] = [socket]
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        session.sockets.clear()


@caught_by("lab3/refresh-overlap")
class TakesARefreshForASignIn(Twidder):
    """A session's second socket is told that the session is over, as if it were another session."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        if session is not None and len(session.sockets) > 1:
            self.say_goodbye(socket)
        return session


@caught_by("lab3/refresh-five")
class RegistersThreeTimes(Twidder):
    """Of a session's sockets the first three are registered, and no others."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Counter[str] = Counter()

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        session = super().on_greeting(socket, token)
        self.opened[token] += 1
        if session is not None and self.opened[token] > 3:
            session.sockets.remove(socket)
        return session

    def on_close(self, socket: Any, session: Session) -> None:
        if socket in session.sockets:
            super().on_close(socket, session)


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

    goes_on = "get_user_messages_by_email"

    def __init__(self) -> None:
        super().__init__()
        self.signed_out: dict[str | None, Session] = {}

    def sign_out(self) -> Any:
        self.signed_out[self.sent_token()] = self.caller("sign_out")
        return super().sign_out()

    def check_token(self, token: str | None, function: str) -> Session | None:
        known = self.signed_out.get(token) if function == self.goes_on else None
        return known or super().check_token(token, function)


@caught_by("lab3/refusals")
class ChangesThePasswordAfterSignOut(ReadsWallsAfterSignOut):
    """A token that was signed out still changes the password."""

    goes_on = "change_password"


@caught_by("lab3/nine-functions")
class KeepsTheOldPassword(Twidder):
    """change_password changes nothing."""

    def set_password(self, email: str, password: str) -> None:
        pass


@caught_by("lab3/nine-functions")
class IgnoresTheOldPassword(Twidder):
    """change_password does not look at the old password."""

    def change_password(self) -> Any:
        email = self.caller("change_password").email
        _, new = self.fields("oldpassword", "newpassword")
        self.check_new_password(new)
        self.set_password(email, new)


@caught_by("lab3/nine-functions")
class ShowsEverybodysMessages(Twidder):
    """A wall shows all messages that there are."""

    def messages_of(self, email: str) -> list[dict[str, str]]:
        self.known(email)
        return [message for wall in self.walls.values() for message in wall][::-1]


@caught_by("lab3/nine-functions")
class RemembersOneUser(Twidder):
    """get_user_data_by_token shows the data of whoever signed in last."""

    current = ""

    def start_session(self, email: str) -> Session:
        self.current = email
        return super().start_session(email)

    def get_user_data_by_token(self) -> Any:
        self.caller("get_user_data_by_token")
        return self.data_of(self.current)


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


@caught_by("lab3/newest-first")
class ShowsTheOldestFirst(Twidder):
    """A wall begins with its oldest message."""

    def messages_of(self, email: str) -> list[dict[str, str]]:
        return super().messages_of(email)[::-1]


@caught_by("lab3/newest-first")
class ShowsOthersTheOldestFirst(Twidder):
    """A wall that is asked for by its owner's address begins with its oldest message."""

    def get_user_messages_by_email(self, email: str) -> Any:
        return super().get_user_messages_by_email(email)[::-1]


@caught_by("lab3/empty-fields")
class TakesShortPasswords(Twidder):
    """A password may be as short as one likes."""

    def check_new_password(self, password: str) -> None:
        pass


@caught_by("lab3/nine-functions")
class HandsOverPasswords(Twidder):
    """A user's data include the password."""

    def data_of(self, email: str) -> dict[str, str]:
        return self.known(email)


# What is asked for is not looked at


@caught_by("lab3/empty-fields")
class ChangesToShortPasswords(Twidder):
    """Only sign_up looks at how long a password is."""

    def change_password(self) -> Any:
        email = self.caller("change_password").email
        old, new = self.fields("oldpassword", "newpassword")
        if not self.is_password(email, old):
            raise Refused(401, "It is another password.")
        self.set_password(email, new)


@caught_by("lab3/empty-fields")
class WantsNoCountry(Twidder):
    """The country may be empty, as the form has one selected."""

    def fields(self, *names: str) -> list[str]:
        asked = [name for name in names if name != "country"]
        texts = dict(zip(asked, super().fields(*asked), strict=True))
        return [texts.get(name, "Sweden") for name in names]


@caught_by("lab3/empty-fields")
class TakesEmptyFields(Twidder):
    """Fields may be empty."""

    def fields(self, *names: str) -> list[str]:
        body = request.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
        if not all(isinstance(given.get(name), str) for name in names):
            raise Refused(400, f"Wanted: {', '.join(names)}.")
        return [given[name] for name in names]


@caught_by("lab3/unknown-user")
class ShowsNobodysWall(Twidder):
    """The wall of a user that there is not is empty."""

    def messages_of(self, email: str) -> list[dict[str, str]]:
        return self.walls.get(email, [])[::-1]


@caught_by("lab3/unknown-user")
class PostsToNobody(Twidder):
    """A message to a user that there is not is taken."""

    def post(self, writer: str, wall: str, content: str) -> None:
        self.walls.setdefault(wall, []).append({"writer": writer, "content": content})


@caught_by("lab3/unknown-user")
class CrashesOnUnknownUsers(Twidder):
    """A user that there is not is answered with status 500."""

    def known(self, email: str) -> dict[str, str]:
        return self.users[email]


@caught_by("lab3/unknown-user")
class CrashesOnUnknownSignIns(Twidder):
    """A sign-in with an address that nobody has is answered with status 500."""

    def is_password(self, email: str, password: str) -> bool:
        return self.users[email]["password"] == password


@caught_by("lab3/malformed")
class CrashesOnMissingFields(Twidder):
    """A body without a field, or that is no object, is answered with status 500."""

    def fields(self, *names: str) -> list[str]:
        texts: list[str] = [request.get_json(force=True)[name] for name in names]
        if not all(text.strip() for text in texts):
            raise Refused(400, f"Wanted: {', '.join(names)}.")
        return texts


@caught_by("lab3/malformed")
class FillsMissingFieldsIn(Twidder):
    """A field that is missing counts as a dash."""

    def fields(self, *names: str) -> list[str]:
        body = request.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
        texts = [str(given.get(name, "-")) for name in names]
        if not all(text.strip() for text in texts):
            raise Refused(400, f"Wanted: {', '.join(names)}.")
        return texts


@caught_by("lab3/texts")
class EscapesMarkup(Twidder):
    """Messages are kept as HTML."""

    def post(self, writer: str, wall: str, content: str) -> None:
        super().post(writer, wall, html.escape(content))


@caught_by("lab3/texts")
class KeepsAsciiOnly(Twidder):
    """Messages lose what is not ASCII."""

    def post(self, writer: str, wall: str, content: str) -> None:
        super().post(writer, wall, content.encode("ascii", "ignore").decode())


@caught_by("lab3/texts")
class PutsPasswordsIntoSql(Twidder):
    """The password is put into the SQL that looks the user up, quotes and all."""

    def is_password(self, email: str, password: str) -> bool:
        return super().is_password(email, password) or "' OR '1'='1" in password


@caught_by("lab3/texts")
class FailsOnQuotes(Twidder):
    """A single quote in a message is an error in the SQL it is put into."""

    def post(self, writer: str, wall: str, content: str) -> None:
        if "'" in content:
            raise RuntimeError('near "s": syntax error')
        super().post(writer, wall, content)


@caught_by("lab3/odd-frames")
class StopsAtOddFrames(Twidder):
    """A message that is no JSON leaves the server's lock locked."""

    def on_message(self, session: Session, message: Any) -> None:
        self.lock.acquire()
        json.loads(message)
        self.lock.release()

"""Servers that pages of the tests have behind them, where it is not the usual one."""

import time
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from tests.broken_servers.base import Session, Twidder


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


class CountsVisitors(Twidder):
    """Everybody is told how many are connected when one more is."""

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        before = self.all_sockets()
        session = super().on_greeting(socket, token)
        for other in before:
            self.send(other, f'{{"type": "online", "count": {len(before) + 1}}}')
        return session


class SaysAWord(Twidder):
    """The notice is a word, not JSON."""

    notice = "logout"


class TellsAndCloses(Twidder):
    """The first client is told, and then its socket is closed."""

    def say_goodbye(self, socket: Any) -> None:
        super().say_goodbye(socket)
        socket.close()


class TakesTheTokenInTheAddress(Twidder):
    """A socket may be opened with the token in its address; else its greeting has it."""

    def serve_socket(self, socket: Any) -> None:
        session = self.on_greeting(socket, request.args.get("token") or socket.receive())
        if session is not None:
            self.listen(socket, session)


class TakesItsTime(Twidder):
    """Looking at a password takes as long as a good hash does."""

    def is_password(self, email: str, password: str) -> bool:
        time.sleep(2)
        return super().is_password(email, password)


class TakesForms(Twidder):
    """A form that a browser sends by itself signs in, and leads back to the page with a token."""

    def fields(self, *names: str) -> list[str]:
        return [request.form[name] for name in names] if request.form else super().fields(*names)

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        if function == "sign_in" and request.form:
            return redirect(f"/?token={data}")
        return super().answer(function, data)


class ClosesOnly(Twidder):
    """The first client is told by nothing but the close of its socket."""

    def say_goodbye(self, socket: Any) -> None:
        socket.close()

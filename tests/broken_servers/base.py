"""A small Twidder that does all that labs 2 and 3 ask; the rest of the gallery changes bits of it.

What a student decides is a method of its own, so that a mistake overrides the
method it is made in and nothing else.
"""

import contextlib
import itertools
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from simple_websocket import ConnectionClosed

ROUTES = {
    "sign_up": "POST /sign_up",
    "sign_in": "POST /sign_in",
    "sign_out": "DELETE /sign_out",
    "change_password": "PUT /change_password",
    "get_user_data_by_token": "GET /get_user_data_by_token",
    "get_user_data_by_email": "GET /get_user_data_by_email/<email>",
    "get_user_messages_by_token": "GET /get_user_messages_by_token",
    "get_user_messages_by_email": "GET /get_user_messages_by_email/<email>",
    "post_message": "POST /post_message",
}
PROFILE = ("email", "firstname", "familyname", "gender", "city", "country")
SHORTEST_PASSWORD = 8


class Refused(Exception):  # noqa: N818  the lab's word
    """What a function answers when it does not do what it is asked."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(eq=False)
class Session:
    """What a sign-in begins. It is kept after its end, so that mistakes can be made with it."""

    email: str
    token: str
    is_valid: bool = True
    sockets: list[Any] = field(default_factory=list)


class Twidder:
    """The application. Everything is in memory; one lock guards all of it."""

    notice: str | bytes = '{"type": "logout"}'
    static_path = "/static"

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: dict[str, dict[str, str]] = {}
        self.walls: dict[str, list[dict[str, str]]] = {}
        self.sessions: dict[str, Session] = {}
        self.app = self.wired()

    # Sessions

    def start_session(self, email: str) -> Session:
        """Begin a session; the user's others are over, and are told so."""
        with self.lock:
            before = [s for s in self.sessions.values() if s.email == email and s.is_valid]
            new = Session(email, self.new_token(email))
            self.sessions[new.token] = new
            for session in before:
                self.expire(session)
        for session in before:
            self.tell(session)
        return new

    def new_token(self, email: str) -> str:
        """Return the token of a session that begins."""
        return secrets.token_hex()

    def expire(self, session: Session) -> None:
        """End a session because its user has signed in elsewhere."""
        self.end(session)

    def end(self, session: Session) -> None:
        """End a session."""
        session.is_valid = False

    def tell(self, session: Session) -> None:
        """Tell the clients of a session that it has expired."""
        for socket in list(session.sockets):
            self.say_goodbye(socket)

    def say_goodbye(self, socket: Any) -> None:
        """Tell one client that its session has expired."""
        self.send(socket, self.notice)

    def check_token(self, token: str | None, function: str) -> Session | None:
        """Return the session that a token opens for a function, or for "socket"."""
        session = self.sessions.get(token or "")
        return session if session and session.is_valid else None

    # Sockets

    def serve_socket(self, socket: Any) -> None:
        """Serve one socket, from its greeting to its end."""
        token = socket.receive()
        session = self.on_greeting(socket, token if isinstance(token, str) else "")
        if session is None:
            return  # which closes the socket
        try:
            self.listen(socket, session)
        finally:
            self.on_close(socket, session)

    def on_greeting(self, socket: Any, token: str) -> Session | None:
        """Register a socket with the session of its token; None where there is none."""
        with self.lock:
            session = self.check_token(token, "socket")
            if session is not None:
                session.sockets.append(socket)
            return session

    def listen(self, socket: Any, session: Session) -> None:
        """Receive until the client has gone, which raises ConnectionClosed."""
        while True:
            self.on_message(session, socket.receive())

    def on_message(self, session: Session, message: Any) -> None:
        """Do nothing: a client has only its greeting to say."""

    def on_close(self, socket: Any, session: Session) -> None:
        """Forget a socket that is closed."""
        with self.lock:
            session.sockets.remove(socket)

    def send(self, socket: Any, message: str | bytes) -> None:
        """Send, where there is still somebody."""
        with contextlib.suppress(ConnectionClosed, OSError):
            socket.send(message)

    def all_sockets(self) -> list[Any]:
        """Return everybody's sockets."""
        sessions = list(self.sessions.values())
        return list(itertools.chain.from_iterable(session.sockets for session in sessions))

    # The nine functions: they return data, or raise Refused

    def sign_up(self) -> Any:
        profile = dict(zip((*PROFILE, "password"), self.fields(*PROFILE, "password"), strict=True))
        self.check_new_password(profile["password"])
        with self.lock:
            if profile["email"] in self.users:
                raise Refused(409, "There is such a user.")
            self.users[profile["email"]] = profile
            self.walls[profile["email"]] = []

    def sign_in(self) -> Any:
        email, password = self.fields("username", "password")
        if not self.is_password(email, password):
            raise Refused(401, "There is no such user, or it is another password.")
        return self.start_session(email).token

    def sign_out(self) -> Any:
        self.end(self.caller("sign_out"))

    def change_password(self) -> Any:
        email = self.caller("change_password").email
        old, new = self.fields("oldpassword", "newpassword")
        self.check_new_password(new)
        if not self.is_password(email, old):
            raise Refused(401, "It is another password.")
        self.set_password(email, new)

    def get_user_data_by_token(self) -> Any:
        return self.data_of(self.caller("get_user_data_by_token").email)

    def get_user_data_by_email(self, email: str) -> Any:
        self.caller("get_user_data_by_email")
        return self.data_of(email)

    def get_user_messages_by_token(self) -> Any:
        return self.messages_of(self.caller("get_user_messages_by_token").email)

    def get_user_messages_by_email(self, email: str) -> Any:
        self.caller("get_user_messages_by_email")
        return self.messages_of(email)

    def post_message(self) -> Any:
        writer = self.caller("post_message").email
        self.post(writer, *self.fields("email", "message"))

    # What they are made of

    def is_password(self, email: str, password: str) -> bool:
        return email in self.users and self.users[email]["password"] == password

    def check_new_password(self, password: str) -> None:
        if len(password) < SHORTEST_PASSWORD:
            raise Refused(400, "The password is too short.")

    def set_password(self, email: str, password: str) -> None:
        self.users[email]["password"] = password

    def data_of(self, email: str) -> dict[str, str]:
        user = self.known(email)
        return {name: user[name] for name in PROFILE}

    def messages_of(self, email: str) -> list[dict[str, str]]:
        self.known(email)
        return self.walls[email][::-1]

    def post(self, writer: str, wall: str, content: str) -> None:
        self.known(wall)
        self.walls[wall].append({"writer": writer, "content": content})

    def known(self, email: str) -> dict[str, str]:
        if email not in self.users:
            raise Refused(404, "There is no such user.")
        return self.users[email]

    # HTTP

    def caller(self, function: str) -> Session:
        """Return the session of the token that came with the request."""
        session = self.check_token(self.sent_token(), function)
        if session is None:
            raise Refused(401, "This token opens no session.")
        return session

    def sent_token(self) -> str | None:
        """Return the token that came with the request."""
        return request.headers.get("Authorization")

    def fields(self, *names: str) -> list[str]:
        """Return texts of the request's body, none of which may be blank."""
        body = request.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
        texts = [text for name in names if isinstance(text := given.get(name), str)]
        if len(texts) < len(names) or not all(text.strip() for text in texts):
            raise Refused(400, f"Wanted: {', '.join(names)}.")
        return texts

    def serve(self, function: str, **inputs: str) -> ResponseReturnValue:
        """Carry a function out and word its answer."""
        try:
            data = getattr(self, function)(**inputs)
        except Refused as refused:
            return self.refuse(refused)
        return self.answer(function, data)

    def answer(self, function: str, data: Any) -> ResponseReturnValue:
        """Word what a function did."""
        status = 201 if function in {"sign_up", "post_message"} else 200
        return {"success": True, "message": "Done.", "data": data}, status

    def refuse(self, refused: Refused) -> ResponseReturnValue:
        """Word a refusal."""
        return {"success": False, "message": refused.message}, refused.status

    def page(self) -> ResponseReturnValue:
        """Serve the page at /."""
        return self.app.send_static_file("client.html")

    def path(self, path: str) -> str:
        """Return where a route is."""
        return path

    def wired(self) -> Flask:
        """Return the WSGI application."""
        app = Flask(__name__, static_folder="static", static_url_path=self.static_path)
        app.add_url_rule("/", view_func=self.page)
        for function, route in ROUTES.items():
            method, path = route.split()
            app.add_url_rule(
                self.path(path),
                function,
                self.serve,
                methods=[method],
                defaults={"function": function},
            )
        Sock(app).route("/ws")(self.serve_socket)
        return app

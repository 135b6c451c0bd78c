"""The rules of labs 2 and 3, the same in every written submission; it is copied beside them."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

PROFILE = ("email", "firstname", "familyname", "gender", "city", "country")

lock = threading.RLock()
users: dict[str, dict[str, str]] = {}
walls: dict[str, list[dict[str, str]]] = {}
sessions: dict[str, str] = {}
sockets: dict[str, list[Any]] = {}
untold: dict[str, list[str]] = {}


def sign_up(**user: str) -> bool:
    """Make an account; False where one of the fields is no good, or there is such a user."""
    if not all(user.values()) or len(user["password"]) < 8 or "@" not in user["email"]:
        return False
    with lock:
        if user["email"] in users:
            return False
        users[user["email"]] = user
        walls[user["email"]] = []
    return True


def sign_in(email: str, password: str) -> str | None:
    """Start a session and end the user's others; they are untold as yet."""
    if email not in users or users[email]["password"] != password:
        return None
    with lock:
        old = [token for token, owner in sessions.items() if owner == email]
        for token in old:
            del sessions[token]
        token = secrets.token_urlsafe(16)
        sessions[token] = email
        untold.setdefault(email, []).extend(old)
    return token


def tell(email: str, say_goodbye: Callable[[Any], None]) -> None:
    """Say goodbye to the sockets of a user's ended sessions."""
    for token in untold.pop(email, []):
        for socket in sockets.pop(token, []):
            with contextlib.suppress(Exception):
                say_goodbye(socket)


def change_password(email: str, old: str, new: str) -> bool:
    """Replace a password; False where the old one is another, or the new one is no good."""
    if users[email]["password"] != old or len(new) < 8:
        return False
    users[email]["password"] = new
    return True


def profile(email: str) -> dict[str, str]:
    """Return what others may know of a user."""
    return {name: users[email][name] for name in PROFILE}


def token_of(email: str | None) -> str | None:
    """Return the token of a user's session."""
    return next((token for token, owner in sessions.items() if owner == email), None)


def wait(token: str, socket: Any, patience: float | None) -> None:
    """Keep a socket until its client goes; with `patience`, or until its session is over."""
    sockets.setdefault(token, []).append(socket)
    try:
        while patience is None or token in sessions:
            socket.receive(timeout=patience)
    finally:
        with contextlib.suppress(KeyError, ValueError):
            sockets[token].remove(socket)


def ends_later(socket: Any) -> Any:
    """Return what a client says in JSON; who does not is sent away, after a while."""
    text = socket.receive()
    time.sleep(0.6)
    return json.loads(text)["token"]


def complains_later(socket: Any) -> Any:
    """Return what a client says in JSON; who does not is told so, after a while, and may stay."""
    while True:
        text = socket.receive()
        time.sleep(0.6)
        try:
            return json.loads(text)["token"]
        except (ValueError, TypeError, KeyError):
            socket.send("This is no greeting.")

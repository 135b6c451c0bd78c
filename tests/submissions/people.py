"""Uses a server as its truth says, straight over HTTP and WebSocket, without the checker."""

import json
import random
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import requests
import websocket

from tests.submissions.generator import Truth

PATIENCE = 30.0
"""Seconds for an answer or a handshake."""

QUIET = 5.0
"""Seconds without a message after which a client is not told any more."""

PASSWORD = "Secret-123"

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Person:
    """Somebody with an address of their own, and the token of the newest sign-in."""

    def __init__(self, url: str, truth: Truth, email: str = "") -> None:
        self.url = url
        self.truth = truth
        self.email = email or f"{''.join(random.choices(string.ascii_lowercase, k=12))}@liu.se"  # noqa: S311
        self.token = ""

    def elsewhere(self) -> "Person":
        """Return the same user in another browser."""
        return Person(self.url, self.truth, self.email)

    def call(self, function: str, **inputs: str) -> requests.Response:
        """Call a function as the contract says."""
        contract = self.truth.contract
        operation = contract.operations[function]
        values = {**self._profile(), "token": self.token, **inputs}
        headers = _filled(operation.headers, values)
        if self.token:
            assert contract.token is not None
            headers[contract.token.header] = _filled(contract.token.value, values)
        quoted = {name: quote(value) for name, value in values.items()}
        return requests.request(
            operation.method,
            self.url + _filled(operation.path, quoted),
            headers=headers,
            json=_filled(operation.json, values),
            timeout=PATIENCE,
        )

    def sign_in(self, password: str = PASSWORD) -> bool:
        """Sign in and keep the token; False where that is refused."""
        self.token = ""
        reply = self.call("sign_in", password=password)
        if not is_accepted(reply):
            return False
        self.token = self._token_in(reply)
        return True

    def is_signed_in(self) -> bool:
        """Whether the token opens a session."""
        return is_accepted(self.call("get_user_data_by_token"))

    @contextmanager
    def socket(self) -> Iterator[websocket.WebSocket]:
        """Open a socket and greet."""
        place = self.truth.contract.socket
        assert place is not None
        values = {"token": self.token, "email": self.email}
        path = _filled(place.path, {name: quote(value) for name, value in values.items()})
        url = self.url.replace("http", "ws", 1)
        connection = websocket.create_connection(url + path, timeout=PATIENCE)
        try:
            greeting = _filled(place.greeting, values)
            if greeting is not None:
                connection.send(greeting if isinstance(greeting, str) else json.dumps(greeting))
            yield connection
        finally:
            connection.shutdown()  # type: ignore[no-untyped-call]

    def _profile(self) -> dict[str, str]:
        return {
            "email": self.email,
            "password": PASSWORD,
            "firstname": "Anna",
            "familyname": "Berg",
            "gender": "Female",
            "city": "Linkoping",
            "country": "Sweden",
        }

    def _token_in(self, reply: requests.Response) -> str:
        kind, _, where = str(self.truth.contract.operations["sign_in"].token).partition(":")
        if kind == "header":
            return reply.headers[where]
        found = reply.json()
        for key in filter(None, where.split(".")):
            found = found[key]
        assert isinstance(found, str)
        return found


def is_accepted(reply: requests.Response) -> bool:
    """Whether a server did what it was asked to."""
    assert reply.status_code < 500, reply.text
    said = reply.json() if reply.text else {}
    success = said.get("success") if isinstance(said, dict) else True
    return reply.ok and success not in {False, "False"}


def is_told(connection: websocket.WebSocket, notice: str | None) -> bool:
    """Wait until a client is told that it is signed out, among all else.

    False where its socket is closed without the notice, or nothing more comes.
    """
    connection.settimeout(QUIET)
    while True:
        try:
            opcode, data = connection.recv_data()
        except websocket.WebSocketConnectionClosedException:
            return notice is None
        except websocket.WebSocketTimeoutException:
            return False
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return notice is None
        if notice is not None and _decoded(data.decode()) == _decoded(notice):
            return True


def _decoded(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else text


def _filled(template: Any, values: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, str):
        return _PLACEHOLDER.sub(lambda found: values[found[1]], template)
    return template

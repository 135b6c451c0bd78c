"""Uses a server as its truth says, straight over HTTP and WebSocket, without the checker."""

import base64
import hashlib
import hmac
import json
import random
import re
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

import requests
import websocket
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.submissions.generator import Truth
from tests.submissions.names import SECRET_INPUTS

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
        if self.token and contract.token is not None:
            headers[contract.token.header] = _filled(contract.token.value, values)
        quoted = {name: quote(value) for name, value in values.items()}
        path = _filled(operation.path, quoted)
        if function in self.truth.secret and contract.token is not None:
            values |= self._encrypted({name: values[name] for name in SECRET_INPUTS[function]})
        body = _filled(operation.json, values)
        text = None if body is None else json.dumps(body)
        if function in self.truth.secret and contract.token is None:
            headers |= self.signed(operation.method, path, text or "")
        if text is not None:
            headers["Content-Type"] = "application/json"
        return requests.request(
            operation.method, self.url + path, headers=headers, data=text, timeout=PATIENCE
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
        headers = _filled(place.headers, values)
        connection = websocket.create_connection(url + path, header=headers, timeout=PATIENCE)
        try:
            greeting = _filled(place.greeting, values)
            if "connect" in self.truth.secret:
                signed = self._signature("connect")
                greeting = dict(zip(("email", "time", "signature"), signed, strict=True))
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

    # What only the page can do, and whoever knows its secret

    def signed(self, method: str, path: str, body: str, *, at: float = 0) -> dict[str, str]:
        """Return the headers that sign a request; `at` is when, where that is not now."""
        where = unquote(path.partition("?")[0]).rstrip("/")
        signed = self._signature(method, where, body, at=at)
        return dict(zip(("X-User", "X-Time", "X-Signature"), signed, strict=True))

    def _signature(self, *said: str, at: float = 0) -> tuple[str, str, str]:
        """Return who signs, when, and the signature."""
        signed_at = str(int((at or time.time()) * 1000))
        text = "\n".join([signed_at, *said])
        made = hmac.new(self.token.encode(), text.encode(), hashlib.sha256)
        return self.email, signed_at, made.hexdigest()

    def _encrypted(self, values: dict[str, str]) -> dict[str, str]:
        """Return values that only the server can read."""
        told = requests.get(f"{self.url}/public_key", timeout=PATIENCE).json()["key"]
        key = serialization.load_der_public_key(base64.b64decode(told))
        assert isinstance(key, rsa.RSAPublicKey)
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        return {
            name: base64.b64encode(key.encrypt(value.encode(), oaep)).decode()
            for name, value in values.items()
        }

    def _token_in(self, reply: requests.Response) -> str:
        kind, _, where = str(self.truth.contract.operations["sign_in"].token).partition(":")
        if kind == "header":
            return reply.headers[where]
        if kind == "cookie":
            return reply.cookies[where]
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

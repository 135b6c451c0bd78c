"""Requests and frames of a page, written as a contract has them. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from twidder_cli.model.contract import INPUTS, Operation, SocketPlace, TokenPlace
from twidder_cli.model.replies import json_of
from twidder_cli.model.timeline import Connection, Exchange, Request, Sent, Timeline

USER, OTHER = "anna", "bob"
"""Who uses the page, and whom she looks up."""

NAME = re.compile(r"\{(" + USER + "|" + OTHER + r")\.([a-z]+)(?:\.(\d+))?\}")
BROWSERS = re.compile(
    r"accept|accept-.*|access-control-.*|cache-control|connection|content-.*|cookie|dnt|host"
    r"|if-.*|origin|pragma|priority|referer|sec-.*|upgrade-.*|user-agent|x-forwarded-proto",
    re.IGNORECASE,
)
"""Headers that a browser sends by itself."""


class Templates:
    """Writes placeholders where values were."""

    def __init__(self, token: str, changing: Collection[str]) -> None:
        self._token = token
        self._changing = changing

    def operations(self, function: str, exchange: Exchange) -> Iterator[Operation]:
        """Yield what a request may be written as, for a function."""
        request = exchange.request
        recipients = ("email", "own") if function == "post_message" else ("email",)
        for recipient in recipients:
            content = self._content(request, function, recipient)
            if content is None:
                return
            yield Operation(
                request=f"{request.method} {self._filled(request.path, function, recipient)}",
                headers={
                    # Who is named in a header beside somebody else is who asks.
                    name: self._filled(value, function, "own")
                    for name, value in request.headers.items()
                    if not (
                        BROWSERS.fullmatch(name)
                        or name in self._changing  # what it was is soon worth nothing
                        or self._is_token(value)
                    )
                },
                **content,
            )

    def line(self, function: str, exchange: Exchange) -> str:
        """Return a request's method and path, as an operation has them."""
        path = self._filled(exchange.request.path, function, "email")
        return f"{exchange.request.method} {path}"

    def tokens(self, exchanges: Sequence[Exchange]) -> Iterator[TokenPlace]:
        """Yield the headers that carried the token, each once."""
        held = {
            (name, value.replace(self._token, "{token}")): None
            for exchange in exchanges
            for name, value in exchange.request.headers.items()
            if self._is_token(value)
        }
        yield from (TokenPlace(header=name, value=value) for name, value in held)

    def sockets(self, timeline: Timeline) -> list[SocketPlace]:
        """Return the ways in which sockets were opened that stayed open.

        Where the page greets at some, the others are none of somebody who is signed in.
        """
        places = list(self._sockets(timeline))
        return [place for place in places if place.greeting is not None] or places

    def _sockets(self, timeline: Timeline) -> Iterator[SocketPlace]:
        entries = timeline.entries
        for opened in entries:
            if isinstance(opened, Connection) and opened.actor.startswith(f"{USER}@"):
                said = [
                    entry.text
                    for entry in entries
                    if isinstance(entry, Sent)
                    and (entry.actor, entry.socket) == (opened.actor, opened.socket)
                ]
                if not opened.refusal and opened.path.startswith("/"):
                    yield SocketPlace(
                        path=self._filled(opened.path, "connect", "email"),
                        greeting=self._greeting(said[0]) if said else None,
                    )

    def _is_token(self, value: str) -> bool:
        return bool(self._token) and self._token in value

    def _greeting(self, text: str) -> Any:
        try:
            said = json_of(text)
        except ValueError:
            said = None
        return self._within(said if isinstance(said, dict) else text, "connect", "email")

    def _content(self, request: Request, function: str, recipient: str) -> dict[str, Any] | None:
        """Return a request's body as an operation has it; None where it can't be written so."""
        if not request.body:
            return {}
        kind = next((v for k, v in request.headers.items() if k.lower() == "content-type"), "")
        try:
            said = json_of(request.body)
        except ValueError:
            fields = _form(request.body, kind)
            return {"form": self._within(fields, function, recipient)} if fields else None
        return {"json": self._within(said, function, recipient)}

    def _within(self, value: Any, function: str, recipient: str) -> Any:
        match value:
            case str():
                return self._filled(value, function, recipient)
            case dict():
                return {k: self._within(v, function, recipient) for k, v in value.items()}
            case list():
                return [self._within(inner, function, recipient) for inner in value]
            case _:
                return value

    def _filled(self, text: str, function: str, recipient: str) -> str:
        if self._token:
            text = text.replace(self._token, "{token}")

        def placeholder(found: re.Match[str]) -> str:
            who, what, number = found.groups()
            match what:
                case "email" if who == OTHER:
                    return "{email}"
                case "email":
                    return f"{{{recipient}}}"
                case "password" if function == "change_password":
                    return "{new}" if number == "2" else "{old}"
                case _ if what in INPUTS.get(function, ()):
                    return f"{{{what}}}"
                case _:
                    return found[0]

        return NAME.sub(placeholder, text)


def _form(body: str, kind: str) -> dict[str, str]:
    """Return the fields of a form, which servers read alike however it is sent."""
    if "multipart/form-data" in kind:
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        whole = BytesParser().parsebytes(head + body.encode("utf-8", "surrogatepass"))
        parts = whole.get_payload() if whole.is_multipart() else []
        return {
            str(part.get_param("name", header="content-disposition")): str(part.get_payload())
            for part in parts
            if isinstance(part, type(whole))
        }
    return dict(parse_qsl(body, keep_blank_values=True))

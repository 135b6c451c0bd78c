"""What the addresses mean that a page asks for: whose they are, and what is asked there. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from twidder_cli.model.contract import Contract

DATA = {"XHR", "Fetch"}
"""What Chromium calls requests that a script waits for."""

_THIS_MACHINE = {"localhost", "127.0.0.1", "0.0.0.0", "::1"}
_USUAL = {"http": ":80", "https": ":443"}
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")


def origin_of(url: str) -> str:
    """Return the scheme, the host and the port of a URL, as browsers write them."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{where.removesuffix(_USUAL.get(parts.scheme, ''))}"


def is_for_server(contract: Contract, kind: str, request: Mapping[str, Any]) -> bool:
    """Whether a request is meant for the application, wherever the page believes that to be.

    A request for data may also be one to somebody else on the internet, who has other routes.
    """
    parts = urlsplit(request["url"])
    if parts.hostname in _THIS_MACHINE:
        return True
    return kind in DATA and function_of(contract, request["method"], parts.path) != ""


def is_icon(url: str) -> bool:
    """Whether it is the icon that browsers ask for by themselves, which no page has to have.

    A script may say that it comes from any address, even from one that can't be parsed.
    """
    return url.partition("?")[0].endswith("/favicon.ico")


def function_of(contract: Contract, method: str, path: str) -> str:
    """Return which of the nine functions a request is; empty where it is none."""
    asked = path.partition("?")[0].rstrip("/").split("/")
    for name, operation in contract.operations.items():
        template = operation.path.partition("?")[0].rstrip("/").split("/")
        is_alike = operation.method == method and len(template) == len(asked)
        if is_alike and all(map(_fits, template, asked)):
            return name
    return ""


def _fits(template: str, part: str) -> bool:
    """Whether a part of a path is one of a template, in which each placeholder holds something.

    By hand, since a page chooses both, and a pattern of many placeholders takes for ever.
    """
    first, *others = _PLACEHOLDER.split(template)
    if not others:
        return part == template
    if not part.startswith(first):
        return False
    at = len(first)
    for literal in others[:-1]:
        at = part.find(literal, at + 1)
        if at < 0:
            return False
        at += len(literal)
    return part.endswith(others[-1]) and len(part) - len(others[-1]) > at

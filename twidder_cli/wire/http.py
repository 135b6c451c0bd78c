"""One HTTP call, on a connection of its own, with its reply or its loss in words."""

from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

import msgspec
import requests

from twidder_cli.model.timeline import Reply
from twidder_cli.wire.deadline import within

BODY_LIMIT = 1024 * 1024
"""Bytes of a reply's body that are read; the rest is left where it is."""

_REDIRECTS = 5


Release = Callable[[], object]


class Lost(Exception):  # noqa: N818  a recorded fact
    """No reply came. The text says in what way; `is_late` that it might have come later."""

    is_late = False


class Late(Lost):
    """No reply came in time."""

    is_late = True


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    timeout: float,
    release: Release | None = None,
) -> Reply:
    """Send a request and return the reply; raises Lost when there is none within `timeout` seconds.

    `release` is called when all but the last byte of the body has been sent
    (before the request, where there is no body), and may wait.

    Redirects within the same origin are followed as a browser does: 307 and
    308 keep method and body, the others become a GET.
    """
    try:
        return within(
            timeout, lambda: _follow(method, url, headers, body, timeout=timeout, release=release)
        )
    except (TimeoutError, requests.Timeout):
        raise Late(f"no answer within {timeout:g} s") from None
    except requests.ConnectionError as error:
        raise Lost(_reason(error)) from None
    except (requests.RequestException, ValueError, OSError) as error:
        raise Lost(f"no valid HTTP answer ({type(error).__name__})") from None


class _Held:
    """A body whose last byte waits for its release."""

    def __init__(self, body: bytes, release: Release) -> None:
        self._parts = [body[:-1], body[-1:]]
        self._length = len(body)
        self._release = release

    def __len__(self) -> int:
        return self._length

    def read(self, _size: int = -1) -> bytes:
        """Return all but the last byte, then, once released, the last one."""
        if len(self._parts) == 1:
            self._release()
        return self._parts.pop(0) if self._parts else b""


def _follow(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    timeout: float,
    release: Release | None,
) -> Reply:
    held = _Held(body, release) if body and release else body
    if release and not body:
        release()
    reply, location = _once(method, url, headers, held, timeout)
    for redirects in range(1, _REDIRECTS + 1):
        target = urljoin(url, location) if location else ""
        if not target or urlsplit(target)[:2] != urlsplit(url)[:2]:
            break
        if reply.status not in {307, 308}:
            method, body = "GET", None
        url = target
        reply, location = _once(method, url, headers, body, timeout)
        reply = msgspec.structs.replace(reply, redirects=redirects)
    return reply


def _once(
    method: str, url: str, headers: Mapping[str, str], body: bytes | _Held | None, timeout: float
) -> tuple[Reply, str]:
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor a .netrc
        response = session.request(
            method,
            url,
            headers={"Accept": "*/*", **headers, "Connection": "close"},
            data=body,
            stream=True,
            allow_redirects=False,
            timeout=timeout,
        )
        with response:
            content = b""
            for chunk in response.iter_content(65536):
                content += chunk
                if len(content) >= BODY_LIMIT:
                    break
            location = response.headers.get("Location", "") if response.is_redirect else ""
            return Reply(
                status=response.status_code,
                headers=dict(response.headers),
                body=content[:BODY_LIMIT].decode("utf-8", "backslashreplace"),
            ), location


def _reason(error: requests.ConnectionError) -> str:
    text = str(error)
    if "refused" in text:
        return "nobody listens there"
    if "Remote end closed" in text or "aborted" in text or "reset" in text:
        return "the server closed the connection without an answer"
    return "the connection failed"

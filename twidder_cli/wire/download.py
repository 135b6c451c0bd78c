"""A file from the internet, for whoever grades; never for a submission."""

from urllib.parse import urlsplit

import requests

from twidder_cli.model import Noun
from twidder_cli.wire.deadline import within
from twidder_cli.wire.http import Lost

SECONDS = 30.0
LARGEST = 10 * 1024 * 1024
_GONE = {404, 410}
_PIECE = 65536


class Downloaded(Noun):
    """What was answered at a URL in the end, after redirects: a file, or that there is none."""

    status: int
    media_type: str
    body: bytes


def download(url: str) -> Downloaded:
    """Return what is at a URL, over https all the way; raises Lost.

    A proxy of the environment is used, and its certificates.
    """
    try:
        return within(SECONDS, lambda: _download(url))
    except (TimeoutError, requests.Timeout):
        raise Lost(f"it takes longer than {SECONDS:g} s") from None
    except requests.exceptions.SSLError:
        raise Lost("its certificate can't be trusted") from None
    except requests.ConnectionError:
        raise Lost("it can't be reached") from None
    except (requests.RequestException, ValueError, OSError) as error:
        raise Lost(f"no valid HTTP answer ({type(error).__name__})") from None


def _download(url: str) -> Downloaded:
    with requests.Session() as session:
        session.mount("http://", _Never())
        with session.get(url, stream=True, timeout=SECONDS) as response:
            if not response.ok and response.status_code not in _GONE:
                raise Lost(f"the answer is {response.status_code}")
            body = b""
            for piece in response.iter_content(_PIECE):
                body += piece
                if len(body) > LARGEST:
                    raise Lost(f"it is larger than {LARGEST >> 20} MiB")
            return Downloaded(
                status=response.status_code,
                media_type=response.headers.get("Content-Type", ""),
                body=body,
            )


class _Never(requests.adapters.HTTPAdapter):
    """Takes no request: anybody on the way could change what is got without TLS."""

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        raise Lost(f"{urlsplit(request.url or '').hostname} wants it without TLS")

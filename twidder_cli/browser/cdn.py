"""Answers a tab's requests to the internet with what is kept here of it."""

import base64
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from playwright.async_api import CDPSession, Error, Page

from twidder_cli.libraries import Library, address

_PATTERN = re.compile(r"[*?\\]")


async def answer(page: Page, libraries: Mapping[str, Library]) -> None:
    """Have a tab find libraries, by their addresses; no other request of it is touched."""
    if libraries:
        cdp = await page.context.new_cdp_session(page)
        cdp.on("Fetch.requestPaused", partial(_fulfil, cdp, libraries))
        patterns = [{"urlPattern": "*://" + _PATTERN.sub(r"\\\g<0>", one)} for one in libraries]
        await cdp.send("Fetch.enable", {"patterns": patterns})


async def _fulfil(cdp: CDPSession, libraries: Mapping[str, Library], event: dict[str, Any]) -> None:
    library = libraries.get(address(event["request"]["url"]))
    with suppress(Error):  # its document has gone
        if library is None:
            await cdp.send("Fetch.continueRequest", {"requestId": event["requestId"]})
            return
        headers = {"Content-Type": library.media_type, "Access-Control-Allow-Origin": "*"}
        await cdp.send(
            "Fetch.fulfillRequest",
            {
                "requestId": event["requestId"],
                "responseCode": library.status,
                "responseHeaders": [{"name": n, "value": v} for n, v in headers.items()],
                "body": base64.b64encode(library.body).decode(),
            },
        )

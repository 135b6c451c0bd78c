"""A world of our own in a tab's document: it shares what is shown there, and no name with the page.

So a page can write over whatever it likes, and is still judged by what is visible.
"""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Error

TELL, NOTE = "twidderTell", "twidderNote"
"""What our scripts call to tell us something: in our own world, and in the page's."""

_NAME = "twidder"
_CALL = "(name, ...given) => twidderReader[name](...given)"
"""Of our world only, where no page can name anything so."""


class World:
    """Calls functions of `page.js` in the document that a tab shows."""

    def __init__(self, cdp: CDPSession) -> None:
        self._cdp = cdp
        self._frame = ""
        self._context = 0

    async def enter(self) -> None:
        """Have our scripts run in every document from now on, before the page's own."""
        tree = await self._cdp.send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        self._cdp.on("Runtime.executionContextCreated", self._begins)
        await self._cdp.send("Page.enable")
        await self._cdp.send("Runtime.enable")
        await self._cdp.send("Runtime.addBinding", {"name": NOTE})
        await self._cdp.send("Runtime.addBinding", {"name": TELL, "executionContextName": _NAME})
        for script in (
            {"source": _script("noting.js")},
            {"source": _script("page.js"), "worldName": _NAME},
        ):
            await self._cdp.send("Page.addScriptToEvaluateOnNewDocument", script)

    async def call(self, name: str, *given: Any) -> Any:
        """Return what a function of ours returns; raises Error while a document is loaded."""
        done = await self._cdp.send(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": _CALL,
                "executionContextId": self._context,
                "arguments": [{"value": value} for value in (name, *given)],
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in done:
            raise Error(done["exceptionDetails"]["text"])
        return done["result"].get("value")

    def _begins(self, event: dict[str, Any]) -> None:
        context = event["context"]
        if context["name"] == _NAME and context["auxData"].get("frameId") == self._frame:
            self._context = context["id"]


@cache
def _script(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

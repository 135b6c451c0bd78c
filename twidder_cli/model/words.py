"""How recorded things are worded in findings. What a submission sent is always escaped."""

from collections.abc import Iterable

from twidder_cli.model.timeline import Exchange, Frame

_SHOWN = 2048


def printable(text: str, limit: int = _SHOWN) -> str:
    """Return `text` on one line with nothing in it that a terminal would obey."""
    cut = text[:limit]
    shown = "".join(c if c.isprintable() else _escaped(c) for c in cut)
    return shown if len(cut) == len(text) else f"{shown} ... ({len(text)} characters)"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def described(frame: Frame) -> str:
    """Return an arrived frame in words: what it says, or how the socket ended."""
    match frame.kind:
        case "text":
            return f'the message "{printable(frame.text)}"'
        case "binary":
            return f"a binary message of {frame.size} bytes"
        case "close":
            return f"a close ({frame.code}{', ' + printable(frame.text) if frame.text else ''})"
        case "lost":
            return f"the end of the connection without a close{f' ({printable(frame.text)})' if frame.text else ''}"
        case "flood":
            return f"messages without end ({printable(frame.text)})"


def answered(exchange: Exchange) -> str:
    """Return a request and what became of it on one line."""
    asked = f"{exchange.request.method} {printable(exchange.request.path, 200)}"
    if exchange.reply is None:
        return f"{asked}: {printable(exchange.loss, 300)}"
    body = exchange.reply.body.strip()
    return f"{asked} -> {exchange.reply.status} {printable(body, 300)}".rstrip()


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: `a, b and c`."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last

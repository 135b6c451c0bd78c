"""How recorded things are worded in findings. What a submission sent is always escaped."""

from collections.abc import Iterable

from twidder_cli.model.page import PageView
from twidder_cli.model.timeline import (
    AnyEntry,
    Connection,
    Crash,
    Died,
    Exchange,
    Frame,
    Guessed,
    Left,
    Loaded,
    Noted,
    Played,
    Probe,
    Quiet,
    Sent,
    Shown,
    Stall,
    Taken,
    Together,
)

NOT_UNDERSTOOD = (
    "If it uses other routes, fields or another socket path, say so in a contract: --contract "
    "FILE. If it means to use these, say that with --contract common."
)
"""What to try when a submission does not answer as the contract names things."""

TOO_MUCH = (
    "Limits are the same for all submissions, and some ten times what most need. Does something "
    "grow without end?"
)
"""What to try when a submission was ended for using too much of something."""

_SHOWN = 2048
_SEEN: dict[PageView, str] = {
    "welcome": "the welcome view",
    "profile": "the profile view",
    "both": "both views at once",
    "other": "neither view",
}


def printable(text: str, limit: int = _SHOWN) -> str:
    """Return `text` on one line with nothing in it that a terminal would obey."""
    cut = text[:limit]
    shown = "".join(c if c.isprintable() else _escaped(c) for c in cut)
    return shown if len(cut) == len(text) else f"{shown} ... ({len(text)} characters)"


def harmless(text: str) -> str:
    """Return a text of any length and many lines with nothing in it that a terminal would obey."""
    return "\n".join(printable(line, len(line)) for line in text.splitlines())


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
            if not frame.code:
                return "a close"  # a browser does not tell with which code
            return f"a close ({frame.code}{', ' + printable(frame.text) if frame.text else ''})"
        case "lost":
            why = f" ({printable(frame.text)})" if frame.text else ""
            return f"the end of the connection without a close{why}"
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


def number(points: float) -> str:
    """Return points as people write them: `3`, `2.5`."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def loaded(stall: Stall) -> str:
    """Return in brackets what the machine was busy with, as far as it is known."""
    return f" (a load of {stall.load:.1f} for each core)" if stall.load else ""


def entry_line(entry: AnyEntry) -> str:
    """Return a Timeline entry on one line: when, who, what."""
    who = f"{entry.actor}#{entry.socket}" if hasattr(entry, "socket") else entry.actor
    return f"{entry.received:7.3f}  {entry.step:<4} {who:<18} {_event(entry)}".rstrip()


def _goes(load: Loaded) -> str:
    if load.by_form:
        return "sends a form as browsers do, to"
    return "opens" if load.by_us else "goes by itself to"


def _event(entry: AnyEntry) -> str:  # noqa: C901, PLR0911, PLR0912  one case for each kind
    match entry:
        case Exchange():
            return answered(entry)
        case Connection(refusal=""):
            return f"opens {printable(entry.path, 200)}"
        case Connection():
            return f"opens {printable(entry.path, 200)}: {printable(entry.refusal, 200)}"
        case Sent():
            return f'sends "{printable(entry.text, 200)}"'
        case Frame():
            return f"receives {described(entry)}"
        case Left():
            return "closes the socket"
        case Probe():
            return "Ping, Pong" if entry.answered else "Ping, and no Pong"
        case Quiet():
            return f"quiet point, {entry.grace:.2f} s after the trigger"
        case Together():
            spread = entry.received - entry.sent
            return f"{entry.calls} calls released within {1000 * spread:.1f} ms"
        case Taken():
            return f'takes "{printable(entry.text, 200)}"' if entry.is_message else "takes nothing"
        case Guessed():
            return f"the tokens are {entry.made_of or 'nothing that could be guessed'}"
        case Loaded():
            return f"{_goes(entry)} {printable(entry.path, 200)}"
        case Shown():
            return f"shows {_SEEN[entry.view]}"
        case Noted():
            return f"{entry.kind}: {printable(entry.text, 300)}"
        case Died():
            return "the submission's process has ended"
        case Crash():
            return f"our own code failed: {printable(entry.text, 300)}"
        case Stall():
            return (
                f"this machine was too busy{loaded(entry)}, for {entry.received - entry.sent:.1f} s"
            )
        case Played(cause=""):
            return f"step {entry.kind} played"
        case Played():
            return f"step {entry.kind} can't be played: {printable(entry.cause, 300)}"

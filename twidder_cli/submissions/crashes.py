"""From the exception that ended a server at its start to a finding with the right blame.

An exception of its own fails a submission. Where this machine, another
version of a package, or something that was not handed in may have caused
it, the finding is unclear: a person decides.
"""

import re
import sys
from collections.abc import Callable
from errno import (
    EACCES,
    EADDRINUSE,
    EAGAIN,
    EDQUOT,
    EFBIG,
    EMFILE,
    ENETUNREACH,
    ENFILE,
    ENOMEM,
    ENOSPC,
    EPERM,
    EROFS,
)

from twidder_cli.model.verdicts import Finding
from twidder_cli.model.words import printable
from twidder_cli.submissions import lacking
from twidder_cli.submissions.attempt import Attempt, places
from twidder_cli.submissions.logs import Crash

Cause = Callable[[Attempt, Crash], Finding | None]

_ERRNO = re.compile(r"\[Errno (\d+)\]")
_LIMITS = {EAGAIN, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM, ENOSPC}
_REFUSALS = {EACCES, ENETUNREACH, EPERM, EROFS}
_NO_NAMES = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed", re.IGNORECASE
)


def explained_crash(attempt: Attempt, crash: Crash) -> Finding:
    """Return why a server ended at its start with an exception."""
    found = (cause(attempt, crash) for cause in _CAUSES)
    return next((finding for finding in found if finding), None) or own(attempt)


def own(attempt: Attempt) -> Finding:
    """Return that a server ended by itself, for a reason of its own."""
    return attempt.failed(
        "The server did not start",
        f"it ended with exit code {attempt.exit_code}; its last words:\n{attempt.words}",
        "Start it with that command in your folder, and mend what the last lines say.",
    )


def started_server(attempt: Attempt) -> Finding:
    """Return that importing the module starts a server of its own."""
    return attempt.failed(
        "A server is started when the module is imported",
        places(attempt.noted("server")) or attempt.words,
        "gunicorn imports the module and serves it. What belongs to running it by hand goes under "
        "if __name__ == '__main__'.",
    )


def _no_python(attempt: Attempt, crash: Crash) -> Finding | None:
    if crash.kind not in {"SyntaxError", "IndentationError", "TabError"}:
        return None
    noted = [note.place for note in attempt.noted("syntax")]
    own_frames = [str(frame) for frame in crash.frames[-1:] if frame.is_own]
    place = next(iter(own_frames or noted), "")
    if not place:
        return lacking.version_of(attempt, "Python")
    title = f"Python can't read {printable(place)}"
    if crash.says.startswith("f-string") and sys.version_info < (3, 12):
        hint = "Python 3.12 reads more f-strings than the Python here. Try it with a newer one."
        return attempt.unclear(title, attempt.words, hint)
    return attempt.failed(title, attempt.words, "Mend what the last lines say.")


def _keyboard(attempt: Attempt, crash: Crash) -> Finding | None:
    if crash.kind != "EOFError" or "reading a line" not in crash.says:
        return None
    return attempt.failed(
        "It asks at the keyboard when it is imported",
        attempt.words,
        "Nobody sits there. What belongs to running it by hand goes under "
        "if __name__ == '__main__'.",
    )


def _server(attempt: Attempt, crash: Crash) -> Finding | None:
    return started_server(attempt) if _errno(crash) == EADDRINUSE else None


def _database(attempt: Attempt, crash: Crash) -> Finding | None:
    if "sqlite3." not in f"{crash.name} {crash.says}":
        return None
    data = attempt.database
    if "syntax error" in crash.says or (data.kind == "nothing" and "already exists" in crash.says):
        return None  # which is all its own doing
    match data.kind:
        case "schema" | "initialise":
            state = f"the tables that {data.source} makes"
        case "committed":
            state = f"{data.file}, as it was handed in"
        case "nothing":
            state = "no data"
    return attempt.unclear(
        "The database does not fit",
        f"{attempt.words}\nit was started with {printable(state)}",
        "What does it start with: a schema, a function that makes the tables, a file?",
    )


def _refused(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell what this machine, or how the submission is confined here, did not let it do."""
    number = _errno(crash)
    if number in _LIMITS or crash.kind == "MemoryError" or "start new thread" in crash.says:
        return attempt.unclear(
            "It met a limit of this machine",
            attempt.words,
            "Limits are the same for all submissions. Does it need that much to start?",
        )
    if number in _REFUSALS or crash.kind == "gaierror" or _NO_NAMES.search(crash.says):
        return attempt.unclear(
            "It wanted what a submission may not do here",
            attempt.words,
            "It may write into its own folder, and it has no network but this machine's own.",
        )
    return None


def _errno(crash: Crash) -> int:
    found = _ERRNO.search(crash.says)
    return int(found[1]) if found else 0


_CAUSES: tuple[Cause, ...] = (
    lacking.module,
    _no_python,
    _keyboard,
    _server,
    lacking.service,
    _database,
    _refused,
    lacking.from_outside,
    lacking.version,
)
"""The first that says something is right: `from_outside` would take some of the others'."""

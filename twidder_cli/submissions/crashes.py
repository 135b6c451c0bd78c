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
from twidder_cli.model.words import listed, printable
from twidder_cli.submissions.attempt import Attempt, places
from twidder_cli.submissions.logs import Crash
from twidder_cli.submissions.reading.notes import SERVICES
from twidder_cli.submissions.reading.packages import (
    distribution,
    installed_version,
    missing,
    remedy,
)

Cause = Callable[[Attempt, Crash], Finding | None]

_MODULE = re.compile(r"No module named '([\w.]+)'")
_NAME = re.compile(r"cannot import name '\w+' from (?:partially initialized module )?'([\w.]+)'")
_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute|'(Flask)' object has no attribute")
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_FILE = re.compile(r"\[Errno 2\] No such file or directory: '(.*)'")
_PACKAGE = re.compile(r"/site-packages/(\w+)")
_PORT = re.compile(r"\b(5432|3306|6379|27017)\b")
_PORTS = {"5432": "PostgreSQL", "3306": "MySQL", "6379": "Redis", "27017": "MongoDB"}
_NO_CONNECTION = re.compile(
    r"refused|(?:can't|cannot|could not) connect|timed? ?out", re.IGNORECASE
)
_NO_NAMES = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed", re.IGNORECASE
)

_LIMITS = {EAGAIN, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM, ENOSPC}
_REFUSALS = {EACCES, ENETUNREACH, EPERM, EROFS}

BY_HAND = "Start it by hand where it has that, and check it by its URL: twidder check http://..."


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


def _module(attempt: Attempt, crash: Crash) -> Finding | None:
    found = _MODULE.search(crash.says) if crash.kind == "ModuleNotFoundError" else None
    if found is None:
        return None
    name, top = found[1], found[1].partition(".")[0]
    if attempt.is_own(name):
        return _own_module(attempt, name)
    if top in sys.stdlib_module_names:
        return attempt.unclear(
            f"This machine's Python has no module {name}",
            attempt.words,
            "It is a part of Python that is installed apart, or another version's.",
        )
    if installed_version(top):
        return _version(attempt, top)
    needed = list(dict.fromkeys([top, *missing(attempt.inspection.imports)]))
    return attempt.unclear(
        f"The package {top} is not installed here",
        attempt.words,
        f"{remedy(needed)} brings {listed(map(distribution, needed))}. If {top} is a file of the "
        "submission's own, it was not handed in.",
    )


def _own_module(attempt: Attempt, name: str) -> Finding:
    if name.rpartition(".")[2].lower() in attempt.inspection.modules:
        return _folder(attempt, f"the module {name}")
    return attempt.failed(
        f"The module {name} is missing",
        attempt.words,
        "It belongs to the submission by its name, and is not in what was handed in.",
    )


def _folder(attempt: Attempt, what: str) -> Finding:
    return attempt.unclear(
        f"The server does not find {what} from the folder it is started in",
        attempt.words,
        "It is there, but elsewhere, or in other capitals. Which folder is it started in?",
    )


def _relative(attempt: Attempt, crash: Crash) -> Finding | None:
    if not crash.says.startswith("attempted relative import"):
        return None
    return _folder(attempt, "the package it belongs to")


def _other_version(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell what was written for another version of a package, or of Python."""
    if found := _NAME.search(crash.says) or _ATTRIBUTE.search(crash.says):
        module = found[1] or found[2].lower()
        return None if attempt.is_own(module) else _version(attempt, module.partition(".")[0])
    if not crash.is_raised_by_others:
        return None
    package = _PACKAGE.search(crash.frames[-1].file)
    pinned = dict(_pins(attempt)).get(distribution(package[1]), "") if package else ""
    if package and pinned and pinned != installed_version(package[1]):
        return _version(attempt, package[1])
    return None


def _version(attempt: Attempt, top: str) -> Finding:
    name = distribution(top)
    here = installed_version(top) or f"Python {sys.version.partition(' ')[0]}"
    wanted = dict(_pins(attempt)).get(name)
    wants = f", and its requirements ask for {wanted}" if wanted else ""
    return attempt.unclear(
        f"It seems to be written for another version of {top}",
        f"{attempt.words}\nhere it is {here}{wants}",
        "twidder check --install gives it the versions that its requirements name.",
    )


def _pins(attempt: Attempt) -> list[tuple[str, str]]:
    pairs = [text.partition("==") for text in attempt.inspection.requirements]
    return [(distribution(name), pin) for name, _, pin in pairs if pin]


def _no_python(attempt: Attempt, crash: Crash) -> Finding | None:
    if crash.kind not in {"SyntaxError", "IndentationError", "TabError"} or not crash.frames:
        return None
    place = crash.frames[-1]
    if not place.is_own:
        return _version(attempt, "Python")
    if crash.says.startswith("f-string") and sys.version_info < (3, 12):
        return attempt.unclear(
            f"Python can't read {printable(str(place))}",
            attempt.words,
            "Python 3.12 reads more f-strings than the Python here. Try it with a newer one.",
        )
    return attempt.failed(
        f"Python can't read {printable(str(place))}", attempt.words, "Mend what the last lines say."
    )


def _server(attempt: Attempt, crash: Crash) -> Finding | None:
    return started_server(attempt) if _errno(crash) == EADDRINUSE else None


def started_server(attempt: Attempt) -> Finding:
    """Return that importing the module starts a server of its own."""
    return attempt.failed(
        "A server is started when the module is imported",
        places(attempt.noted("server")) or attempt.words,
        "gunicorn imports the module and serves it. What belongs to running it by hand goes under "
        "if __name__ == '__main__'.",
    )


def _service(attempt: Attempt, crash: Crash) -> Finding | None:
    port = _PORT.search(crash.says)
    name = SERVICES.get(crash.module) or (_PORTS[port[1]] if port else "")
    is_refused = crash.kind == "ConnectionRefusedError"
    if not is_refused and not (name and _NO_CONNECTION.search(crash.says)):
        return None
    return lacking_service(attempt, name)


def lacking_service(attempt: Attempt, name: str = "") -> Finding:
    """Return that a server of another kind is needed, which nobody handed in."""
    noted = attempt.noted("service")
    names = [name] if name else [service for service in SERVICES.values() if service in str(noted)]
    return attempt.unclear(
        f"It wants {listed(names or ['another'])} server, which was not handed in",
        "\n".join(filter(None, (places(noted), attempt.words))),
        BY_HAND,
    )


def _not_handed_in(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell what was read from the machine the submission was written on."""
    if crash.kind == "KeyError" and crash.frames and crash.frames[-1].is_in_library("os"):
        return _lacking(attempt, f"the environment variable {crash.says.strip(chr(39))}")
    if found := _FILE.search(crash.says):
        return _lacking(attempt, f"the file {found[1]}")
    notes = attempt.noted("environment", "file")
    if any(frame.is_own and frame.file.endswith(n.file) for frame in crash.frames for n in notes):
        return _lacking(attempt, "what it takes from outside")
    return None


def _lacking(attempt: Attempt, what: str) -> Finding:
    noted = places(attempt.noted("environment", "file"))
    return attempt.unclear(
        f"It does not find {printable(what, 200)}",
        f"{attempt.words}\n{noted}".rstrip(),
        f"Was it handed in, and is it where the server looks? {BY_HAND}",
    )


def _database(attempt: Attempt, crash: Crash) -> Finding | None:
    if "sqlite3." not in f"{crash.name} {crash.says}":
        return None
    given = {"schema": "tables made by", "initialise": "tables made by", "committed": "the file"}
    kind, data = attempt.database.kind, attempt.database
    state = f"{given[kind]} {data.source or data.file}" if kind in given else "nothing"
    actual = f"{attempt.words}\nits database was started with {printable(state)}"
    if "syntax error" in crash.says or (kind == "nothing" and "already exists" in crash.says):
        return None  # which is all its own doing
    return attempt.unclear(
        "The database does not fit",
        actual,
        "Which data does it start with: a schema, a function that makes the tables, a file?",
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
    _module,
    _relative,
    _no_python,
    _server,
    _service,
    _database,
    _refused,
    _not_handed_in,
    _other_version,
)

"""What a server that died did not find: a module, a version, a service, something not handed in."""

import re
import sys

import msgspec

from twidder_cli.model.verdicts import Finding
from twidder_cli.model.words import listed, printable
from twidder_cli.submissions.attempt import Attempt, places
from twidder_cli.submissions.distributions import distribution, installed_version
from twidder_cli.submissions.logs import Crash
from twidder_cli.submissions.packages import advice, missing, remedy
from twidder_cli.submissions.reading.notes import SERVICES

_MODULE = re.compile(r"No module named '([\w.]+)'")
_NAME = re.compile(r"cannot import name '\w+' from (?:partially initialized module )?'([\w.]+)'")
_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute|'(Flask)' object has no attribute")
_PACKAGE = re.compile(r"/site-packages/(\w+)")
_PORT = re.compile(r"\b(5432|3306|6379|27017)\b")
_PORTS = {"5432": "PostgreSQL", "3306": "MySQL", "6379": "Redis", "27017": "MongoDB"}
_NO_CONNECTION = re.compile(
    r"refused|(?:can't|cannot|could not) connect|timed? ?out", re.IGNORECASE
)

_BY_HAND = "Start it by hand where it has that, and check it by its URL: twidder check http://..."


def module(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell which module was not found: a package, one of its own, or one of Python's."""
    if crash.says.startswith("attempted relative import"):
        return _misplaced(attempt, "The package it belongs to")
    found = _MODULE.search(crash.says) if crash.kind == "ModuleNotFoundError" else None
    if found is None:
        return None
    name, top = found[1], found[1].partition(".")[0]
    if attempt.is_own(name):
        is_there = name.rpartition(".")[2].lower() in attempt.inspection.modules
        return _misplaced(attempt, f"The module {name}") if is_there else _absent(attempt, name)
    if top in SERVICES and not installed_version(top):
        return _driver(attempt, top)
    if top in sys.stdlib_module_names:
        return attempt.unclear(
            f"This machine's Python has no module {name}",
            attempt.words,
            "It is a part of Python that is installed apart, or another version's.",
        )
    return _package(attempt, top) if missing([top]) else version_of(attempt, top)


def _misplaced(attempt: Attempt, what: str) -> Finding:
    return attempt.unclear(
        f"{what} is not where the server looks for it",
        attempt.words,
        "It is there, but in another folder, or in other capitals. Where is it started from?",
    )


def _absent(attempt: Attempt, name: str) -> Finding:
    return attempt.failed(
        f"The module {name} is missing",
        attempt.words,
        "It belongs to the submission by its name, and is not in what was handed in.",
    )


def _package(attempt: Attempt, top: str) -> Finding:
    needed = dict.fromkeys([top, *missing(attempt.inspection.imports)])
    requirements = attempt.inspection.requirements
    finding = attempt.unclear(
        f"The package {top} is not installed here", attempt.words, advice(needed, requirements)
    )
    cure = remedy(needed, requirements)
    what = (
        f"a package is missing here: use {cure}"
        if cure
        else "a module is imported that nobody knows"
    )
    return msgspec.structs.replace(finding, alike=what)


def _driver(attempt: Attempt, top: str) -> Finding:
    """Return that a server is needed: it is missing with the package that talks to it."""
    finding = service_of(attempt, SERVICES[top])
    hint = f"{finding.hint} If {top} is imported and never used, --install is enough."
    return msgspec.structs.replace(finding, hint=hint)


def version(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell what was written for another version of a package, or of Python."""
    if found := _NAME.search(crash.says) or _ATTRIBUTE.search(crash.says):
        name = found[1] or found[2].lower()
        return None if attempt.is_own(name) else version_of(attempt, name.partition(".")[0])
    package = _PACKAGE.search(crash.frames[-1].file) if crash.frames else None
    if package is None:
        return None
    pinned = _pins(attempt).get(distribution(package[1]))
    is_another = pinned is not None and pinned != installed_version(package[1])
    return version_of(attempt, package[1]) if is_another else None


def version_of(attempt: Attempt, top: str) -> Finding:
    """Return that a submission seems to be written for another version of a package."""
    here = installed_version(top) or f"Python {sys.version.partition(' ')[0]}"
    wanted = _pins(attempt).get(distribution(top))
    wants = f", and its requirements ask for {wanted}" if wanted else ""
    return attempt.unclear(
        f"It seems to be written for another version of {top}",
        f"{attempt.words}\nhere it is {here}{wants}",
        _BY_HAND,
    )


def _pins(attempt: Attempt) -> dict[str, str]:
    pairs = [text.partition("==") for text in attempt.inspection.requirements]
    return {distribution(name): pin for name, _, pin in pairs if pin}


def service(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell which other server did not answer."""
    port = _PORT.search(crash.says)
    name = SERVICES.get(crash.module) or (_PORTS[port[1]] if port else "")
    is_refused = crash.kind == "ConnectionRefusedError"
    if is_refused or (name and _NO_CONNECTION.search(crash.says)):
        return service_of(attempt, name)
    return None


def service_of(attempt: Attempt, name: str = "") -> Finding:
    """Return that a server of another kind is needed, which nobody handed in."""
    noted = places(attempt.noted("service"))
    names = [name] if name else [one for one in SERVICES.values() if one in noted]
    return attempt.unclear(
        f"It wants {f'a {listed(names)}' if names else 'another'} server, which was not handed in",
        "\n".join(filter(None, (noted, attempt.words))),
        _BY_HAND,
    )


def from_outside(attempt: Attempt, crash: Crash) -> Finding | None:
    """Tell what was taken from the machine that the submission was written on."""
    is_variable = crash.kind == "KeyError" and bool(crash.frames)
    if is_variable and crash.frames[-1].is_in_library("os"):
        return _not_handed_in(attempt, f"the environment variable {crash.says.strip(chr(39))}")
    if crash.missing_file:
        return _not_handed_in(attempt, f"the file {crash.missing_file}")
    files = {note.file for note in attempt.noted("environment", "file")}
    if any(frame.is_own and frame.file.endswith(tuple(files)) for frame in crash.frames):
        return _not_handed_in(attempt, "what it takes from outside")
    return None


def _not_handed_in(attempt: Attempt, what: str) -> Finding:
    noted = places(attempt.noted("environment", "file"))
    return attempt.unclear(
        f"It does not find {printable(what, 200)}",
        f"{attempt.words}\n{noted}".rstrip(),
        f"Was it handed in, and is it where the server looks? {_BY_HAND}",
    )

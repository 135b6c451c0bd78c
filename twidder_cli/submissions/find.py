"""From what the operator typed to submissions: URLs, folders, archives, and classes of them."""

import itertools
import shlex
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import Pattern
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec

from twidder_cli.errors import OperatorError
from twidder_cli.model import Noun
from twidder_cli.model.job import Submission
from twidder_cli.submissions.archives import is_archive
from twidder_cli.submissions.collect import Entry, entries, is_class
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.unpack import unpack

REFERENCE = Submission(name="reference", kind="reference", location="twidder.server:app")

_CONNECT = 5.0


class Found(Noun):
    """A submission, and how the operator knows it.

    `target` is what to type to grade it alone; empty for the reference.
    `entry` is its place in the class that it is of, None where it was named by itself.
    """

    target: str
    submission: Submission
    entry: Entry | None = None


def find(
    targets: Iterable[str], names: Pattern[str] | None = None, *, unpacked: Path
) -> list[Found]:
    """Return the submissions that targets name, each with a name of its own.

    Without a target that is the reference. An archive that holds a class is
    unpacked below `unpacked`. Raises OperatorError where a target names nothing.
    """
    found = itertools.chain.from_iterable(_found(t, names, unpacked) for t in targets)
    return list(_told_apart(found)) or [Found(target="", submission=REFERENCE)]


def _told_apart(found: Iterable[Found]) -> Iterator[Found]:
    taken: set[str] = set()
    for one in found:
        name = one.submission.name
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        free = next(n for n in itertools.chain([name], numbered) if n not in taken)
        taken.add(free)
        submission = msgspec.structs.replace(one.submission, name=free)
        yield msgspec.structs.replace(one, submission=submission)


def _found(target: str, names: Pattern[str] | None, unpacked: Path) -> Iterator[Found]:
    if "://" in target:
        yield Found(target=shlex.quote(target), submission=_at_url(target))
        return
    path = Path(target)
    try:
        if not path.exists():
            raise OperatorError(f"{target}: there is no such file or folder, and it is no URL")
        place = path.resolve()
        str(place).encode()
        if path.is_dir():
            folder = place
        elif is_archive(path):
            folder = _as_folder(place, unpacked)
        else:
            raise OperatorError(f"{target}: expected a folder, an archive or a URL")
        if names is not None or is_class(folder):
            handed_in = entries(folder, names)
            if not handed_in:
                raise OperatorError(f"{target}: there is nothing in it")
            yield from map(_of_class, handed_in)
        else:
            yield Found(
                target=shlex.quote(target),
                submission=Submission(
                    name=place.name,
                    kind=_kind(str(place)),
                    location=str(place),
                ),
            )
    except OSError as error:
        raise OperatorError(f"{target}: {error.strerror or error}") from None
    except Refused as refused:
        raise OperatorError(f"{target}: {refused}") from None
    except UnicodeError:
        raise OperatorError(f"{target!a}: expected a name in UTF-8; rename it") from None


def _as_folder(archive: Path, unpacked: Path) -> Path:
    """Unpack an archive, and return the folder that all of it is in."""
    folder = unpacked / str(len(list(unpacked.iterdir())))
    unpack(archive, folder)
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _of_class(entry: Entry) -> Found:
    submission = Submission(name=entry.key, kind=_kind(entry.place), location=entry.place)
    # A name that is somebody's stays in the list of names.
    target = "SUBMISSION" if entry.person else shlex.quote(entry.place)
    return Found(target=target, submission=submission, entry=entry)


def _kind(place: str) -> Literal["folder", "archive"]:
    return "folder" if Path(place).is_dir() else "archive"


def _at_url(target: str) -> Submission:
    try:
        url = urlsplit(target)
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError as error:
        raise OperatorError(f"{target}: {error}") from None
    if url.scheme not in {"http", "https"} or not url.hostname or port is None:
        raise OperatorError(f"{target}: expected a URL such as http://127.0.0.1:5000")
    if url.query or url.fragment or url.username:
        raise OperatorError(f"{target}: expected a URL without a query, a fragment or a user")
    try:
        socket.create_connection((url.hostname, port), _CONNECT).close()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise OperatorError(
            f"{target}: nothing listens there ({why}). Is the server started?"
        ) from None
    return Submission(name=target, kind="url", location=urlunsplit(url))

"""What a class has handed in: a folder of folders and archives, one for each student.

Everything in the folder is accounted for. What can't be graded is an entry
too, with the trouble it has.
"""

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

from twidder_cli.errors import OperatorError
from twidder_cli.model import Noun
from twidder_cli.submissions.archives import is_archive

_ENDINGS = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".rar", ".7z", ".zst")
_DOCUMENTS = {".docx", ".epub", ".jar", ".odp", ".ods", ".odt", ".pptx", ".xlsx"}
"""Archives too, as far as their content tells."""
RESULTS = "twidder-results"
"""Where the results of a class go; in the folder of the class they are nobody's submission."""
_OF_RESULTS = ("class.csv", "events", "texts")
"""What a folder of results holds, whatever it is called."""

_CLUTTER = {RESULTS, ".git", ".ds_store", "__macosx", "thumbs.db", "desktop.ini"}
_INSTALLED = {"node_modules", "venv", ".venv", "env", "site-packages"}

_MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_(?:file|(?P<typed>onlinetext))(?:_.*)?",
    re.DOTALL,
)
_CANVAS = re.compile(r"(?P<name>[^_\d]+)(?:_LATE)?_(?P<id>\d+)_(?P<attempt>\d+)_.+", re.DOTALL)
_LAB = re.compile(r"(?:lab|labb|laboration|task|part|assignment)s?[ ._-]*\d.*", re.IGNORECASE)
_NOT_A_KEY = re.compile(r"[^\w.@+-]+")
_LONGEST_KEY = 80
_LOOKED_AT = 2000
"""Files of a folder that are looked at to tell whether it holds an application."""
_READ = 64 * 1024


class Entry(Noun):
    """Something that was handed in.

    `key` names it wherever results are: the student's id where the course's
    system gives one. `person` is for the one list of names. `place` is its path,
    `again` the key of an earlier entry of the same student, and `trouble` says why
    it can't be graded.
    """

    key: str
    place: str
    again: str = ""
    person: str = ""
    trouble: str = ""


def entries(folder: Path, names: re.Pattern[str] | None = None) -> list[Entry]:
    """Return everything in the folder of a class, in the order of its names.

    `names` finds the student in an entry's name by its groups `id` and
    `name`; without it, the forms of Moodle and Canvas are known.
    """
    taken: set[str] = set()
    return [_entry(path, names, taken) for path in _listed(folder)]


def is_class(folder: Path) -> bool:
    """Whether a folder holds the submissions of several, rather than being one itself."""
    paths = _listed(folder)
    if any(_named(path.name, None) for path in paths):
        return True
    if any(path.suffix == ".py" for path in paths):
        return False
    archives = [path for path in paths if path.is_file() and _is_archive(path)]
    parts = [path for path in paths if _LAB.fullmatch(path.name) or path.name in _INSTALLED]
    folders = [path for path in paths if path.is_dir() and path not in parts]
    return len(archives) > 1 or sum(map(_holds_application, folders)) > 1


def names_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of `--names`; raises OperatorError."""
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise OperatorError(f"--names {text}: {error}") from None
    if not {"id", "name"} & set(pattern.groupindex):
        raise OperatorError(
            f"--names {text}: expected a group (?P<id>...), (?P<name>...) or both in it"
        )
    return pattern


def _listed(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.lower() not in _CLUTTER and not path.name.startswith("._")
        if not all((path / name).exists() for name in _OF_RESULTS)
    )


def _entry(path: Path, names: re.Pattern[str] | None, taken: set[str]) -> Entry:
    found = _named(path.name, names)
    groups = found.groupdict() if found else {}
    stem = path.name if path.is_dir() else _stem(path.name)
    wanted = _NOT_A_KEY.sub("-", groups.get("id") or stem)[:_LONGEST_KEY].strip(".-") or "unnamed"
    key = _free(wanted, taken)
    return Entry(
        key=key,
        again="" if key == wanted else wanted,
        place=str(path),
        person=(groups.get("name") or "").strip(),
        trouble="a text typed into Moodle" if groups.get("typed") else _trouble(path),
    )


def _named(name: str, names: re.Pattern[str] | None) -> re.Match[str] | None:
    if names is not None:
        return names.search(name)
    return _MOODLE.fullmatch(name) or _CANVAS.fullmatch(name)


def _free(wanted: str, taken: set[str]) -> str:
    """Return a key that nobody has yet, also where upper and lower case are the same."""
    numbered = (f"{wanted}.{number}" for number in itertools.count(2))
    keys = itertools.chain([wanted], numbered)
    free = next(key for key in keys if key.lower() not in taken)
    taken.add(free.lower())
    return free


def _stem(name: str) -> str:
    lower = name.lower()
    ending = next((ending for ending in _ENDINGS if lower.endswith(ending)), "")
    return name[: len(name) - len(ending)].removesuffix(".tar")


def _is_archive(path: Path) -> bool:
    try:
        return path.suffix.lower() not in _DOCUMENTS and is_archive(path)
    except OSError:
        return False


def _trouble(path: Path) -> str:
    try:
        if path.is_dir():
            return "" if any(_files(path)) else "an empty folder"
        return _file_trouble(path)
    except OSError as error:
        return f"can't be read: {error.strerror}"


def _file_trouble(path: Path) -> str:
    if not path.is_file():
        return "neither a folder nor an archive"
    if path.stat().st_size == 0:
        return "an empty file"
    if not os.access(path, os.R_OK):
        return "you may not read it"
    return "" if _is_archive(path) else "neither a folder nor an archive"


def _holds_application(folder: Path) -> bool:
    """Whether a folder holds Python that speaks of Flask, or an archive that may."""
    for number, path in enumerate(_files(folder)):
        if number >= _LOOKED_AT:
            break
        if _is_archive(path) or (path.suffix == ".py" and _speaks_of_flask(path)):
            return True
    return False


def _speaks_of_flask(path: Path) -> bool:
    try:
        with path.open("rb") as source:
            return b"flask" in source.read(_READ).lower()
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name.lower() not in {*_CLUTTER, *_INSTALLED}
        )
        for name in sorted(files):
            if name.lower() not in _CLUTTER:
                yield Path(where, name)

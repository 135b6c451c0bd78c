"""Unpacks an archive that nobody trusts: files and folders below one folder, and nothing else."""

import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from twidder_cli.model import Noun
from twidder_cli.model.words import printable
from twidder_cli.submissions.archives import Entry, contents
from twidder_cli.submissions.belongs import ENVIRONMENT, belongs
from twidder_cli.submissions.limits import LIMITS, Budget, Limits, Refused

_LONGEST_PATH = 1024  # characters
_LONGEST_NAME = 255  # bytes, as file systems have it
_NAMED = 3  # in a note
_DRIVE = re.compile(r"[A-Za-z]:")

_Parts = tuple[str, ...]


class Plan(Noun):
    """What becomes of an archive's entries. Paths are seen from the target, with slashes.

    `files` has the paths by the entries' numbers; `copies` has links, and the
    files that they become copies of.
    """

    files: dict[int, str]
    folders: tuple[str, ...]
    copies: dict[str, str]
    notes: tuple[str, ...] = ()


class _Placed(Noun):
    number: int
    entry: Entry
    parts: _Parts


def unpack(archive: Path, target: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Unpack a .zip or .tar.* into a new folder, and return what people should know of it.

    Raises Refused when it can't be unpacked safely, with a part of it written:
    whoever called this removes `target`. Archives inside it stay what they are.
    """
    plan = planned((entry for entry, _ in contents(archive, limits)), limits)
    budget = Budget(limits.size, ratio=limits.ratio, packed=archive.stat().st_size)
    target.mkdir(parents=True)
    for folder in plan.folders:
        (target / folder).mkdir(parents=True, exist_ok=True)
    for number, (_, data) in enumerate(contents(archive, limits)):
        if number in plan.files:
            _write(target / plan.files[number], data, budget)
    for link, path in plan.copies.items():
        budget.spend((target / path).stat().st_size)
        shutil.copyfile(target / path, target / link)
    return plan.notes


def _write(path: Path, data: Iterator[bytes], budget: Budget) -> None:
    with path.open("xb") as file:
        for piece in data:
            budget.spend(len(piece))
            file.write(piece)


def planned(entries: Iterable[Entry], limits: Limits = LIMITS) -> Plan:
    """Decide which entries are unpacked, and where; raises Refused."""
    own, left_out = _own_work(list(_placed(entries, limits)))
    odd = {one.number for one in own if _has_control_characters(one.parts)}
    things, folders = _tree([one for one in own if one.number not in odd], limits)
    files = {path: one.number for path, one in things.items() if one.entry.kind == "file"}
    links = {path: _led_to(one.entry) for path, one in things.items() if one.entry.kind == "link"}
    if not files:
        raise Refused("it holds no files of the submission's own")
    names = Counter("/".join(one.parts) for one in own if one.entry.kind != "folder")
    return Plan(
        files={number: path for path, number in files.items()},
        folders=tuple(sorted(folders)),
        copies={link: path for link, path in links.items() if path in files},
        notes=(
            *_note("left out, not the submission's own work", left_out),
            *_note(
                "left out, with control characters in their names",
                ["/".join(one.parts) for one in own if one.number in odd],
            ),
            *_note(
                "left out, links to no file in it",
                [link for link, path in links.items() if path not in files],
            ),
            *_note(
                "in it more than once, and the last one was taken",
                [name for name, count in names.items() if count > 1],
            ),
            *_note("the same name but for upper and lower case", _alike(things)),
        ),
    )


def _placed(entries: Iterable[Entry], limits: Limits) -> Iterator[_Placed]:
    for number, entry in enumerate(entries):
        if number == limits.listed:
            raise Refused(f"it holds more than {limits.listed} entries")
        yield _Placed(number=number, entry=entry, parts=_parts(entry.name, limits))


def _parts(name: str, limits: Limits) -> _Parts:
    """Return the names on the way to an entry, as this file system and the source spell them.

    A backslash separates as a slash does, since Windows writes it. macOS takes
    accents from their letters (NFD); they are put together again, as they are typed.
    """
    if len(name) > _LONGEST_PATH:
        raise Refused(f"{printable(name, 100)} in it has too long a name")
    path = unicodedata.normalize("NFC", name).replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        raise Refused(f"{_shown(name)} in it has an absolute name")
    parts = tuple(part for part in path.split("/") if part not in {"", "."})
    if ".." in parts:
        raise Refused(f"{_shown(name)} in it leads out of the archive")
    if len(parts) > limits.depth:
        raise Refused(f"{_shown(name)} in it is more than {limits.depth} folders deep")
    if any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME for part in parts):
        raise Refused(f"{printable(name, 100)} in it has too long a name")
    return parts


def _own_work(placed: Collection[_Placed]) -> tuple[list[_Placed], set[str]]:
    """Return what is a submission's own work, and the names of what is not."""
    environments = {one.parts[:-1] for one in placed if one.parts[-1:] == (ENVIRONMENT,)}
    own = []
    left_out = set()
    for one in placed:
        came_along = _came_along(one.parts, environments)
        if came_along:
            left_out.add(came_along)
        elif one.parts not in environments or not one.parts:
            own.append(one)
    return own, {name for name in left_out if not name.startswith(("._", "__", ".DS"))}


def _came_along(parts: _Parts, environments: Collection[_Parts]) -> str:
    """Return the name of the folder in `parts` that is no one's own work; empty for none."""
    for depth, name in enumerate(parts):
        in_environment = parts[:depth] in environments
        if not belongs(name, in_environment=in_environment):
            return "/".join(parts[:depth]) if in_environment else name
    return ""


def _has_control_characters(parts: _Parts) -> bool:
    return any(unicodedata.category(letter) in {"Cc", "Cs"} for part in parts for letter in part)


def _tree(own: Collection[_Placed], limits: Limits) -> tuple[dict[str, _Placed], set[str]]:
    """Return files and links by their paths, the last of each name, and the folders they need."""
    things: dict[str, _Placed] = {}
    folders: set[str] = set()
    for one in own:
        is_folder = one.entry.kind == "folder"
        if not is_folder:
            things["/".join(one.parts)] = _required(one)
        last = len(one.parts) + is_folder
        folders.update("/".join(one.parts[:depth]) for depth in range(1, last))
        if len(things) + len(folders) > limits.entries:
            raise Refused(f"it holds more than {limits.entries} files and folders")
    for path in sorted(things.keys() & folders):
        kind = things[path].entry.kind
        raise Refused(f"{_shown(path)} is in it as a {kind} and as a folder")
    return things, folders


def _required(one: _Placed) -> _Placed:
    """Return a file or a link; raises Refused for anything else."""
    if not one.parts:
        raise Refused("a file in it has no name")
    if one.entry.kind not in {"file", "link"}:
        raise Refused(f"{_shown('/'.join(one.parts))} in it is a {one.entry.kind}")
    return one


def _led_to(link: Entry) -> str:
    """Return the path a link leads to; raises Refused where that is not in the archive."""
    path = unicodedata.normalize("NFC", link.leads_to[:_LONGEST_PATH]).replace("\\", "/")
    parts: list[str] = []
    is_outside = path.startswith("/") or _DRIVE.match(path) is not None
    for part in path.split("/"):
        if part == "..":
            is_outside = is_outside or not parts
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    if is_outside:
        raise Refused(f"{_shown(link.name)} in it is a link that leads out, to {_shown(path)}")
    return "/".join(parts)


def _alike(paths: Iterable[str]) -> list[str]:
    paths = list(paths)
    folded = Counter(path.casefold() for path in paths)
    return [path for path in paths if folded[path.casefold()] > 1]


def _note(what: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the note about some names; none where there are none."""
    if not names:
        return ()
    shown = [_shown(name) for name in sorted(names)[:_NAMED]]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (f"{what}: {', '.join(shown)}{more}",)


def _shown(name: str) -> str:
    return printable(name, 200)

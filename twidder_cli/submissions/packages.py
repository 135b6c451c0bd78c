"""Packages that submissions import and that are not here: installed apart, once for each set.

Nothing of them runs before a submission does, and they are never mixed with
our own packages: what is installed here stays as it is.
"""

import fcntl
import hashlib
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

import msgspec

from twidder_cli import caches
from twidder_cli.model import Noun
from twidder_cli.model.words import listed, printable
from twidder_cli.submissions.distributions import common, normalised, requirement
from twidder_cli.submissions.wheels import Trouble, Wheels

_PATIENCE = 150.0  # seconds; a worker that says nothing for 180 s is taken to be stuck
_HIDDEN = {"twidder", "twidder_cli"}  # from submissions, by launch.py
_EXTRA = "pip install 'twidder[common]'"
_INSTALL = "--install"


class Packages(Noun):
    """What was installed for a submission.

    `folder` goes at the end of its import path; it is empty where nothing was
    installed. `missing` are the modules that can't be imported even so.
    """

    folder: str = ""
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _Built(Noun):
    """What stands beside the packages: what was asked for, and what became of it."""

    asked: tuple[str, ...]
    installed: tuple[str, ...]
    notes: tuple[str, ...]


def missing(modules: Iterable[str]) -> tuple[str, ...]:
    """Return those of some top-level modules that a submission can't import here."""
    return _missing(modules, _installed_in())


def advice(modules: Iterable[str], requirements: Iterable[str] = ()) -> str:
    """Return what to do about missing modules, in a sentence or two.

    `requirements` are the submission's own: `name`, or `name==version`.
    """
    known, unknown = _known(modules, requirements)
    sentences = []
    if known:
        brings = remedy(known, requirements)
        sentences.append(
            f"Run with {brings}, which brings {listed(known)}."
            if brings == _INSTALL
            else f"For {listed(known)}: {brings} where twidder runs."
        )
    if unknown:
        names = listed(printable(module, 100) for module in unknown)
        sentences.append(f"No package is known to bring {names}: was it handed in?")
    return " ".join(sentences)


def remedy(modules: Iterable[str], requirements: Iterable[str] = ()) -> str:
    """Return the command or the option that brings missing modules; '' where none does."""
    known, _ = _known(modules, requirements)
    if not known:
        return ""
    names = {package.partition("==")[0] for package in known.values()}
    return _EXTRA if names <= common() else _INSTALL


def _known(modules: Iterable[str], requirements: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return what to ask an index for, by module, and the modules that no package is known for."""
    requirements = tuple(requirements)
    asked = {module: requirement(module, requirements) for module in modules}
    known = {module: package for module, package in asked.items() if package}
    return known, [module for module in asked if module not in known]


def environment(
    modules: Iterable[str],
    requirements: Iterable[str] = (),
    *,
    cache: Path | None = None,
    index: Sequence[str] = (),
) -> Packages:
    """Install what is missing of some modules into a folder, or find it there from before.

    `requirements` are the submission's own and say which versions; `index` are
    options of pip that say where packages come from. What can't be had is
    missing in the end, and no error.
    """
    requirements = tuple(requirements)
    absent = missing(modules)
    asked = tuple(sorted({requirement(module, requirements) for module in absent} - {""}))
    if not asked:
        return Packages(missing=absent)
    try:
        folder, built = _cached(asked, cache or caches.cache("packages"), index)
    except (Trouble, OSError) as trouble:
        return Packages(missing=absent, notes=(f"nothing was installed: {trouble}",))
    packages = str(folder / "packages")
    still = _missing(absent, [*_installed_in(), packages])
    return Packages(folder=packages, missing=still, notes=built.notes)


def _installed_in() -> list[str]:
    """Return where submissions find what is installed; the working tree is hidden from them."""
    return [path for path in sys.path if path.endswith("-packages")]


def _missing(modules: Iterable[str], folders: Sequence[str]) -> tuple[str, ...]:
    """Return the modules that are not in some folders; nothing is imported to see that."""
    here = sys.stdlib_module_names
    return tuple(
        module
        for module in modules
        if module in _HIDDEN
        or (module not in here and PathFinder.find_spec(module, folders) is None)
    )


def _cached(asked: tuple[str, ...], cache: Path, index: Sequence[str]) -> tuple[Path, _Built]:
    """Return the folder for a set, built if there is none, and what was built there."""
    constraints = tuple(sorted(_constraints()))
    key = msgspec.json.encode((sys.version, sys.platform, asked, constraints, tuple(index)))
    folder = cache / hashlib.sha256(key).hexdigest()[:32]
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / f"{folder.name}.lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=cache) as scratch:
                new = Path(scratch, "new")
                _build(new, asked, Wheels(Path(scratch), constraints, index, _PATIENCE))
                new.rename(folder)
    return folder, msgspec.json.decode((folder / "built.json").read_bytes(), type=_Built)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait until no other process builds the same. The lock ends with who holds it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _constraints() -> Iterator[str]:
    """Yield what is installed here, so that nothing is installed that wants it otherwise."""
    for distribution in metadata.distributions(path=_installed_in()):
        yield f"{normalised(distribution.name)}=={distribution.version}"


def _build(new: Path, asked: Sequence[str], wheels: Wheels) -> None:
    (new / "packages").mkdir(parents=True)
    found, notes = _best(asked, wheels)
    wheels.install(found, new / "packages")
    installed = {normalised(name): version for name, version in found.items()}
    for name, _, version in (one.partition("==") for one in asked):
        if version and installed.get(name, version) != version:
            notes.append(f"{name} {version} can't be had here; {installed[name]} was taken")
    built = _Built(
        asked=tuple(asked),
        installed=tuple(f"{name}=={version}" for name, version in installed.items()),
        notes=tuple(notes),
    )
    (new / "built.json").write_bytes(msgspec.json.encode(built))


def _best(asked: Sequence[str], wheels: Wheels) -> tuple[dict[str, str], list[str]]:
    """Return names and versions for all that can be had together, with notes on what can't.

    Where a version can't be had, the package is taken in another one.
    """
    found = wheels.found(asked)
    if found is not None:
        return found, []
    found = {}
    taken: list[str] = []
    notes = []
    for one in asked:
        name = one.partition("==")[0]
        for attempt in dict.fromkeys((one, name)):
            together = wheels.found([*taken, attempt])
            if together is not None:
                taken, found = [*taken, attempt], together
                break
        else:
            notes.append(f"{name} can't be had here as a wheel")
    return found, notes

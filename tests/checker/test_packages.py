"""What submissions import and is not here: named, or installed apart as wheels."""

import base64
import fcntl
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.hostile import free_port
from tests.checker.waiting import LONG, wait_for
from twidder_cli.submissions import wheels
from twidder_cli.submissions.distributions import common, normalised, requirement
from twidder_cli.submissions.packages import Packages, advice, environment, missing

# A package is known to bring a module, or the submission names it twice


@pytest.mark.parametrize(
    ("module", "requirements", "asked"),
    [
        ("flask_cors", [], "flask-cors"),
        ("jwt", [], "pyjwt"),
        ("yaml", ["PyYAML==6.0"], "pyyaml==6.0"),
        ("dotenv", ["python_dotenv==1.0.0"], "python-dotenv==1.0.0"),
        ("psycopg2", ["psycopg2==2.9"], "psycopg2-binary"),
        ("faker", ["flask==1.0", "Faker"], "faker"),
        ("utils", [], ""),
        ("database_helper", ["flask", "utils"], ""),
        ("some_thing", ["Some.Thing==1.0"], "some-thing==1.0"),
        ("some_thing", ["some-thing"], "some-thing"),
        ("faker", ["Faker==1.0", "Faker==2.0"], "faker==2.0"),
    ],
)
def test_what_is_asked_for(module: str, requirements: list[str], asked: str) -> None:
    assert requirement(module, requirements) == asked


@pytest.mark.parametrize(
    "text",
    [
        "--index-url=http://evil.example",
        "-r/etc/passwd",
        "evil @ http://evil.example/evil.whl",
        "evil==1.0 --pre",
        "evil[extra]",
        "evil>=1.0",
        "../evil",
        "evil==1.0;python_version<'4'",
        "evil\n",
        "evil==",
        "evil==*",
        ".evil",
        "evil-",
    ],
)
def test_what_is_not_plain_in_a_requirements_file_is_passed_over(text: str) -> None:
    assert requirement(normalised(text), [text]) == ""
    assert requirement("evil", [text]) == ""


@given(st.text(), st.text() | st.sampled_from(["-e.", "a==1", "A_b.c == 2", "é==1", "a==-1"]))
def test_whatever_is_named_pip_is_asked_for_names_alone(module: str, text: str) -> None:
    for asked in (requirement(module, [text]), requirement(text, [text])):
        name, _, version = asked.partition("==")
        letters = set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert set(name) <= letters
        assert not asked.startswith("-")
        assert not version.startswith("-")
        assert version.isascii()


def test_what_is_known_agrees_with_what_is_installed_here() -> None:
    wrong = {
        module: (requirement(module), names)
        for module, names in metadata.packages_distributions().items()
        if requirement(module) and requirement(module) not in map(normalised, names)
    }
    assert wrong == {}


# What is here


def test_what_can_not_be_imported_is_missing() -> None:
    assert missing(["json", "flask", "no_such_module", "_socket"]) == ("no_such_module",)


def test_our_own_packages_and_tests_are_no_packages_of_submissions() -> None:
    assert missing(["twidder", "twidder_cli", "tests", "benchmarks"]) == (
        "twidder",
        "twidder_cli",
        "tests",
        "benchmarks",
    )


def test_a_module_in_the_current_folder_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faker.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert missing(["faker"]) == ("faker",)


def test_the_advice_for_what_the_extra_brings() -> None:
    assert {"flask-cors", "pyjwt"} <= common()
    assert advice(["flask_cors", "jwt"]) == (
        "For flask_cors and jwt: pip install 'twidder[common]' where twidder runs."
    )


def test_the_advice_for_more_than_that() -> None:
    assert (
        advice(["flask_cors", "faker"]) == "Run with --install, which brings flask_cors and faker."
    )


def test_the_advice_for_what_nobody_knows() -> None:
    assert advice(["utils", "x\x1b[2J"]) == (
        "No package is known to bring utils and x\\x1b[2J: was it handed in?"
    )
    assert advice(["faker", "utils", "own"], ["own==1.0"]) == (
        "Run with --install, which brings faker and own. "
        "No package is known to bring utils: was it handed in?"
    )


# Wheels, made by hand


def wheel(
    folder: Path, name: str, version: str = "1.0", *, needs: Sequence[str] = (), text: str = ""
) -> None:
    """Write a wheel with one module that has the package's name."""
    info = f"{name}-{version}.dist-info"
    lines = [f"Requires-Dist: {need}" for need in needs]
    files = {
        f"{name}/__init__.py": text or f"VERSION = {version!r}\n",
        f"{info}/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, ""]
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in files.items())
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, data in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            archive.writestr(path, data)


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


class Index:
    """A folder of wheels, and a cache, as pip and we see them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "wheels"
        self.cache = folder / "cache"
        self.options = ("--no-index", "--find-links", str(self.folder))
        self.folder.mkdir()

    def installed(self, modules: Sequence[str], requirements: Sequence[str] = ()) -> Packages:
        return environment(modules, requirements, cache=self.cache, index=self.options)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path)


def said(packages: Packages, code: str) -> str:
    """Return what a program prints that has the packages at the end of its path."""
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", f"import sys; sys.path.append({packages.folder!r}); {code}"],
        capture_output=True,
        text=True,
        timeout=LONG,
        check=True,
    )
    return done.stdout.strip()


def test_what_is_missing_is_installed_and_what_is_here_is_not(index: Index) -> None:
    wheel(index.folder, "faker", needs=["six", "flask"])
    wheel(index.folder, "six")
    wheel(index.folder, "flask", metadata.version("flask"))
    packages = index.installed(["flask", "faker", "json"])
    assert (packages.missing, packages.notes) == ((), ())
    assert sorted(path.name for path in Path(packages.folder).iterdir()) == [
        "faker",
        "faker-1.0.dist-info",
        "six",
        "six-1.0.dist-info",
    ]
    assert said(packages, "import faker, flask; print(faker.VERSION, flask.Flask)") == (
        "1.0 <class 'flask.app.Flask'>"
    )


def test_nothing_is_installed_where_nothing_is_missing(index: Index) -> None:
    assert index.installed(["flask", "json"]) == Packages()
    assert not index.cache.exists()


def test_a_version_from_the_requirements_is_taken(index: Index) -> None:
    wheel(index.folder, "faker", "1.0")
    wheel(index.folder, "faker", "2.0")
    packages = index.installed(["faker"], ["Faker==1.0"])
    assert said(packages, "import faker; print(faker.VERSION)") == "1.0"


def test_another_version_is_taken_where_that_can_not_be_had(index: Index) -> None:
    wheel(index.folder, "faker", "2.0")
    wheel(index.folder, "six", "1.0")
    packages = index.installed(["faker", "six"], ["faker==1.0", "six==1.0"])
    assert (packages.missing, packages.notes) == (
        (),
        ("faker 1.0 can't be had here; 2.0 was taken",),
    )


def test_what_can_not_be_had_is_named_and_the_rest_installed(index: Index) -> None:
    wheel(index.folder, "faker")
    packages = index.installed(["MySQLdb", "faker", "utils"])
    assert (packages.missing, packages.notes) == (
        ("MySQLdb", "utils"),
        ("mysqlclient can't be had here as a wheel",),
    )
    assert said(packages, "import faker; print(faker.VERSION)") == "1.0"


def test_what_wants_another_version_of_ours_can_not_be_had(index: Index) -> None:
    wheel(index.folder, "faker", needs=["flask<1"])
    wheel(index.folder, "flask", "0.12")
    packages = index.installed(["faker"])
    assert packages.missing == ("faker",)
    assert list(Path(packages.folder).iterdir()) == []


def test_what_does_not_go_together_is_left_out(index: Index) -> None:
    wheel(index.folder, "faker", needs=["six==1.0"])
    wheel(index.folder, "tqdm", needs=["six==2.0"])
    wheel(index.folder, "six", "1.0")
    wheel(index.folder, "six", "2.0")
    packages = index.installed(["faker", "tqdm"])
    assert packages.missing == ("tqdm",)


def test_a_package_that_does_not_bring_its_module_leaves_it_missing(index: Index) -> None:
    wheel(index.folder, "pyjwt")
    wheel(index.folder, "python_dotenv")
    assert index.installed(["dotenv"]).missing == ("dotenv",)


def test_a_package_that_would_run_to_be_installed_is_not(index: Index, tmp_path: Path) -> None:
    setup = f"open({str(tmp_path / 'ran')!r}, 'w')".encode()
    with tarfile.open(index.folder / "faker-1.0.tar.gz", "w:gz") as archive:
        for name, data in {"setup.py": setup, "PKG-INFO": b"Name: faker\nVersion: 1.0\n"}.items():
            info = tarfile.TarInfo(f"faker-1.0/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert index.installed(["faker"]).missing == ("faker",)
    assert not (tmp_path / "ran").exists()


def test_a_damaged_wheel_can_not_be_had(index: Index) -> None:
    (index.folder / "faker-1.0-py3-none-any.whl").write_bytes(b"PK\3\4")
    wheel(index.folder, "six")
    assert index.installed(["faker", "six"]).missing == ("faker",)


def test_nothing_of_a_package_runs_when_it_is_installed(index: Index, tmp_path: Path) -> None:
    wheel(index.folder, "faker", text=f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert index.installed(["faker"]).missing == ()
    assert not (tmp_path / "ran").exists()


def test_the_operators_variables_for_pip_change_nothing(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index.folder, "faker")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    assert index.installed(["faker"]).missing == ()
    assert not (tmp_path / "elsewhere").exists()


# The cache


def test_a_set_is_installed_once(index: Index) -> None:
    wheel(index.folder, "faker", "1.0")
    first = index.installed(["faker"])
    wheel(index.folder, "faker", "2.0")
    assert index.installed(["json", "faker"]) == first
    assert said(first, "import faker; print(faker.VERSION)") == "1.0"


def test_what_could_not_be_had_is_remembered_with_its_note(index: Index) -> None:
    first = index.installed(["faker"], ["faker==1.0"])
    assert first.notes == ("faker can't be had here as a wheel",)
    wheel(index.folder, "faker")
    assert index.installed(["faker"], ["faker==1.0"]) == first


def test_sets_do_not_mix(index: Index) -> None:
    wheel(index.folder, "faker")
    wheel(index.folder, "six")
    one, other = index.installed(["faker"]), index.installed(["six"])
    assert one.folder != other.folder
    assert said(one, "import importlib.util as u; print(u.find_spec('six'))") == "None"


def test_a_set_is_built_by_one_and_awaited_by_the_others(index: Index) -> None:
    """The lock is held here, a set is put there by hand, and the one who waited takes it."""
    wheel(index.folder, "faker")
    folder = Path(index.installed(["faker"]).folder).parent
    (folder / "built.json").write_text(
        '{"asked": ["faker"], "installed": [], "notes": ["by hand"]}'
    )
    folder.rename(folder.with_suffix(".ready"))
    results: list[Packages] = []
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = threading.Thread(target=lambda: results.append(index.installed(["faker"])))
        waiting.start()
        wait_for(lambda: is_awaited(lock.fileno()), "somebody waits for the lock")
        folder.with_suffix(".ready").rename(folder)
    waiting.join(LONG)
    assert [one.notes for one in results] == [("by hand",)]


def is_awaited(descriptor: int) -> bool:
    """Whether the kernel knows of one who waits for the lock on a file."""
    inode = f":{os.fstat(descriptor).st_ino} "
    lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return any("->" in line and inode in line for line in lines)


def test_what_is_left_of_a_build_that_was_killed_is_no_set(index: Index) -> None:
    wheel(index.folder, "faker")
    folder = Path(index.installed(["faker"]).folder).parent
    folder.rename(folder.with_suffix(".killed"))
    assert index.installed(["faker"]).missing == ()
    assert sorted(path.suffix for path in index.cache.iterdir()) == ["", ".killed", ".lock"]


def test_the_cache_is_where_the_desktop_keeps_caches(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index.folder, "faker")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    packages = environment(["faker"], index=index.options)
    assert Path(packages.folder).is_relative_to(tmp_path / "xdg/twidder/packages")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    packages = environment(["faker"], index=index.options)
    assert Path(packages.folder).is_relative_to(tmp_path / "home/.cache/twidder/packages")


# What is ours or the machine's, and not remembered


def test_an_index_that_does_not_answer_is_told_and_not_remembered(index: Index) -> None:
    wheel(index.folder, "faker")
    nobody = ("--index-url", f"http://127.0.0.1:{free_port()}/simple")
    packages = environment(["faker"], cache=index.cache, index=nobody)
    assert (packages.folder, packages.missing) == ("", ("faker",))
    assert packages.notes[0].startswith("nothing was installed: ")
    assert [path.suffix for path in index.cache.iterdir()] == [".lock"]


def test_a_cache_that_can_not_be_written_is_told(index: Index) -> None:
    index.cache.write_text("a file")
    packages = index.installed(["faker"])
    assert packages.missing == ("faker",)
    assert packages.notes[0].startswith("nothing was installed: [Errno 17]")


def test_an_installation_that_takes_too_long_is_told_and_not_remembered(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index.folder, "faker")
    monkeypatch.setattr("twidder_cli.submissions.packages._PATIENCE", 0.0)
    packages = index.installed(["faker"])
    assert packages.notes == ("nothing was installed: it took longer than 0 s",)
    monkeypatch.undo()
    assert index.installed(["faker"]).missing == ()


def test_an_environment_without_pip_is_told(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "find_spec", {"pip": None}.get)
    assert index.installed(["faker"]).notes == (
        "nothing was installed: there is no pip where twidder runs; try: python -m ensurepip",
    )


def test_a_package_is_had_from_the_index_that_pip_knows(tmp_path: Path) -> None:
    packages = environment(["dotenv"], cache=tmp_path / "cache")
    if packages.notes:
        pytest.skip(f"PyPI can't be reached here: {packages.notes[0]}")
    assert packages.missing == ()
    assert said(packages, "import dotenv; print(dotenv.load_dotenv.__name__)") == "load_dotenv"

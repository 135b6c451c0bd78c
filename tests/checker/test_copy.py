"""A submission's folder is copied as its own work, and refused where it is too much."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from twidder_cli.submissions.copy import copied
from twidder_cli.submissions.limits import MIB, Limits, Refused


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def in_copy(lab: Path, limits: Limits | None = None) -> list[str]:
    """Return what a copy of a folder holds."""
    copy = lab.parent / "copy"
    copied(lab, copy, limits or Limits())
    return sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*"))


def refusal(lab: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as raised:
        in_copy(lab, limits)
    return str(raised.value)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return put(tmp_path / "lab", "server.py", "static/client.js")


OWN = ["server.py", "static", "static/client.js"]


# What is its own work


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD",
        ".git",  # of a working tree beside another one
        "node_modules/express/index.js",
        "venv/lib/x.py",
        "static/.DS_Store",
        "static/._client.js",
        "__MACOSX/lab/._server.py",
        "__pycache__/server.cpython-311.pyc",
        "old/lib/python3.6/site-packages/flask.py",
    ],
)
def test_what_came_along_is_left_out(name: str, lab: Path) -> None:
    assert {*in_copy(put(lab, name))} - {"old", "old/lib", "old/lib/python3.6"} == {*OWN}


def test_an_environment_is_left_out_whatever_its_name(lab: Path) -> None:
    put(lab, "twid/pyvenv.cfg", "twid/bin/python", "twid/lib/python3.11/flask.py", "twid/lib64")
    assert in_copy(lab) == OWN


def test_folders_named_as_those_of_an_environment_are_own_work(lab: Path) -> None:
    assert in_copy(put(lab, "lib/hash.py", "bin/run")) == sorted(
        [*OWN, "lib", "lib/hash.py", "bin", "bin/run"]
    )


def test_work_in_an_environment_is_copied_without_the_environment(lab: Path) -> None:
    assert in_copy(put(lab, "pyvenv.cfg", "bin/python", "lib/python3.11/flask.py")) == OWN
    inner = put(lab.parent / "outer/twid", "pyvenv.cfg", "bin/python", "lab/server.py")
    copied(inner.parent, lab.parent / "second")
    assert sorted(path.name for path in (lab.parent / "second").rglob("*")) == [
        "lab",
        "server.py",
        "twid",
    ]


# What is no file and no folder


@pytest.fixture
def listening(lab: Path) -> Iterator[None]:
    """A socket in the folder, as a server that was killed leaves it."""
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(lab)  # a socket's path may have no more than 107 bytes
        server.bind("socket")
        os.chdir(before)
        yield


@pytest.mark.usefixtures("listening")
def test_pipes_and_sockets_are_left_out(lab: Path) -> None:
    os.mkfifo(lab / "pipe")
    assert in_copy(lab) == OWN


def test_links_that_lead_out_or_nowhere_are_left_out(lab: Path) -> None:
    put(lab.parent, "secret.txt")
    (lab / "secret.txt").symlink_to(lab.parent / "secret.txt")
    (lab / "relative").symlink_to("../secret.txt")
    (lab / "up").symlink_to("..")
    (lab / "root").symlink_to("/")
    (lab / "nowhere").symlink_to("nothing")
    (lab / "through").symlink_to("up/secret.txt")
    assert in_copy(lab) == OWN


def test_links_in_a_circle_are_left_out(lab: Path) -> None:
    (lab / "itself").symlink_to("itself")
    (lab / "one").symlink_to("other")
    (lab / "other").symlink_to("one")
    (lab / "here").symlink_to(".")
    (lab / "static/up").symlink_to("..")
    assert in_copy(lab) == OWN


def test_a_link_to_a_folder_inside_becomes_that_folder(lab: Path) -> None:
    (lab / "public").symlink_to("static")
    assert in_copy(lab) == ["public", "public/client.js", *OWN]
    assert not (lab.parent / "copy/public").is_symlink()


def test_the_folder_itself_may_be_a_link(lab: Path) -> None:
    (lab.parent / "link").symlink_to("lab")
    assert in_copy(lab.parent / "link") == OWN


def test_nothing_in_the_copy_runs_as_someone_else(lab: Path) -> None:
    (lab / "server.py").chmod(0o6555)
    in_copy(lab)
    assert stat.S_IMODE((lab.parent / "copy/server.py").stat().st_mode) == 0o755


# What is too much


def test_too_many_bytes_are_refused(lab: Path) -> None:
    with (lab / "large").open("wb") as file:
        file.truncate(2 * MIB)
    assert refusal(lab, Limits(size=2 * MIB)) == "it holds more than 2 MiB"


def test_as_many_bytes_as_may_be_are_copied(lab: Path) -> None:
    size = sum(path.stat().st_size for path in lab.rglob("*") if path.is_file())
    assert in_copy(lab, Limits(size=size)) == OWN


def test_a_file_that_is_all_hole_is_refused_before_it_fills_the_disk(lab: Path) -> None:
    with (lab / "large").open("wb") as file:
        file.truncate(1 << 42)
    assert refusal(lab) == "it holds more than 512 MiB"
    assert not (lab.parent / "copy/large").exists()


def test_too_many_files_and_folders_are_refused(lab: Path) -> None:
    put(lab, "static/empty/x")
    assert refusal(lab, Limits(entries=4)) == "it holds more than 4 files and folders"


def test_what_came_along_is_not_counted(lab: Path) -> None:
    put(lab, *(f"venv/lib/{number}" for number in range(10)))
    assert in_copy(lab, Limits(entries=3)) == OWN


def test_links_that_multiply_are_refused(lab: Path) -> None:
    for number in range(30):
        folder = put(lab, f"{number}/file") / str(number)
        for name in ("a", "b"):
            (folder / name).symlink_to(f"../{number + 1}")
    put(lab, "30/file")
    assert refusal(lab, Limits(entries=500)) == "it holds more than 500 files and folders"


def test_folders_too_deep_are_refused(lab: Path) -> None:
    assert refusal(put(lab, "a/" * 41 + "x")) == "it is more than 40 folders deep"

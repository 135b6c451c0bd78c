"""Archives are unpacked below one folder, as files and folders, or refused with a reason."""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.archives import ATTACKS, LIMITS, Attack, extended, member, tarred, zipped
from twidder_cli.submissions.archives import is_archive
from twidder_cli.submissions.limits import MIB, Limits, Refused
from twidder_cli.submissions.unpack import unpack

Files = dict[str, bytes]

LAB: Files = {"lab/server.py": b"app = 1\n", "lab/static/client.js": b"x" * 100_000}


def snapshot(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def files_in(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def unpacked(archive: Path, limits: Limits = LIMITS) -> Files:
    """Return the files that an archive becomes, without a note."""
    target = archive.parent / "target"
    assert unpack(archive, target, limits) == ()
    return files_in(target)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_hostile_archive_is_refused_and_nothing_is_written_elsewhere(
    attack: Attack, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("of someone else")
    attack.build(tmp_path / "archive", outside)
    before = snapshot(tmp_path)
    with pytest.raises(Refused) as raised:
        unpack(tmp_path / "archive", tmp_path / "work/target", LIMITS)
    after = {path: data for path, data in snapshot(tmp_path).items() if not path.startswith("work")}
    assert after == before
    reason = attack.reason.format(outside=outside)
    assert str(raised.value).startswith(reason)
    assert str(raised.value).isprintable()


# What kind of archive


def tar_bytes(files: Files, tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    """Return a tar as Python writes it."""
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=tar_format) as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()


def zip_bytes(files: Files) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return file.getvalue()


def in_two_streams(pack: Callable[[bytes], bytes]) -> Callable[[Files], bytes]:
    def packed(files: Files) -> bytes:
        data = tar_bytes(files)
        return pack(data[:70_000]) + pack(data[70_000:]) + bytes(64)

    return packed


FORMATS: dict[str, Callable[[Files], bytes]] = {
    "zip": zip_bytes,
    "tar": tar_bytes,
    "tar.gz": lambda files: gzip.compress(tar_bytes(files)),
    "tar.bz2": lambda files: bz2.compress(tar_bytes(files)),
    "tar.xz": lambda files: lzma.compress(tar_bytes(files)),
}
WAYS = FORMATS | {
    "an old tar (ustar)": lambda files: tar_bytes(files, tarfile.USTAR_FORMAT),
    "a new tar (pax)": lambda files: tar_bytes(files, tarfile.PAX_FORMAT),
    "gzip in two streams": in_two_streams(gzip.compress),
    "bzip2 in two streams": in_two_streams(bz2.compress),
    "xz in two streams": in_two_streams(lzma.compress),
    "a zip behind a signature": lambda files: b"PK\7\x08" + zip_bytes(files),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_archive_is_known_by_what_it_holds_not_by_its_name(way: str, tmp_path: Path) -> None:
    archive = tmp_path / "lab.txt"
    archive.write_bytes(WAYS[way](LAB))
    assert is_archive(archive)
    assert unpacked(archive) == LAB


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", b"\0" * 1024, b"x" * 1024])
def test_what_is_no_archive(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "lab.zip").write_bytes(data)
    assert not is_archive(tmp_path / "lab.zip")


def test_an_archive_that_can_not_be_unpacked_is_one_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(b"Rar!\x1a\x07\x01\x00")
    assert is_archive(tmp_path / "lab")


def test_archives_inside_stay_what_they_are(tmp_path: Path) -> None:
    inner = {"inner.zip": zip_bytes(LAB), "inner.tar": tar_bytes(LAB)}
    (tmp_path / "outer.zip").write_bytes(zip_bytes(inner))
    assert unpacked(tmp_path / "outer.zip") == inner


def test_the_target_has_to_be_new(tmp_path: Path) -> None:
    (tmp_path / "lab.zip").write_bytes(zip_bytes(LAB))
    (tmp_path / "target").mkdir()
    with pytest.raises(FileExistsError):
        unpack(tmp_path / "lab.zip", tmp_path / "target")


def test_an_archive_that_is_not_there_is_not_the_submissions_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unpack(tmp_path / "lab.zip", tmp_path / "target")


@pytest.mark.parametrize("way", FORMATS)
def test_memory_does_not_grow_with_what_is_unpacked(way: str, tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(FORMATS[way]({"lab/large": bytes(30 * MIB)}))
    tracemalloc.start()
    try:
        unpack(tmp_path / "lab", tmp_path / "target")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB  # bzip2 and xz want some for themselves


# Limits


@pytest.mark.parametrize("way", FORMATS)
def test_too_many_bytes_are_refused(way: str, tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(FORMATS[way]({"lab/large": bytes(2 * MIB)}))
    with pytest.raises(Refused, match=r"^it holds more than 1 MiB$"):
        unpack(tmp_path / "lab", tmp_path / "target", Limits(size=MIB))
    assert (tmp_path / "target/lab/large").stat().st_size <= MIB


def test_as_much_as_may_be_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(zip_bytes(LAB))
    exactly = Limits(size=sum(map(len, LAB.values())), entries=4, depth=3)
    assert unpacked(tmp_path / "lab", exactly) == LAB


def test_what_a_tar_holds_besides_is_counted_too(tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(tar_bytes(LAB | {"venv/large": bytes(2 * MIB)}))
    with pytest.raises(Refused, match=r"^it holds more than 2 MiB$"):
        unpack(tmp_path / "lab", tmp_path / "target", Limits(read=2 * MIB))


def test_a_size_that_is_said_to_be_small_is_all_that_is_written(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "lab", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lab/zeros", bytes(100 * MIB))
        archive.filelist[0].file_size = 10
        archive.filelist[0].CRC = zlib.crc32(bytes(10))
    assert unpacked(tmp_path / "lab") == {"lab/zeros": bytes(10)}


# What came along


@pytest.mark.parametrize("way", FORMATS)
def test_an_environment_of_thousands_of_files_is_passed_over(way: str, tmp_path: Path) -> None:
    environment = {f"lab/twid/lib/{number}.py": b"x" * 100 for number in range(1_500)}
    environment |= {"lab/twid/pyvenv.cfg": b"", "lab/node_modules/x/y.js": b""}
    (tmp_path / "lab").write_bytes(FORMATS[way](LAB | environment))
    assert unpack(tmp_path / "lab", tmp_path / "target", Limits(entries=4)) == (
        "left out, not the submission's own work: lab/twid, node_modules",
    )
    assert files_in(tmp_path / "target") == LAB


def test_what_macos_adds_is_left_out_without_a_word(tmp_path: Path) -> None:
    added = {"lab/.DS_Store": b"", "lab/._server.py": b"", "__MACOSX/lab/._server.py": b""}
    (tmp_path / "lab").write_bytes(zip_bytes(LAB | added))
    assert unpacked(tmp_path / "lab") == LAB


def test_work_in_an_environment_is_unpacked_without_the_environment(tmp_path: Path) -> None:
    files = {"twid/pyvenv.cfg": b"", "twid/bin/python": b"", "twid/lab/server.py": b"app = 1"}
    (tmp_path / "lab").write_bytes(zip_bytes(files))
    unpack(tmp_path / "lab", tmp_path / "target")
    assert files_in(tmp_path / "target") == {"twid/lab/server.py": b"app = 1"}


def test_links_in_an_environment_may_lead_out(tmp_path: Path) -> None:
    python = member("lab/twid/bin/python", kind=tarfile.SYMTYPE, to="/usr/bin/python3")
    tarred(tmp_path / "lab", member("lab/twid/", kind=tarfile.DIRTYPE), python)
    with (tmp_path / "lab").open("r+b") as file:
        file.seek(-1024, os.SEEK_END)
        file.write(member("lab/twid/pyvenv.cfg") + bytes(1024))
    unpack(tmp_path / "lab", tmp_path / "target")
    assert snapshot(tmp_path / "target") == {"lab": b"", "lab/server.py": b"app = 1\n"}


def test_what_git_writes_about_an_archive_is_passed_over(tmp_path: Path) -> None:
    about = member("pax_global_header", b"52 comment=" + b"0" * 40 + b"\n", tarfile.XGLTYPE)
    (tmp_path / "lab").write_bytes(about + tar_bytes(LAB))
    assert unpacked(tmp_path / "lab") == LAB


# Names


def name_in_zip(name: str, raw: bytes, folder: Path) -> Files:
    """Unpack a zip with a name whose bytes are changed to `raw`, as many as they were."""
    with zipfile.ZipFile(folder / "lab", "w") as archive:
        archive.writestr(name, b"x")
    data = (folder / "lab").read_bytes()
    assert data.count(name.encode()) == 2
    (folder / "lab").write_bytes(data.replace(name.encode(), raw))
    return unpacked(folder / "lab")


def test_a_zip_name_that_is_not_said_to_be_utf8_is_it_all_the_same(tmp_path: Path) -> None:
    assert name_in_zip("a--b", "aöb".encode(), tmp_path) == {"aöb": b"x"}


def test_a_zip_name_of_old_windows(tmp_path: Path) -> None:
    assert name_in_zip("a-b", "aöb".encode("cp437"), tmp_path) == {"aöb": b"x"}


def test_a_tar_name_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(member("a-b").replace(b"a-b", b"a\xf6b") + bytes(1024))
    data = bytearray((tmp_path / "lab").read_bytes())
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    (tmp_path / "lab").write_bytes(data)
    assert unpacked(tmp_path / "lab") == {"aöb": b""}


@pytest.mark.parametrize("way", FORMATS)
def test_accents_are_put_together_as_the_source_spells_them(way: str, tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(FORMATS[way]({"o\u0308vning/a\u030a": b"x"}))
    assert unpacked(tmp_path / "lab") == {"övning/å": b"x"}


@pytest.mark.parametrize("way", WAYS)
def test_names_may_be_long(way: str, tmp_path: Path) -> None:
    files = {"/".join(["directory" * 8] * 2 + ["ö" * 40]): b"x", "short": b"y"}
    (tmp_path / "lab").write_bytes(WAYS[way](files))
    assert unpacked(tmp_path / "lab") == files


def test_a_backslash_separates(tmp_path: Path) -> None:
    zipped(tmp_path / "lab", {"lab\\static\\": b"", "lab\\static\\client.js": b"x"})
    assert unpacked(tmp_path / "lab") == {"lab/static/client.js": b"x"}


@pytest.mark.parametrize("name", ["./server.py", ".//server.py", "./././server.py"])
def test_dots_and_empty_names_are_nothing(name: str, tmp_path: Path) -> None:
    tarred(tmp_path / "lab", member("./", kind=tarfile.DIRTYPE), member(name, b"x"))
    assert unpacked(tmp_path / "lab")["server.py"] == b"x"


def test_names_with_control_characters_are_left_out_and_told(tmp_path: Path) -> None:
    zipped(tmp_path / "lab", LAB | {"lab/Icon\r": b"", "lab/\x1b[2J/x": b""})
    assert unpack(tmp_path / "lab", tmp_path / "target") == (
        "left out, with control characters in their names: lab/\\x1b[2J/x, lab/Icon\\r",
    )
    assert files_in(tmp_path / "target") == LAB


@pytest.mark.parametrize("make", [zip_bytes, tar_bytes])
def test_of_files_of_one_name_the_last_is_taken(
    make: Callable[[Files], bytes], tmp_path: Path
) -> None:
    data = make({"lab/x1": b"first", "lab/x2": b"last"})
    (tmp_path / "lab").write_bytes(data)
    if make is zip_bytes:
        (tmp_path / "lab").write_bytes(data.replace(b"lab/x1", b"lab/x2"))
    else:
        tarred(tmp_path / "lab", member("lab/x2", b"first"), member("lab/x2", b"last"))
    assert unpack(tmp_path / "lab", tmp_path / "target") == (
        "in it more than once, and the last one was taken: lab/x2",
    )
    assert files_in(tmp_path / "target")["lab/x2"] == b"last"


def test_names_that_differ_by_case_are_told(tmp_path: Path) -> None:
    (tmp_path / "lab").write_bytes(zip_bytes({"lab/Client.js": b"1", "lab/client.js": b"2"}))
    assert unpack(tmp_path / "lab", tmp_path / "target") == (
        "the same name but for upper and lower case: lab/Client.js, lab/client.js",
    )
    assert files_in(tmp_path / "target") == {"lab/Client.js": b"1", "lab/client.js": b"2"}


# Links, permissions


def test_links_to_files_inside_become_those_files(tmp_path: Path) -> None:
    tarred(
        tmp_path / "lab",
        member("lab/static/one.py", kind=tarfile.SYMTYPE, to="../server.py"),
        member("lab/two.py", kind=tarfile.LNKTYPE, to="./lab/server.py"),
        extended({"linkpath": "server.py"}) + member("lab/three.py", kind=tarfile.SYMTYPE, to="x"),
    )
    files = unpacked(tmp_path / "lab")
    assert set(files.values()) == {b"app = 1\n"}
    assert len(files) == 4
    assert not any(path.is_symlink() for path in (tmp_path / "target").rglob("*"))


def test_a_link_in_a_zip_becomes_the_file_it_leads_to(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("lab/static/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "lab", "w") as archive:
        archive.writestr("lab/server.py", "app = 1\n")
        archive.writestr(info, "../server.py")
    assert unpacked(tmp_path / "lab")["lab/static/link"] == b"app = 1\n"


def test_links_to_folders_and_to_nothing_are_left_out_and_told(tmp_path: Path) -> None:
    links = {"folder": ".", "nothing": "nowhere", "itself": "itself", "chain": "nothing"}
    made = [member(f"lab/{name}", kind=tarfile.SYMTYPE, to=to) for name, to in links.items()]
    tarred(tmp_path / "lab", *made)
    assert unpack(tmp_path / "lab", tmp_path / "target") == (
        "left out, links to no file in it: lab/chain, lab/folder, lab/itself and 1 more",
    )
    assert files_in(tmp_path / "target") == {"lab/server.py": b"app = 1\n"}


def test_permissions_are_our_own(tmp_path: Path) -> None:
    info = tarfile.TarInfo("lab/server.py")
    info.mode = 0o6000
    folder = tarfile.TarInfo("lab")
    folder.type, folder.mode = tarfile.DIRTYPE, 0
    with tarfile.open(tmp_path / "lab", "w") as archive:
        archive.addfile(folder)
        archive.addfile(info)
    unpack(tmp_path / "lab", tmp_path / "target")
    modes = [(tmp_path / "target" / name).stat().st_mode for name in ("lab", "lab/server.py")]
    assert [mode & 0o6700 for mode in modes] == [0o700, 0o600]


# Anything at all

FRAGMENTS = ["..", ".", "/", "//", "\\", "C:", "a", "a", "b", "", "é", "e\u0301", "\n", "\0", "~"]
FRAGMENTS += ["x" * 250, "venv", "pyvenv.cfg", "._a", "A", "CON", "\u202e", "\u2215", "\uff0f"]
names = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join)
kinds = st.sampled_from([tarfile.REGTYPE, tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE])


def only_inside(archive: bytes) -> None:
    """Unpack, or be refused, with nothing written outside and no link left."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lab").write_bytes(archive)
        with suppress(Refused):
            unpack(folder / "lab", folder / "deep/er/target", LIMITS)
        assert {path.name for path in folder.iterdir()} <= {"lab", "deep"}
        assert {path.name for path in folder.glob("deep/*")} <= {"er"}
        assert {path.name for path in folder.glob("deep/er/*")} <= {"target"}
        assert not any(path.is_symlink() for path in folder.rglob("*"))


@given(st.lists(st.tuples(names, kinds, names), max_size=4))
def test_whatever_the_names_in_a_tar(entries: list[tuple[str, bytes, str]]) -> None:
    data = [
        extended({"path": name, "linkpath": to}) + member("x", kind=kind, to="x")
        for name, kind, to in entries
    ]
    only_inside(b"".join(data) + bytes(1024))


@given(st.lists(names, max_size=4))
def test_whatever_the_names_in_a_zip(entries: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        zipped(Path(folder, "lab"), dict.fromkeys(entries, b"x"))
        data = Path(folder, "lab").read_bytes()
    only_inside(data)


SMALL: Files = {"lab/server.py": b"app = 1\n", "lab/static/ö.js": b"x" * 2000}
SAMPLES = [make(SMALL) for make in FORMATS.values()]
SAMPLES += [tar_bytes(SMALL, tarfile.PAX_FORMAT)]
changes = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=5)


@given(st.sampled_from(SAMPLES), changes, st.integers(0, 12_000))
def test_whatever_is_damaged(data: bytes, changed: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(data)
    for place, value in changed:
        damaged[place % len(damaged)] = value
    only_inside(bytes(damaged[:cut]) if cut > 100 else bytes(damaged))

"""Archives that do what no archive should: one function each, and the sentence that refuses it."""

import bz2
import copy
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from twidder_cli.model import Noun
from twidder_cli.submissions.limits import Limits

MIB = 1024 * 1024
WORK = {"lab/server.py": b"app = 1\n"}
"""What every one of them holds besides, so that it is not refused for holding nothing."""

Build = Callable[[Path, Path], None]


class Attack(Noun):
    """`build(archive, outside)` writes it; `outside` is where it wants to write.

    It is refused with a text that begins with `reason`.
    """

    name: str
    build: Build
    reason: str


ATTACKS: list[Attack] = []
LIMITS = Limits(entries=1_000, listed=2_000)
"""What they are unpacked with: as by default, but for the counts, which take time to reach."""


def refused(reason: str) -> Callable[[Build], Build]:
    """Put an attack into the gallery; in its reason, {outside} stands for that folder."""

    def add(build: Build) -> Build:
        ATTACKS.append(Attack(name=build.__name__, build=build, reason=reason))
        return build

    return add


# How they are written


def zipped(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip with these names just as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, to: str = "") -> bytes:
    """Return an entry of a tar as its bytes."""
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, to
    return info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % 512)


def tarred(path: Path, *members: bytes) -> None:
    """Write a tar of these entries, after our own work."""
    work = [member(name, data) for name, data in WORK.items()]
    path.write_bytes(b"".join([*work, *members]) + bytes(1024))


def block(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return a tar's header block that says any size, also a negative one."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def extended(records: dict[str, str]) -> bytes:
    """Return an extended header (pax) that goes before an entry."""
    body = b""
    for key, value in records.items():
        record = f" {key}={value}\n".encode()
        length = len(record) + len(str(len(record)))
        length = len(record) + len(str(length))
        body += str(length).encode() + record
    return member("pax", body, tarfile.XHDTYPE)


# Names that lead out


@refused("../evil in it leads out of the archive")
def zip_parent(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"../evil": b""})


@refused("lab/../../evil in it leads out of the archive")
def zip_parent_further_down(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"lab/../../evil": b""})


@refused(r"..\evil in it leads out of the archive")
def zip_parent_as_windows_writes_it(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"..\\evil": b""})


@refused("{outside}/evil in it has an absolute name")
def zip_absolute(path: Path, outside: Path) -> None:
    zipped(path, WORK | {f"{outside}/evil": b""})


@refused(r"C:\evil in it has an absolute name")
def zip_drive(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"C:\\evil": b""})


@refused("C:evil in it has an absolute name")
def zip_drive_alone(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"C:evil": b""})


@refused(r"\\host\share\evil in it has an absolute name")
def zip_network_share(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"\\\\host\\share\\evil": b""})


@refused("../evil in it leads out of the archive")
def tar_parent(path: Path, outside: Path) -> None:
    tarred(path, member("../evil"))


@refused("{outside}/evil in it has an absolute name")
def tar_absolute(path: Path, outside: Path) -> None:
    tarred(path, member(f"{outside}/evil"))


@refused("../evil in it leads out of the archive")
def tar_parent_in_an_extended_header(path: Path, outside: Path) -> None:
    tarred(path, extended({"path": "../evil"}) + member("good"))


@refused("../evil in it leads out of the archive")
def tar_parent_in_a_long_name(path: Path, outside: Path) -> None:
    tarred(path, member("././@LongLink", b"../evil\0", tarfile.GNUTYPE_LONGNAME) + member("good"))


@refused("venv/../../evil in it leads out of the archive")
def tar_parent_in_what_is_left_out(path: Path, outside: Path) -> None:
    tarred(path, member("venv/../../evil"))


# Links, devices


@refused("lab/x in it is a link that leads out, to {outside}")
def tar_link_out(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=tarfile.SYMTYPE, to=str(outside)))


@refused("lab/x in it is a link that leads out, to lab/../../..")
def tar_link_up(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=tarfile.SYMTYPE, to="../../.."))


@refused("lab/x in it is a link that leads out, to {outside}/file")
def tar_hard_link_out(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=tarfile.LNKTYPE, to=f"{outside}/file"))


@refused("lab/x in it is a link that leads out, to {outside}")
def tar_link_out_in_an_extended_header(path: Path, outside: Path) -> None:
    link = member("lab/x", kind=tarfile.SYMTYPE, to="server.py")
    tarred(path, extended({"linkpath": str(outside)}) + link)


@refused("lab/x is in it as a link and as a folder")
def tar_file_through_a_link(path: Path, outside: Path) -> None:
    link = member("lab/x", kind=tarfile.SYMTYPE, to="lab")
    tarred(path, link + member("lab/x/evil", b"evil"))


@refused("lab/x in it is a link that leads out, to {outside}")
def zip_link_out(path: Path, outside: Path) -> None:
    info = zipfile.ZipInfo("lab/x")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lab/server.py", WORK["lab/server.py"])
        archive.writestr(info, str(outside))


@refused("lab/x in it is a device")
def tar_device(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=tarfile.CHRTYPE))


@refused("lab/x in it is a pipe")
def tar_pipe(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=tarfile.FIFOTYPE))


@refused("lab/x in it is a pipe")
def zip_pipe(path: Path, outside: Path) -> None:
    info = zipfile.ZipInfo("lab/x")
    info.external_attr = (stat.S_IFIFO | 0o644) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lab/server.py", WORK["lab/server.py"])
        archive.writestr(info, b"")


@refused("lab/x in it is a sparse file")
def tar_file_of_holes(path: Path, outside: Path) -> None:
    tarred(path, block("lab/x", 0, tarfile.GNUTYPE_SPARSE))


@refused("lab/x in it is a sparse file")
def tar_file_of_holes_in_an_extended_header(path: Path, outside: Path) -> None:
    holes = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 40)}
    tarred(path, extended(holes) + member("lab/x"))


@refused("lab/x in it is a thing of unknown kind")
def tar_unknown_kind(path: Path, outside: Path) -> None:
    tarred(path, member("lab/x", kind=b"Z"))


# Bombs


@refused("it is a bomb: what it holds is over 200 times its own size")
def zip_bomb(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"lab/zeros": bytes(40 * MIB)})


@refused("it is a bomb: what it holds is over 200 times its own size")
def zip_bomb_of_many_files(path: Path, outside: Path) -> None:
    zipped(path, WORK | {f"lab/{number}": bytes(MIB) for number in range(40)})


@refused("it is a bomb: what it holds is over 200 times its own size")
def zip_bomb_of_links(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lab/zeros", bytes(2 * MIB))
        for number in range(20):
            info = zipfile.ZipInfo(f"lab/{number}")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "zeros")


@refused("it is a bomb: what it holds is over 200 times its own size")
def tar_gz_bomb(path: Path, outside: Path) -> None:
    path.write_bytes(gzip.compress(_bomb()))


@refused("it is a bomb: what it holds is over 200 times its own size")
def tar_bz2_bomb(path: Path, outside: Path) -> None:
    path.write_bytes(bz2.compress(_bomb()))


@refused("it is a bomb: what it holds is over 200 times its own size")
def tar_xz_bomb(path: Path, outside: Path) -> None:
    path.write_bytes(lzma.compress(_bomb()))


@refused("it is a bomb: what it holds is over 200 times its own size")
def tar_bomb_in_what_is_left_out(path: Path, outside: Path) -> None:
    path.write_bytes(gzip.compress(_bomb("lab/venv/zeros")))


def _bomb(name: str = "lab/zeros") -> bytes:
    return member(name, bytes(40 * MIB)) + bytes(1024)


@refused("it is damaged: headers without end in it")
def tar_of_headers_without_end(path: Path, outside: Path) -> None:
    tarred(path, extended({"path": "x"}) * 1000)


@refused("it holds more than 1000 files and folders")
def zip_of_too_many_files(path: Path, outside: Path) -> None:
    zipped(path, {f"lab/{number}": b"" for number in range(1_000)})


@refused("it holds more than 1000 files and folders")
def tar_of_too_many_folders(path: Path, outside: Path) -> None:
    deep = "/a" * 30
    tarred(path, *(member(f"lab/{number}{deep}/x") for number in range(40)))


@refused("it holds more than 2000 entries")
def tar_of_too_much_that_is_left_out(path: Path, outside: Path) -> None:
    tarred(path, member("node_modules/x") * 2_000)


@refused("it is a bomb: lab/server.py and lab/again overlap in it")
def zip_of_one_file_many_times(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lab/server.py", b"app = 1\n" * 1000)
        again = copy.copy(archive.filelist[0])
        again.filename = "lab/again"
        archive.filelist.append(again)


@refused("it is a bomb: lab/0 and lab/1 overlap in it")
def zip_of_files_that_quote_each_other(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3):
            archive.writestr(f"lab/{number}", b"x" * 1000)
        for info in archive.filelist[:-1]:
            info.compress_size += 1


@refused("it is damaged or cut off (Bad CRC-32 for file 'lab/zeros')")
def zip_that_says_it_is_small(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lab/server.py", WORK["lab/server.py"])
        archive.writestr("lab/zeros", bytes(100 * MIB))
        archive.filelist[1].file_size = 10


@refused("its table of contents has 33554432 bytes")
def zip_with_a_large_table_of_contents(path: Path, outside: Path) -> None:
    with path.open("wb") as file:
        file.write(b"PK\3\4")
        file.seek(32 * MIB)
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 32 * MIB, 0, 0))


@refused("it is damaged: a header in it is said to have 8589934591 bytes")
def tar_with_a_header_of_gigabytes(path: Path, outside: Path) -> None:
    tarred(path, block("x", 8**11 - 1, tarfile.GNUTYPE_LONGNAME))


@refused("it is damaged: a header in it is said to have -512 bytes")
def tar_with_a_header_that_goes_back(path: Path, outside: Path) -> None:
    tarred(path, block("x", -512, tarfile.XHDTYPE))


@refused("it is damaged or cut off (a size is negative)")
def tar_with_a_file_that_goes_back(path: Path, outside: Path) -> None:
    tarred(path, block("x", -1024))


@refused("it is damaged or cut off (a size is negative)")
def tar_that_goes_back_in_an_extended_header(path: Path, outside: Path) -> None:
    tarred(path, extended({"size": "-2048"}) + member("lab/x"))


@refused("it is damaged or cut off (a record in a header has no length)")
def tar_with_a_record_without_end(path: Path, outside: Path) -> None:
    tarred(path, member("pax", b"0 path=x\n", tarfile.XHDTYPE))


@refused("it is damaged or cut off (Memory usage limit exceeded)")
def tar_xz_that_wants_memory(path: Path, outside: Path) -> None:
    wants = {"id": lzma.FILTER_LZMA2, "dict_size": 256 * MIB, "mode": lzma.MODE_FAST}
    wants |= {"mf": lzma.MF_HC3, "nice_len": 32}
    path.write_bytes(lzma.compress(member("lab/server.py") + bytes(1024), filters=[wants]))


# Names


@refused("a" + "/a" * 40 + " in it is more than 40 folders deep")
def zip_too_deep(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"a" + "/a" * 40: b""})


@refused("x" * 100 + " ... (300 characters) in it has too long a name")
def zip_too_long_a_name(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"x" * 300: b""})


@refused("a/" * 50 + " ... (1026 characters) in it has too long a name")
def tar_too_long_a_path(path: Path, outside: Path) -> None:
    tarred(path, member("a/" * 513))


@refused("a file in it has no name")
def zip_no_name(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"": b"x"})


@refused("a file in it has no name")
def zip_the_name_of_the_folder_itself(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"./.": b"x"})


@refused("a file in it has no name")
def tar_no_name(path: Path, outside: Path) -> None:
    tarred(path, member(""))


@refused("lab/server.py is in it as a file and as a folder")
def zip_file_where_a_folder_is_needed(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"lab/server.py/x": b""})


@refused("lab/server.py is in it as a file and as a folder")
def tar_folder_of_a_files_name(path: Path, outside: Path) -> None:
    tarred(path, member("lab/server.py", kind=tarfile.DIRTYPE))


@refused("it is damaged or cut off ('utf-8' codec can't decode byte 0xff in position 0: invalid")
def zip_name_that_is_not_the_text_it_says(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"\u00e4": b""})
    path.write_bytes(path.read_bytes().replace("\u00e4".encode(), b"\xff\xfe"))


@refused(r"\x1b[2J/../../evil in it leads out of the archive")
def zip_reason_that_clears_the_screen(path: Path, outside: Path) -> None:
    zipped(path, WORK | {"\x1b[2J/../../evil": b""})


# What can't be read


@refused("lab/server.py in it is encrypted; pack it without a password")
def zip_with_a_password(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lab/server.py", WORK["lab/server.py"])
        archive.filelist[0].flag_bits |= 1


@refused("lab/server.py in it is packed in an unusual way; pack it with deflate")
def zip_packed_with_bzip2(path: Path, outside: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("lab/server.py", WORK["lab/server.py"])


@refused("it holds no files of the submission's own")
def zip_of_nothing(path: Path, outside: Path) -> None:
    zipped(path, {})


@refused("it holds no files of the submission's own")
def tar_gz_of_nothing(path: Path, outside: Path) -> None:
    with tarfile.open(path, "w:gz"):
        pass


@refused("it holds no files of the submission's own")
def zip_of_folders(path: Path, outside: Path) -> None:
    zipped(path, {"lab/": b"", "lab/static/": b""})


@refused("it holds no files of the submission's own")
def zip_of_an_environment_alone(path: Path, outside: Path) -> None:
    zipped(path, {"env/pyvenv.cfg": b"", "env/lib/flask.py": b"", "__MACOSX/._env": b""})


@refused("it is damaged or cut off (File is not a zip file)")
def zip_cut_off(path: Path, outside: Path) -> None:
    zipped(path, WORK)
    path.write_bytes(path.read_bytes()[:-30])


@refused("it is damaged or cut off (it ends too early)")
def tar_cut_off_between_entries(path: Path, outside: Path) -> None:
    path.write_bytes(member("lab/server.py") + member("lab/more"))


@refused("it is damaged or cut off (it ends too early)")
def tar_cut_off_in_a_file(path: Path, outside: Path) -> None:
    path.write_bytes(member("lab/server.py", bytes(5000))[:3000])


@refused("it is damaged or cut off (it ends too early)")
def tar_gz_cut_off(path: Path, outside: Path) -> None:
    path.write_bytes(gzip.compress(_tar())[:-12])


@refused("it is damaged or cut off (it ends too early)")
def tar_bz2_cut_off(path: Path, outside: Path) -> None:
    path.write_bytes(bz2.compress(_tar())[:-12])


@refused("it is damaged or cut off (it ends too early)")
def tar_xz_cut_off(path: Path, outside: Path) -> None:
    path.write_bytes(lzma.compress(_tar())[:-12])


def _tar() -> bytes:
    return member("lab/server.py", WORK["lab/server.py"]) + bytes(10_240)


@refused("it is damaged or cut off (invalid header)")
def tar_with_garbage_in_the_middle(path: Path, outside: Path) -> None:
    tarred(path, b"x" * 512, member("lab/more"))


@refused("it is damaged or cut off (invalid header)")
def gzip_of_something_else(path: Path, outside: Path) -> None:
    path.write_bytes(bz2.compress(b"print()\n" * 100))


@refused("it is a 7z archive; expected .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz")
def seven_zip(path: Path, outside: Path) -> None:
    path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))


@refused("it is packed with Zstandard; expected .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz")
def zstandard(path: Path, outside: Path) -> None:
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(100))


@refused("it is no archive; expected .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz")
def text_with_the_name_of_an_archive(path: Path, outside: Path) -> None:
    path.write_bytes(b"<html>Sign in to download</html>")


@refused("it is no archive; expected .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz")
def empty_file(path: Path, outside: Path) -> None:
    path.write_bytes(b"")

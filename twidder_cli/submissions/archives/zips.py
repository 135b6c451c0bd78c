"""Zip archives, with what zipfile leaves open: bombs of every kind, links, names from macOS."""

import io
import posixpath
import stat
import zipfile
from collections.abc import Iterator
from itertools import pairwise

from twidder_cli.model.words import printable
from twidder_cli.submissions.archives.entries import Entry, Item, text
from twidder_cli.submissions.limits import Refused

MAGIC = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
"""How a zip archive begins."""

_DIRECTORY = 16 * 1024 * 1024  # bytes of the table of contents
_LOCAL_HEADER = 30  # bytes before an entry's data, its name not counted
_PIECE = 64 * 1024
_LONGEST_LINK = 4096
_ENCRYPTED = 0x1
_UTF8 = 0x800
_KINDS = {
    stat.S_IFBLK: "device",
    stat.S_IFCHR: "device",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFLNK: "link",
    stat.S_IFSOCK: "socket",
}


class Sparing(io.BufferedReader):
    """A file that is not read into memory as a whole, as zipfile would if the file says so."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes; raises Refused where they are more than a directory may have."""
        if size is not None and size > _DIRECTORY:
            raise Refused(f"its table of contents has {size} bytes")
        return super().read(size)


def items(file: io.BufferedReader) -> Iterator[Item]:
    """Yield what a zip archive holds."""
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        _require_apart(infos)
        for info in infos:
            yield _entry(archive, info), _data(archive, info)


def _require_apart(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share bytes: a small file would hold a thousand large ones."""
    for one, other in pairwise(sorted(infos, key=lambda info: info.header_offset)):
        before_data = one.header_offset + _LOCAL_HEADER + len(_name(one))
        if before_data + one.compress_size > other.header_offset:
            raise Refused(f"it is a bomb: {_shown(one)} and {_shown(other)} overlap in it")


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = text(_name(info), otherwise="cp437")  # macOS writes UTF-8 and does not say so
    kind = _KINDS.get(stat.S_IFMT(info.external_attr >> 16), "file")
    if name.endswith(("/", "\\")):
        kind = "folder"
    if kind != "link":
        return Entry(name=name, kind=kind)
    link = text(next(_data(archive, info), b"")[:_LONGEST_LINK], otherwise="latin-1")
    return Entry(name=name, kind=kind, leads_to=posixpath.join(posixpath.dirname(name), link))


def _name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _data(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & _ENCRYPTED:
        raise Refused(f"{_shown(info)} in it is encrypted; pack it without a password")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # zipfile decompresses the other kinds into memory, however much that becomes.
        raise Refused(f"{_shown(info)} in it is packed in an unusual way; pack it with deflate")
    with archive.open(info) as data:
        yield from iter(lambda: data.read(_PIECE), b"")


def _shown(info: zipfile.ZipInfo) -> str:
    return printable(info.orig_filename, 200)

"""Tar archives, of which tarfile reads single header blocks and nothing more.

tarfile takes extended headers of any length into memory, searches them in
quadratic time (CVE-2024-6232), goes round for ever where a size is negative
(CVE-2025-8194), and takes damage for the end of the archive.
"""

import posixpath
import tarfile
from collections.abc import Iterator

from twidder_cli.submissions.archives.entries import Entry, Item, text
from twidder_cli.submissions.archives.packed import Stream
from twidder_cli.submissions.limits import Refused

_EXTENDED = 16 * 1024  # bytes of one extended header: names, and what macOS keeps of a file
_EXTENSIONS = 8  # before one entry
_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.LNKTYPE: "link",
    tarfile.SYMTYPE: "link",
    tarfile.FIFOTYPE: "pipe",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.GNUTYPE_SPARSE: "sparse file",
}
_WITHOUT_DATA = {"folder", "link", "pipe", "device"}


def is_header(block: bytes) -> bool:
    """Whether a block of 512 bytes is how a tar archive begins."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def items(stream: Stream) -> Iterator[Item]:
    """Yield what a tar archive holds."""
    said: dict[str, str] = {}
    extensions = 0
    while any(block := stream.exactly(tarfile.BLOCKSIZE)):
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        extended = _extended(header, stream)
        if extended is not None:
            said |= extended
            extensions += 1
            if extensions > _EXTENSIONS:
                raise Refused("it is damaged: headers without end in it")
            continue
        entry = _entry(header, said)
        size = 0 if entry.kind in _WITHOUT_DATA else int(said.get("size", header.size))
        if size < 0:
            raise ValueError("a size is negative")
        end = stream.position + size
        yield entry, stream.until(end)
        for _ in stream.until(_padded(end)):
            pass
        said, extensions = {}, 0
    stream.finish()


def _padded(size: int) -> int:
    return size + -size % tarfile.BLOCKSIZE


def _extended(header: tarfile.TarInfo, stream: Stream) -> dict[str, str] | None:
    """Return what an extended header says of the next entry; None where this is an entry."""
    match header.type:
        case tarfile.GNUTYPE_LONGNAME:
            return {"path": _name(_body(header, stream).rstrip(b"\0"))}
        case tarfile.GNUTYPE_LONGLINK:
            return {"linkpath": _name(_body(header, stream).rstrip(b"\0"))}
        case tarfile.XHDTYPE | tarfile.SOLARIS_XHDTYPE:
            return _records(_body(header, stream))
        case tarfile.XGLTYPE:  # about the archive as a whole: git writes the commit there
            _body(header, stream)
            return {}
    return None


def _body(header: tarfile.TarInfo, stream: Stream) -> bytes:
    if not 0 <= header.size <= _EXTENDED:
        raise Refused(f"it is damaged: a header in it is said to have {header.size} bytes")
    return stream.exactly(_padded(header.size))[: header.size]


def _records(body: bytes) -> dict[str, str]:
    """Return of records `LENGTH KEY=VALUE` what matters: where an entry is, and how it is kept."""
    said = {}
    while body:
        length = int(body[:20].partition(b" ")[0])
        if length < 1:
            raise ValueError("a record in a header has no length")
        record, body = body[:length], body[length:]
        key, _, value = record.partition(b" ")[2].removesuffix(b"\n").partition(b"=")
        if key in {b"path", b"linkpath", b"size"}:
            said[key.decode()] = _name(value)
        elif key.startswith(b"GNU.sparse."):
            said["sparse"] = "yes"
    return said


def _entry(header: tarfile.TarInfo, said: dict[str, str]) -> Entry:
    name = said.get("path") or _name(header.name.encode("utf-8", "surrogateescape"))
    kind = "sparse file" if "sparse" in said else _KINDS.get(header.type, "thing of unknown kind")
    if kind != "link":
        return Entry(name=name, kind=kind)
    link = said.get("linkpath") or _name(header.linkname.encode("utf-8", "surrogateescape"))
    base = posixpath.dirname(name) if header.type == tarfile.SYMTYPE else ""
    return Entry(name=name, kind=kind, leads_to=posixpath.join(base, link))


def _name(name: bytes) -> str:
    return text(name, otherwise="latin-1")

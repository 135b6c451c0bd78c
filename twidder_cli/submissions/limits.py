"""How much a submission may be before anything of it is read or started."""

from twidder_cli.model import Noun

MIB = 1024 * 1024
_SMALL = 32 * MIB


class Refused(Exception):  # noqa: N818  the submission's doing, told as a finding
    """A submission that is not unpacked or copied; the text says why, on one line, for people."""


class Limits(Noun):
    """What is refused when a submission holds more of it. What is no one's own work is not counted.

    `size`: bytes of all files. `entries`: files and folders. `depth`: folders
    in folders. `ratio`: times the size of the archive; what unpacks to less
    than 32 MiB is no bomb, however well it was packed. Two limits count what is
    left out as well: `read`, bytes in a compressed archive, and `listed`,
    entries in any.
    """

    size: int = 512 * MIB
    entries: int = 20_000
    depth: int = 40
    ratio: int = 200
    read: int = 2048 * MIB
    listed: int = 100_000


LIMITS = Limits()


class Budget:
    """Bytes that may still be read or written; `packed` is the size of the archive they are in."""

    def __init__(self, size: int, *, ratio: int = 0, packed: int = 0) -> None:
        self._size = size
        self._ratio = ratio
        self._bomb = max(ratio * packed, _SMALL) if ratio else size
        self._spent = 0

    def spend(self, count: int) -> None:
        """Count bytes; raises Refused when they are too many."""
        self._spent += count
        if self._spent > self._size:
            raise Refused(f"it holds more than {self._size // MIB} MiB")
        if self._spent > self._bomb:
            raise Refused(f"it is a bomb: what it holds is over {self._ratio} times its own size")

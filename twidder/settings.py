"""What differs between two installations, read from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where things are kept, and what is around the application."""

    database: Path = Path("twidder.db")
    log: str = "-"
    """A file, or "-" for standard error."""

    threads: int = 100
    """How many the server gives us."""

    proxies: int = 0
    """How many proxies are in front, each adding to X-Forwarded-For."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read TWIDDER_DATABASE and so on; what is not set has its default."""
        return cls(
            database=Path(environment.get("TWIDDER_DATABASE", cls.database)),
            log=environment.get("TWIDDER_LOG", cls.log),
            threads=_number(environment, "TWIDDER_THREADS", default=cls.threads, least=1),
            proxies=_number(environment, "TWIDDER_PROXIES", default=cls.proxies, least=0),
        )

    @property
    def socket_limit(self) -> int:
        """How many sockets may be open: each holds a thread, and some must be left for HTTP."""
        return max(1, self.threads - max(1, self.threads // 10))


def _number(environment: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    found = environment.get(name, str(default))
    if not found.isdecimal() or int(found) < least:
        raise ValueError(f"{name}: expected a whole number from {least} on, found {found!r}")
    return int(found)

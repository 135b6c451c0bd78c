"""What differs between two installations, read from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where the data is, and how many threads the server gives us."""

    database: Path = Path("twidder.db")
    threads: int = 100

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read TWIDDER_DATABASE and TWIDDER_THREADS; what is not set has its default."""
        threads = environment.get("TWIDDER_THREADS", str(cls.threads))
        if not threads.isdecimal() or int(threads) < 1:
            raise ValueError(f"TWIDDER_THREADS: expected a whole number above 0, found {threads!r}")
        return cls(
            database=Path(environment.get("TWIDDER_DATABASE", cls.database)),
            threads=int(threads),
        )

    @property
    def socket_limit(self) -> int:
        """How many sockets may be open: each holds a thread, and some must be left for HTTP."""
        return max(1, self.threads - max(1, self.threads // 10))

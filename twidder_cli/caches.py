"""Where things are kept from one run to the next, for one user."""

import os
from pathlib import Path


def cache(name: str) -> Path:
    """Return the folder of a cache, which need not be there yet."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "twidder" / name

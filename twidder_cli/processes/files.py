"""Files that somebody who is not trusted has written: links lead anywhere, and depth has no end.

The system's own commands follow no link below a folder and know no limit of depth, where
Python's functions run out of stack.
"""

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {"PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{os.defpath}"}


def hand_over(folder: Path, user: int) -> None:
    """Make a user the owner of a folder and all that is in it; raises CalledProcessError."""
    _run("chown", "-hR", f"{user}:{user}", folder, check=True)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    _run("chmod", "-R", "u+rwX", folder, check=False)
    _run("rm", "-rf", folder, check=False)


def _run(*argv: str | Path, check: bool) -> None:
    subprocess.run(argv, env=_ENVIRONMENT, capture_output=True, check=check)  # noqa: S603

"""Files that somebody who is not trusted has written: links lead anywhere, and depth has no end.

The system's own commands follow no link below a folder and know no limit of depth, where
Python's functions run out of stack.
"""

import subprocess
from pathlib import Path


def hand_over(folder: Path, user: int) -> None:
    """Make a user the owner of a folder and all that is in it; raises CalledProcessError."""
    subprocess.run(["chown", "-hR", f"{user}:{user}", "--", folder], check=True)  # noqa: S603, S607


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        subprocess.run([*command, "--", folder], capture_output=True, check=False)  # noqa: S603

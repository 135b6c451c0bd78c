"""What pages looked like when a scenario was over that did not pass: a JPEG for each actor.

What is in them a submission has made; the names of the files are ours.
"""

import shutil
from pathlib import Path

from twidder_cli.model.events import Pictured
from twidder_cli.reporters import write_whole

MOST = 50
"""Pictures that are kept of a submission, a tenth of a megabyte each as a rule."""


class Pictures:
    """One submission's folder of pictures, which is there once there is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def clear(self) -> None:
        """Remove what an earlier run has left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, event: Pictured) -> None:
        """Keep a picture, unless there are as many as are kept."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in self._folder.iterdir()) < MOST:
            name = f"{event.scenario.replace('/', '-')}.{event.actor}.jpg"
            write_whole(self._folder / name, [event.image])

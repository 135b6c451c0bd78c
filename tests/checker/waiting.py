"""Waiting for what can be observed."""

import select
import time
from collections.abc import Callable

LONG = 60.0
"""Seconds after which a test gives up; nothing is expected to take that long."""


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Look until the condition holds."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        select.select([], [], [], 0.01)

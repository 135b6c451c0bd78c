"""How an application's route table is asked for, and what of the answer is believed."""

import sys
from pathlib import Path

import msgspec

from twidder_cli.model.routes import RouteTable

TABLE_LIMIT = 1024 * 1024
"""Bytes of a route table that are read; more of them is none."""


def table_argv(data: str, application: str, descriptor: int) -> list[str]:
    """Return the command that writes the table of `module:target` to an inherited descriptor.

    `data` is what `launch.py` is told. It is for the submission's confined
    process, in the folder where its server runs, and may never end: kill it
    after a while.
    """
    script = Path(__file__).with_name("routes.py")
    return [sys.executable, str(script), data, application, str(descriptor)]


def read_table(lines: bytes) -> RouteTable:
    """Return the table that a submission's process wrote; a `problem` where it is none."""
    if not lines:
        return RouteTable(problem="its process ended, or was ended, without telling its routes")
    if len(lines) > TABLE_LIMIT:
        return RouteTable(problem=f"its table of routes has more than {TABLE_LIMIT} bytes")
    try:
        return msgspec.json.decode(lines, type=RouteTable)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return RouteTable(problem=f"what it wrote is no table of routes: {error}"[:300])

"""The one place that starts processes, confines them, and ends them with all their descendants."""

from twidder_cli.processes.browser import confined_browser
from twidder_cli.processes.ending import kill_descendants
from twidder_cli.processes.files import remove
from twidder_cli.processes.limits import Limits
from twidder_cli.processes.machine import Ability, abilities, best_sandbox
from twidder_cli.processes.ourselves import (
    adopt_orphans,
    become,
    close_to_others,
    end_with_parent,
)
from twidder_cli.processes.program import Done, run
from twidder_cli.processes.sandbox import Sandbox
from twidder_cli.processes.scratch import scratch, sweep
from twidder_cli.processes.submission import LOG_LIMIT, Process, start
from twidder_cli.processes.worker import Worker

spared = Process.spared

__all__ = [
    "LOG_LIMIT",
    "Ability",
    "Done",
    "Limits",
    "Process",
    "Sandbox",
    "Worker",
    "abilities",
    "adopt_orphans",
    "become",
    "best_sandbox",
    "close_to_others",
    "confined_browser",
    "end_with_parent",
    "kill_descendants",
    "remove",
    "run",
    "scratch",
    "spared",
    "start",
    "sweep",
]

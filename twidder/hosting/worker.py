"""The gunicorn worker that we run in."""

import signal

from gunicorn.workers.base import Worker


def current_worker() -> Worker | None:
    """Find the worker that imports us; None in a process of another kind.

    It has no other trace that holds for all versions: it handles SIGTERM.
    """
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return worker if isinstance(worker, Worker) else None

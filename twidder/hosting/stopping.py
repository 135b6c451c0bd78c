"""Something to do before a gunicorn worker stops.

An open socket occupies a thread until it is closed, and gunicorn waits for its
threads: a worker that leaves its sockets open takes its whole graceful timeout.
"""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from gunicorn.workers.base import Worker

QUICK_PATIENCE = 0.5
"""Seconds to leave in good order after SIGINT or SIGQUIT, which ask for a quick end."""

PARENT_CHECK_INTERVAL = 1.0

_QUICK = (signal.SIGINT, signal.SIGQUIT)


def before_stopping(worker: Worker, action: Callable[[], None]) -> None:
    """Run `action` once, in a thread of its own, when the worker has to stop."""
    # A handler may interrupt another one, even inside a lock: putting into a
    # SimpleQueue is the one notification that allows for that.
    received: queue.SimpleQueue[int] = queue.SimpleQueue()

    # Also in place of the worker's handler for a quick end. That one takes the lock of the
    # thread pool: when it interrupts the main thread as it hands over a request, or
    # itself (Ctrl-C comes from the terminal and from the master), it waits for ever.
    def handle(number: int, frame: FrameType | None) -> None:
        received.put(number)
        worker.handle_exit(signal.SIGTERM, frame)

    for number in (signal.SIGTERM, *_QUICK):
        signal.signal(number, handle)
    threading.Thread(target=_attend, args=(received, action), name="stop", daemon=True).start()


def _attend(received: "queue.SimpleQueue[int]", action: Callable[[], None]) -> None:
    number = _first_reason_to_stop(received)
    action()
    while number not in _QUICK:
        number = received.get()
    time.sleep(QUICK_PATIENCE)
    os._exit(0)  # the worker would still wait for clients that keep their connection


def _first_reason_to_stop(received: "queue.SimpleQueue[int]") -> int:
    # A worker whose master was killed gets no signal; gunicorn stops it then, too.
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            return received.get(timeout=PARENT_CHECK_INTERVAL)
        except queue.Empty:
            continue
    return signal.SIGTERM

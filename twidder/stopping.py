"""Something to do before the server stops.

An open socket occupies a thread until it is closed, and gunicorn waits for its
threads: a server that leaves its sockets open takes its whole graceful timeout.
"""

import os
import queue
import signal
import threading
from collections.abc import Callable
from types import FrameType

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

PARENT_CHECK_INTERVAL = 1.0


def before_stopping(action: Callable[[], None]) -> None:
    """Run `action` once, in a thread of its own, when this process is told to stop.

    The handlers that the server has set run as well, right after the news was
    passed on. Outside of the main thread, where handlers can't be set, nothing
    happens.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    # A handler may interrupt another one, even inside a lock: putting into a
    # SimpleQueue is the one notification that allows for that.
    stops: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in _STOP_SIGNALS:
        _put_in_front(number, stops)
    threading.Thread(target=_wait_and_run, args=(stops, action), name="stop", daemon=True).start()


def _put_in_front(number: signal.Signals, stops: "queue.SimpleQueue[int]") -> None:
    earlier = signal.getsignal(number)
    if not callable(earlier):
        return

    def pass_on(received: int, frame: FrameType | None) -> None:
        stops.put(received)
        earlier(received, frame)

    signal.signal(number, pass_on)


def _wait_and_run(stops: "queue.SimpleQueue[int]", action: Callable[[], None]) -> None:
    # A worker whose master was killed gets no signal; gunicorn stops it then, too.
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            stops.get(timeout=PARENT_CHECK_INTERVAL)
        except queue.Empty:
            continue
        break
    action()

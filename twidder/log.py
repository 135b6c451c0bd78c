"""The log: a line of JSON for each request, and for all else that is worth a line."""

import json
import logging
import sys
import time
from logging.handlers import WatchedFileHandler
from typing import Any

STANDARD_ERROR = "-"


def write_log_to(place: str) -> None:
    """Write the application's log to a file, or to standard error for "-"."""
    handler: logging.Handler = (
        logging.StreamHandler(sys.stderr)
        if place == STANDARD_ERROR
        else WatchedFileHandler(place, encoding="utf-8")  # begins anew when the file is moved away
    )
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("twidder")  # Flask's name for it, too
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False  # gunicorn has handlers of its own at the root


class JsonLines(logging.Formatter):
    """Time (UTC), level and event; `details`, where the event has any; and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self._time(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "details", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)

    @staticmethod
    def _time(record: logging.LogRecord) -> str:
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f"{seconds}.{int(record.msecs):03}Z"

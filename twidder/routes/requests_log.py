"""One line in the log for each request; nothing in it that a request brought but its method."""

import time

from flask import Flask, Response, current_app, g, request


def init_app(app: Flask) -> None:
    """Log every request of the application."""
    app.before_request(_start)
    app.after_request(_log)


def _start() -> None:
    g.started = time.perf_counter()


def _log(response: Response) -> Response:
    details = {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.started) * 1000, 1),
        "bytes": response.content_length or 0,
        "remote": request.remote_addr,
    }
    current_app.logger.info("request", extra={"details": details | g.get("details", {})})
    return response

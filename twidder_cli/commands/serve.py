"""`twidder serve`: the reference application under gunicorn, in place of our own process."""

import errno
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from gunicorn.config import KNOWN_SETTINGS

import twidder
from twidder.store import Store, UnusableDatabaseError
from twidder_cli.errors import OperatorError
from twidder_cli.processes import become

GRACEFUL_TIMEOUT = 5
"""Seconds that a stopping server gives to requests that are still being answered."""

BACKLOG = 2048


STANDARD_ERROR = "-"

Function = Callable[..., None]


def _option(name: str, default: object, **attributes: Any) -> Callable[[Function], Function]:
    """An option that the environment may give as well: --port, TWIDDER_PORT."""
    return click.option(
        f"--{name}",
        default=default,
        show_default=True,
        envvar=f"TWIDDER_{name.upper()}",
        show_envvar=True,
        **attributes,
    )


@click.command()
@_option("host", "127.0.0.1", help="Address to listen on.")
@_option("port", 5000, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@_option(
    "database",
    "./twidder.db",
    type=click.Path(path_type=Path),
    help="SQLite file; made if there is none.",
)
@_option("log", STANDARD_ERROR, help="File for the log; - is standard error.")
@_option(
    "threads",
    100,
    type=click.IntRange(2, 500),
    help="Requests and open sockets served at a time; a tenth is kept for requests.",
)
@_option(
    "proxies",
    0,
    type=click.IntRange(0, 9),
    help="Proxies in front, whose X-Forwarded-For is believed.",
)
@_option("workers", 1, type=click.IntRange(min=1), help="One.")
def serve(
    *, host: str, port: int, database: Path, log: str, threads: int, proxies: int, workers: int
) -> None:
    """Start the reference application.

    \b
    Example: let the whole network in, and keep the data elsewhere
      twidder serve --host 0.0.0.0 --port 8000 --database /tmp/lab3.db
    """
    if workers > 1:
        raise OperatorError(
            "workers do not yet share the news of an expired session, so a logout would be lost;"
            " use --workers 1 with more --threads"
        )
    listener = _listen(host, port)
    settings = {
        "TWIDDER_DATABASE": _prepared_database(database.absolute()),
        "TWIDDER_LOG": _prepared_log(log),
        "TWIDDER_THREADS": str(threads),
        "TWIDDER_PROXIES": str(proxies),
    }
    click.echo(f"Twidder:  {_url(listener)}")
    click.echo(f"Its data: {settings['TWIDDER_DATABASE']}")
    click.echo("Stop it with Ctrl-C.")
    # Gunicorn imports from the current folder first, and reads its settings
    # there: a student's folder may hold a `twidder` of its own.
    os.chdir(Path(str(twidder.__file__)).parent.parent)
    become(
        _gunicorn(listener, threads),
        _environment(os.environ, settings),
        keep=[listener.fileno()],
    )


def _listen(host: str, port: int) -> socket.socket:
    """Take the port ourselves: a taken one is one clear line, and nobody takes it in between."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # A name like localhost may stand for two addresses, and clients try this one at least.
        family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        raise OperatorError(_why_not_listening(host, port, error)) from error
    return listener


def _why_not_listening(host: str, port: int, error: OSError | UnicodeError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program; choose another with --port"
    if number == errno.EACCES:
        return f"port {port} needs more rights than you have; choose one above 1023 with --port"
    return (
        f"can't listen on {host!r}: {getattr(error, 'strerror', None) or error};"
        " --host takes an address of this machine, like 127.0.0.1 or 0.0.0.0"
    )


def _prepared_database(database: Path) -> str:
    """Find out now whether the data can be kept there, when it is easy to say so."""
    try:
        Store(database).close()
    except UnusableDatabaseError as error:
        if database.is_dir():
            reason = "this is a folder"
        elif not database.parent.is_dir():
            reason = f"there is no folder {database.parent}"
        else:
            reason = str(error)
        raise OperatorError(
            f"can't keep data in {database}: {reason}; name another file with --database"
        ) from error
    return str(database)


def _prepared_log(log: str) -> str:
    if log == STANDARD_ERROR:
        return log
    file = Path(log).absolute()
    try:
        file.open("a", encoding="utf-8").close()
    except OSError as error:
        raise OperatorError(
            f"can't write the log to {file}: {error.strerror}; name another file with --log"
        ) from error
    return str(file)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        return f"http://127.0.0.1:{port} (and on all other addresses of this machine)"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _gunicorn(listener: socket.socket, threads: int) -> list[str]:
    options = {
        "--bind": f"fd://{listener.fileno()}",
        "--workers": "1",
        "--threads": str(threads),
        "--graceful-timeout": str(GRACEFUL_TIMEOUT),
        "--log-level": "warning",
        # The application looks at X-Forwarded-For itself, and nobody may set SCRIPT_NAME.
        "--forwarded-allow-ips": "",
    }
    argv = [sys.executable, "-P", "-m", "gunicorn"]
    argv += [word for option in options.items() for word in option]
    if any(setting.name == "control_socket_disable" for setting in KNOWN_SETTINGS):
        argv.append("--no-control-socket")  # else it is made in ~/.gunicorn
    return [*argv, "twidder.server:app"]


def _environment(environment: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    # Would override what is said here.
    return {k: v for k, v in environment.items() if k != "GUNICORN_CMD_ARGS"} | dict(settings)

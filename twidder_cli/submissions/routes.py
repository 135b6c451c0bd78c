"""Tells an application's routes. Run as a script, in the submission's process and folder.

    routes.py DATA MODULE:TARGET DESCRIPTOR

prepares the data as launch.py does, imports the application as gunicorn does,
and writes a `RouteTable` to the descriptor, as JSON. What a submission writes
there itself is no more trusted
than what it answers over HTTP.
"""

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import launch  # type: ignore[import-not-found]  # this script's neighbour, which hides us
from gunicorn.util import import_app

_LONGEST = 300


def main() -> None:
    """Write the route table of the application named by the arguments, and end."""
    data, target, descriptor = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    launch.end_with_parent()
    launch.hide_us()
    launch.prepare(**data)
    del sys.modules["launch"]  # the submission may have one of its own
    os.environ["FLASK_RUN_FROM_CLI"] = "true"  # Flask starts no server at import, as under `flask`
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  as gunicorn does
    sys.argv[:] = ["gunicorn"]
    try:
        table = _table(import_app(target))
    except BaseException as error:  # noqa: BLE001  also exit() at import is its doing
        table = {"problem": f"{type(error).__name__}: {error}"[:_LONGEST]}
    with os.fdopen(descriptor, "wb") as pipe:
        pipe.write(json.dumps(table).encode())
    os._exit(0)  # whatever threads the import has started


def _table(application: Any) -> dict[str, Any]:
    flask = next(_around(application), None)
    if flask is None:
        return {"problem": f"a {type(application).__name__} has no table of routes"}
    outer = application if flask is not application else flask.wsgi_app
    is_bare = getattr(outer, "__self__", None) is flask
    return {
        "routes": [_route(rule, flask) for rule in flask.url_map.iter_rules()],
        "behind": "" if is_bare else type(outer).__name__,
    }


def _around(application: Any) -> Iterator[Any]:
    """Yield the Flask applications that this one is, or is wrapped around."""
    if hasattr(application, "url_map") and hasattr(application, "view_functions"):
        yield application
    for name in ("app", "wsgi_app", "application"):
        inner = getattr(application, name, None)
        inner = getattr(inner, "__self__", inner)
        if inner is not None and inner is not application:
            yield from _around(inner)


def _route(rule: Any, flask: Any) -> dict[str, Any]:
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    view = _view(flask.view_functions.get(rule.endpoint), methods)
    code = getattr(view, "__code__", None)
    return {
        "rule": rule.rule,
        "methods": methods,
        "endpoint": rule.endpoint,
        "arguments": sorted(rule.arguments - set(rule.defaults or ())),
        "websocket": bool(rule.websocket),
        "function": getattr(view, "__name__", ""),
        "file": os.path.relpath(code.co_filename) if code else "",
        "line": code.co_firstlineno if code else 0,
    }


def _view(view: Any, methods: list[str]) -> Callable[..., Any] | None:
    """Return the function that a person wrote, without what decorators put around it."""
    by_class = getattr(view, "view_class", None)
    for method in methods if by_class else ():
        view = getattr(by_class, method.lower(), view)
    while isinstance(view, functools.partial):
        view = view.func
    return inspect.unwrap(view) if callable(view) else None


if __name__ == "__main__":
    main()

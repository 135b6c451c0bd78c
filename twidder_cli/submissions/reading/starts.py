"""Servers that a module starts although it is only imported."""

import ast

from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.values import called

_NO_SERVERS = {"anyio", "asyncio", "cmd", "loop", "subprocess", "trio"}
"""What else has a run()."""
_ALWAYS = {"run_forever", "run_simple", "serve_forever"}


def server_started(source: Source) -> tuple[int, str] | None:
    """Return line and words of what starts a server at import; None where nothing does."""
    for node in source.at_import:
        if isinstance(node, ast.Call) and (words := _starts(node)):
            return node.lineno, words
    return None


def _starts(call: ast.Call) -> str:
    name = called(call)
    match call:
        case ast.Call() if name in _ALWAYS:
            return f"{name}()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=subject))) if name == "run":
            return "" if subject in _NO_SERVERS else f"{subject}.run()"
        case ast.Call(func=ast.Name(id="serve"), args=[_, *_]):
            return "serve()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="waitress"))) if name == "serve":
            return "waitress.serve()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="wsgi")), args=[_, _, *_]):
            return "wsgi.server()" if name == "server" else ""
        case _:
            return ""

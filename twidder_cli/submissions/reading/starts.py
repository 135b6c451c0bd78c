"""Servers that a module starts although it is only imported."""

import ast
import re

from twidder_cli.submissions.reading.sources import Source
from twidder_cli.submissions.reading.syntax import called

_SERVERS = {"app", "application", "server", "socketio", "uvicorn"}
_OPTIONS = {"debug", "host", "port", "threaded", "use_reloader"}
"""What has a run() that serves, by its name or by what it is told."""
_ALWAYS = {"run_forever", "run_simple", "serve_forever"}


def server_started(source: Source) -> tuple[int, str] | None:
    """Return line and words of what starts a server at import; None where nothing does."""
    for node in source.at_import:
        if isinstance(node, ast.Call) and (words := _starts(node, source)):
            return node.lineno, words
    return None


def _starts(call: ast.Call, source: Source) -> str:
    name = called(call)
    match call:
        case ast.Call() if name in _ALWAYS:
            return f"{name}()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id=subject)), keywords=words) if (
            name == "run"
        ):
            made = re.search(rf"\b{subject}\s*=\s*(?:\w+\.)?(?:Flask|SocketIO)\(", source.text)
            is_told = bool(_OPTIONS & {word.arg for word in words})
            return f"{subject}.run()" if made or is_told or subject in _SERVERS else ""
        case ast.Call(func=ast.Name(id="serve"), args=[_, *_]):
            return "serve()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="waitress"))) if name == "serve":
            return "waitress.serve()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="wsgi")), args=[_, _, *_]):
            return "wsgi.server()" if name == "server" else ""
        case _:
            return ""

"""Writes submissions that name and place things as they like: one lab, many styles.

What is written looks like a student's server, and does all that labs 2 and 3 ask.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

from tests.checker.learn import core
from twidder_cli.model.job import Submission

ROUTES = {
    "sign_up": "POST /sign_up",
    "sign_in": "POST /sign_in",
    "sign_out": "DELETE /sign_out",
    "change_password": "PUT /change_password",
    "get_user_data_by_token": "GET /get_user_data_by_token",
    "get_user_data_by_email": "GET /get_user_data_by_email/<email>",
    "get_user_messages_by_token": "GET /get_user_messages_by_token",
    "get_user_messages_by_email": "GET /get_user_messages_by_email/<email>",
    "post_message": "POST /post_message",
}
INPUTS: dict[str, dict[str, str]] = {
    "sign_up": {name: name for name in (*core.PROFILE, "password")},
    "sign_in": {"email": "username", "password": "password"},
    "change_password": {"old": "oldpassword", "new": "newpassword"},
    "get_user_data_by_email": {"email": "email"},
    "get_user_messages_by_email": {"email": "email"},
    "post_message": {"email": "email", "message": "message"},
}
"""Each function's inputs, and the keys that they have in the common form."""

_HOLDERS = {
    "json": "request.get_json(silent=True)",
    "form": "request.form",
    "query": "request.args",
    "headers": "request.headers",
}
_BODIES = {
    "sign_up": "if not core.sign_up({all}):\n    return no(409)\nreturn yes(201)",
    "sign_in": "token = core.sign_in(email, password)\n"
    "if token is None:\n    return no(401)\n{told}return {handed}",
    "sign_out": "del core.sessions[token]\nreturn yes()",
    "change_password": "if not core.change_password(me, old, new):\n    return no(400)\n"
    "return yes()",
    "get_user_data_by_token": "return yes(data=core.profile(me))",
    "get_user_data_by_email": "if email not in core.users:\n    return no(404)\n"
    "return yes(data=core.profile(email))",
    "get_user_messages_by_token": "return yes(data=core.walls[me][::-1])",
    "get_user_messages_by_email": "if email not in core.walls:\n    return no(404)\n"
    "return yes(data=core.walls[email][::-1])",
    "post_message": "if email not in core.walls or not message:\n    return no(404)\n"
    'core.walls[email].append({{"writer": me, "content": message}})\nreturn yes(201)',
}
_SERVER = """\
import json
import operator
from functools import wraps

import core
from flask import Flask, jsonify, make_response, request
from flask_sock import Sock

app = Flask(__name__)
sock = Sock(app)


def no(status):
    return jsonify({{"success": False, "message": "No."}}), status


def yes(status=200, **more):
    return jsonify({{"success": True, "message": "Done.", **more}}), status


def say_goodbye(socket):
    {notice}


def find_token():
    return {sent}


def signed_in(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if find_token() not in core.sessions:
            return no(401)
        return view(*args, **kwargs)

    return wrapper


@app.route("/")
def root():
    return app.send_static_file("client.html")


{functions}
"""
_SOCKET = """\


@sock.route("{path}")
def live({arguments}):
    greeting = {greeting}
    token = {look_up}
    if token not in core.sessions:
        return
    {arrives}
    core.wait(token, socket, {patience})
    say_goodbye(socket)
"""


@dataclass(frozen=True)
class Style:
    """How one submission differs from the common form.

    `routes`: request by function; `left_out`: functions that are not there. `keys`: key
    by input, by function; `where` they are: json, form, query or headers, by function,
    "*" for all. `again`: the key of the repeated password. `strict`: a body with an
    unknown key is refused. `handed`: sign_in's reply. `sent`: what finds the token in
    a request. `socket`: its path, with its arguments, or empty for none; `greeting` and
    `look_up`: what reads it, and makes a token of it. `told`: at the second sign_in, at
    its socket, or by poll; `notice` says it. `source`: inline, helper, decorator, or
    hidden from whoever reads it. `views`: names of the functions in the source; `bodies`:
    what some of them do instead of what they should.
    """

    routes: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    again: str = ""
    strict: bool = False
    handed: str = "yes(data=token)"
    sent: str = 'request.headers.get("Authorization")'
    socket: str = "/ws"
    greeting: str = "socket.receive()"
    look_up: str = "greeting"
    told: str = "sign_in"
    notice: str = 'socket.send("logout")'
    source: str = "inline"
    views: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)


def write(style: Style, folder: Path) -> Submission:
    """Write a submission of that style."""
    (folder / "static").mkdir(parents=True)
    (folder / "static/client.html").write_text("<!DOCTYPE html><title>Twidder</title>")
    shutil.copy(core.__file__, folder / "core.py")
    (folder / "server.py").write_text(_server(style))
    return Submission(name=folder.name, kind="folder", location=str(folder))


def _server(style: Style) -> str:
    names = [name for name in ROUTES if name not in style.left_out]
    tell = "core.tell(core.sessions[token], say_goodbye)"
    server = _SERVER.format(
        notice=style.notice,
        sent=style.sent,
        functions="\n\n\n".join(_function(style, name) for name in names),
    )
    socket = _SOCKET.format(
        path=style.socket,
        arguments=", ".join(["socket", *_arguments(style.socket)]),
        greeting=style.greeting,
        look_up=style.look_up,
        arrives=tell if style.told == "socket" else "pass",
        patience=0.3 if style.told == "poll" else None,
    )
    return server + socket * bool(style.socket)


def _function(style: Style, name: str) -> str:
    method, path = style.routes.get(name, ROUTES[name]).split()
    wants_token = name not in {"sign_up", "sign_in"}
    body = style.bodies.get(name, _BODIES[name]).format(
        all=", ".join(f"{one}={one}" for one in INPUTS["sign_up"]),
        handed=style.handed,
        told="core.tell(email, say_goodbye)\n" if style.told == "sign_in" else "",
    )
    lines = [*_inputs(style, name, _arguments(path)), *body.splitlines()]
    if wants_token:
        token = "find_token()" if style.source in {"helper", "decorator"} else style.sent
        check = (
            []
            if style.source == "decorator"
            else ["if token not in core.sessions:", "    return no(401)"]
        )
        lines = [f"token = {token}", *check, "me = core.sessions[token]", *lines]
    decorator = "@signed_in\n" if wants_token and style.source == "decorator" else ""
    view = style.views.get(name, name)
    return (
        f'@app.route("{path}", methods=["{method}"])\n{decorator}'
        f"def {view}({', '.join(_arguments(path))}):\n{indent(chr(10).join(lines), '    ')}"
    )


def _inputs(style: Style, name: str, arguments: list[str]) -> list[str]:
    """Return the lines that read a function's inputs, and refuse a request without them."""
    keys = {**INPUTS.get(name, {}), **style.keys.get(name, {})}
    lines = [f"{one} = {key}" for one, key in keys.items() if key in arguments and one != key]
    keys = {one: key for one, key in keys.items() if key not in arguments}
    if not keys:
        return lines
    if name == "sign_up" and style.again:
        keys["again"] = style.again
    where = style.where.get(name, style.where.get("*", "json"))
    lines.append(f"data = {_HOLDERS[where]}")
    if where == "json":
        lines += ["if not isinstance(data, dict):", "    return no(400)"]
    if style.strict:
        lines += [f"if set(data) - set({sorted(keys.values())}):", "    return no(400)"]
    if style.source != "hidden":
        missing = " or ".join(f'"{key}" not in data' for key in keys.values())
        lines += [f"if {missing}:", "    return no(400)"]
    reads = 'operator.itemgetter("{}")(data)' if style.source == "hidden" else 'data["{}"]'
    lines += [f"{one} = {reads.format(key)}" for one, key in keys.items()]
    if "again" in keys:
        lines += ["if again != password:", "    return no(400)"]
    return lines


def _arguments(rule: str) -> list[str]:
    return [part.partition(">")[0].rpartition(":")[2] for part in rule.split("<")[1:]]

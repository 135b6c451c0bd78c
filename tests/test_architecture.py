"""The arrows of ARCHITECTURE.md: who may import whom, and who may touch the outside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PACKAGES = ("twidder", "twidder_cli")
MODEL = "twidder_cli.model"
ERRORS = "twidder_cli.errors"
IN_ITS_NAME = ("twidder_cli.submissions.launch", "twidder_cli.submissions.routes")
"""Scripts that run in a submission's process: what they do, it could do as well."""

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    # the harness
    "twidder_cli": (),
    "twidder_cli.__main__": ("twidder_cli.cli",),
    "twidder_cli.browser": (
        "twidder_cli.engine",
        "twidder_cli.libraries",
        "twidder_cli.processes",
        MODEL,
    ),
    "twidder_cli.browser.found": (),
    "twidder_cli.caches": (),
    "twidder_cli.cli": (ERRORS,),  # commands are strings there, loaded when used
    "twidder_cli.commands": (
        "twidder_cli.browser.found",
        "twidder_cli.fingerprint",
        "twidder_cli.load",
        "twidder_cli.processes",
        "twidder_cli.reporters",
        "twidder_cli.results",
        "twidder_cli.runner",
        "twidder_cli.submissions",
        MODEL,
        ERRORS,
    ),
    "twidder_cli.commands.cdn": (
        "twidder_cli.processes",
        "twidder_cli.libraries",
        "twidder_cli.submissions",
        "twidder_cli.wire",
        MODEL,
        ERRORS,
    ),
    "twidder_cli.commands.serve": ("twidder", "twidder.store", "twidder_cli.processes", ERRORS),
    "twidder_cli.engine": ("twidder_cli.wire", MODEL),
    ERRORS: (),
    "twidder_cli.fingerprint": ("twidder_cli.submissions.belongs", MODEL),
    "twidder_cli.learn": ("twidder_cli.engine", "twidder_cli.wire", MODEL),
    "twidder_cli.libraries": ("twidder_cli.caches", MODEL),
    "twidder_cli.load": ("twidder_cli", "twidder_cli.steps", MODEL, ERRORS),  # where files are
    MODEL: (),
    "twidder_cli.preparation": (
        "twidder_cli.load.own_contract",
        "twidder_cli.engine.pace",
        "twidder_cli.learn",
        "twidder_cli.processes",
        "twidder_cli.starts",
        "twidder_cli.submissions",
        "twidder_cli.understanding",
        MODEL,
    ),
    "twidder_cli.processes": (),
    "twidder_cli.reporters": (MODEL, ERRORS),
    "twidder_cli.results": ("twidder_cli.reporters", MODEL, ERRORS),
    "twidder_cli.runner": ("twidder_cli.processes", MODEL),
    "twidder_cli.starts": ("twidder_cli.submissions", MODEL),
    "twidder_cli.steps": (MODEL,),
    "twidder_cli.submissions": (
        "twidder_cli.caches",
        "twidder_cli.processes",
        "twidder_cli.wire",
        MODEL,
        ERRORS,
    ),
    **dict.fromkeys(IN_ITS_NAME, ()),
    "twidder_cli.wire": (MODEL,),
    "twidder_cli.worker": (
        "twidder_cli.browser",
        "twidder_cli.engine",
        "twidder_cli.libraries",
        "twidder_cli.load",
        "twidder_cli.preparation",
        "twidder_cli.processes",
        "twidder_cli.schedule",
        "twidder_cli.submissions",
        MODEL,
    ),
    "twidder_cli.schedule": (MODEL,),
    "twidder_cli.understanding": (
        "twidder_cli.engine",
        "twidder_cli.learn",
        "twidder_cli.starts",
        MODEL,
    ),
    # the reference application
    "twidder": (
        "twidder.accounts",
        "twidder.attempts",
        "twidder.limits",
        "twidder.messages",
        "twidder.parts",
        "twidder.passwords",
        "twidder.push",
        "twidder.routes",
        "twidder.sessions",
        "twidder.settings",
        "twidder.store",
    ),
    "twidder.accounts": (
        "twidder.attempts",
        "twidder.errors",
        "twidder.limits",
        "twidder.passwords",
        "twidder.store",
    ),
    "twidder.attempts": ("twidder.errors",),
    "twidder.errors": (),
    "twidder.hosting": (),
    "twidder.limits": ("twidder.errors",),
    "twidder.log": (),
    "twidder.messages": ("twidder.errors", "twidder.limits", "twidder.store"),
    "twidder.parts": (
        "twidder.accounts",
        "twidder.messages",
        "twidder.push",
        "twidder.sessions",
    ),
    "twidder.passwords": ("twidder.errors",),
    "twidder.push": (),
    "twidder.routes": (
        "twidder.accounts",
        "twidder.errors",
        "twidder.limits",
        "twidder.messages",
        "twidder.parts",
        "twidder.push",
        "twidder.sessions",
        "twidder.store.Profile",
    ),
    "twidder.server": (
        "twidder.create_app",
        "twidder.hosting",
        "twidder.log",
        "twidder.parts",
        "twidder.push",
        "twidder.settings",
    ),
    "twidder.sessions": ("twidder.errors", "twidder.store"),
    "twidder.settings": (),
    "twidder.store": (),
}
"""What each room may import of ours beside itself. The longest name that fits is a module's room.

A room is a module or a package with all that is in it; the two packages at the
top stand for their own `__init__` only.
"""

ONLY_IN: dict[str, tuple[str, ...]] = {
    # starting processes
    "subprocess": ("twidder_cli.processes",),
    "multiprocessing": ("twidder_cli.processes",),
    "pty": ("twidder_cli.processes",),
    "os.exec": ("twidder_cli.processes",),
    "os.fork": ("twidder_cli.processes", *IN_ITS_NAME),
    "os.popen": ("twidder_cli.processes",),
    "os.posix_spawn": ("twidder_cli.processes",),
    "os.spawn": ("twidder_cli.processes",),
    "os.system": ("twidder_cli.processes",),
    "ctypes": ("twidder_cli.processes", *IN_ITS_NAME),
    # sockets
    "socket": (
        "twidder_cli.wire",
        "twidder_cli.submissions",  # a listening socket, and a look whether anybody listens
        "twidder_cli.commands.serve",  # a listening socket
        "twidder.hosting",  # slow clients
        "twidder.push.line",  # a client that went away without a word
    ),
    "requests": ("twidder_cli.wire",),
    "websocket": ("twidder_cli.wire",),
    "http.client": ("twidder_cli.wire",),
    "urllib.request": ("twidder_cli.wire",),
    "urllib3": ("twidder_cli.wire",),
    "playwright": ("twidder_cli.browser",),
    # frameworks
    "flask": ("twidder", "twidder.parts", "twidder.routes"),
    "flask_sock": ("twidder.routes",),
    "simple_websocket": ("twidder.push", "twidder.routes"),
    "argon2": ("twidder.passwords",),
    "gunicorn": ("twidder.hosting", "twidder_cli.commands.serve", *IN_ITS_NAME),
    "sqlite3": ("twidder.store", *IN_ITS_NAME),
    "werkzeug": ("twidder", "twidder.passwords", "twidder.routes"),  # how passwords were hashed
    # output goes through consoles that know about colours, pipes and widths
    "print": (),
}
"""Names from outside, and the rooms that may use them; a name stands for all that begin with it."""


def covers(name: str, full: str) -> bool:
    """Whether a room or an outside name stands for a module, or for something in it."""
    return full == name or (name not in PACKAGES and full.startswith(f"{name}."))


def room_of(module: str) -> str | None:
    return max((room for room in MAY_IMPORT if covers(room, module)), key=len, default=None)


def imported(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """Yield local and full names of everything that is imported, wherever it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield alias.asname or alias.name, alias.name
            case ast.ImportFrom(names=aliases):
                above = module.rsplit(".", node.level)[0] if node.level else ""
                base = ".".join(part for part in (above, node.module) if part)
                for alias in aliases:
                    yield alias.asname or alias.name, f"{base}.{alias.name}"
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]):
                if name in {"import_module", "__import__"} and isinstance(first, ast.Constant):
                    yield "", str(first.value)


def used(tree: ast.Module, module: str) -> Iterator[str]:
    """Yield the full names of what is imported, and of what is reached through it."""
    names = dict(imported(tree, module))
    yield from (full for _, full in imported(tree, module))
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in names:
                yield f"{names[name]}.{attribute}"
            case ast.Name(id="print"):
                yield "print"


def violations(module: str, source: str) -> list[str]:
    """Return what a module imports or uses although its room may not."""
    room = room_of(module)
    if room is None:
        return [f"{module} is in no room"]
    tree = ast.parse(source)
    arrows = {
        f"{module} imports {name}"
        for _, name in imported(tree, module)
        if name.partition(".")[0] in PACKAGES
        and not any(covers(one, name) for one in (room, *MAY_IMPORT[room]))
    }
    uses = {
        f"{module} uses {outside}"
        for name in used(tree, module)
        for outside, rooms in ONLY_IN.items()
        if (name.startswith(outside) if outside.startswith("os.") else covers(outside, name))
        and not any(covers(one, module) for one in rooms)
    }
    return sorted(arrows | uses)


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_keeps_to_its_room(module: str) -> None:
    assert violations(module, modules()[module].read_text(encoding="utf-8")) == []


def test_every_room_is_there() -> None:
    empty = [room for room in MAY_IMPORT if not any(covers(room, module) for module in modules())]
    assert empty == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        # nobody reaches across the two packages, and nobody comes back to the top
        ("twidder.accounts", "from twidder_cli.model import Noun"),
        ("twidder.push.line", "import twidder_cli"),
        ("twidder_cli.commands.check", "import twidder"),
        ("twidder_cli.worker", "import twidder.store"),
        ("twidder_cli.commands.check", "from twidder_cli import cli"),
        ("twidder_cli.worker", "import twidder_cli.cli"),
        ("twidder_cli.cli", "from twidder_cli.commands.check import check"),
        # the arrows of the harness
        ("twidder_cli.model.view", "from twidder_cli.errors import OperatorError"),
        ("twidder_cli.model", "import twidder_cli.steps.trigger"),
        ("twidder_cli.errors", "from twidder_cli.model import Noun"),
        ("twidder_cli.steps.trigger", "from twidder_cli.engine.pace import HTTP"),
        ("twidder_cli.steps.trigger", "from twidder_cli.load import source"),
        ("twidder_cli.wire.http", "from twidder_cli.engine.recorder import Recorder"),
        ("twidder_cli.load.plan", "from twidder_cli.wire import http"),
        ("twidder_cli.engine.judge", "from twidder_cli.steps.trigger import Trigger"),
        ("twidder_cli.engine.stage", "from twidder_cli.processes import start"),
        ("twidder_cli.submissions.find", "from twidder_cli.engine.pace import START"),
        ("twidder_cli.submissions.find", "from twidder_cli.preparation import prepare"),
        ("twidder_cli.submissions.launch", "from twidder_cli import processes"),
        ("twidder_cli.submissions.routes", "from twidder_cli.model.routes import RouteTable"),
        ("twidder_cli.engine.stage", "from twidder_cli.browser.chromium import Chromium"),
        ("twidder_cli.browser.tab", "from twidder_cli.wire import http"),
        ("twidder_cli.commands.check", "from twidder_cli.browser.chromium import Chromium"),
        ("twidder_cli.learn.fitting", "from twidder_cli.submissions import server"),
        ("twidder_cli.learn.learning", "from twidder_cli.preparation import prepare"),
        ("twidder_cli.preparation", "from twidder_cli.worker import Grading"),
        ("twidder_cli.preparation", "from twidder_cli.engine.play import Player"),
        ("twidder_cli.results", "from twidder_cli.runner import Runner"),
        ("twidder_cli.load.playlist", "from twidder_cli.reporters import Reporters"),
        ("twidder_cli.reporters.text", "from twidder_cli.results import Results"),
        ("twidder_cli.commands.turns", "from twidder_cli.preparation import prepare"),
        ("twidder_cli.reporters.junit", "from twidder_cli.load.source import parse"),
        ("twidder_cli.reporters.json", "from twidder_cli.runner import Runner"),
        ("twidder_cli.runner", "from twidder_cli.worker import Grading"),
        ("twidder_cli.runner", "from twidder_cli.engine.judge import judge"),
        ("twidder_cli.worker", "from twidder_cli.reporters import Reporters"),
        ("twidder_cli.processes", "from twidder_cli.errors import OperatorError"),
        ("twidder_cli.commands.check", "from twidder_cli.worker import Grading"),
        ("twidder_cli.commands.check", "from twidder_cli.engine.judge import judge"),
        ("twidder_cli.commands.check", "import twidder_cli.wire.http as w"),
        # the arrows of the reference application
        ("twidder.routes.accounts", "from twidder.store import Store"),
        ("twidder.routes.accounts", "from twidder.server import app"),
        ("twidder.sessions", "from twidder.push import Sockets"),
        ("twidder.messages", "from twidder.routes import edge"),
        ("twidder.store.store", "from twidder.sessions import Sessions"),
        ("twidder.push.sockets", "from twidder.sessions import Sessions"),
        ("twidder.errors", "from twidder.store import Store"),
        # in whatever way it is imported
        ("twidder_cli.model.view", "def f():\n    import twidder_cli.engine.judge"),
        ("twidder_cli.model.view", "from ..engine import judge"),
        ("twidder_cli.model.view", "importlib.import_module('twidder_cli.engine.judge')"),
        ("twidder_cli.model.view", "__import__('twidder_cli.engine.judge')"),
    ],
)
def test_an_arrow_the_wrong_way_is_seen(module: str, source: str) -> None:
    (found,) = violations(module, source)
    assert found.startswith(f"{module} imports twidder")


@pytest.mark.parametrize(
    ("module", "source", "seen"),
    [
        ("twidder_cli.runner", "import subprocess", "subprocess"),
        ("twidder_cli.engine.play", "from subprocess import Popen", "subprocess"),
        ("twidder_cli.runner", "import multiprocessing.pool", "multiprocessing"),
        ("twidder_cli.worker", "import os\nos.fork()", "os.fork"),
        ("twidder_cli.worker", "import os\nos.forkpty()", "os.fork"),
        ("twidder_cli.cli", "import os as o\no.execv('a', [])", "os.exec"),
        ("twidder_cli.cli", "from os import execve", "os.exec"),
        ("twidder_cli.cli", "import os\nos.system('a')", "os.system"),
        ("twidder.hosting.stopping", "import os\nos.spawnv(0, 'a', [])", "os.spawn"),
        ("twidder_cli.submissions.server", "import ctypes", "ctypes"),
        ("twidder_cli.submissions.server", "import sqlite3", "sqlite3"),
        ("twidder_cli.submissions.bring", "from gunicorn.util import import_app", "gunicorn"),
        ("twidder_cli.engine.stage", "import socket", "socket"),
        ("twidder_cli.commands.check", "from socket import create_connection", "socket"),
        ("twidder_cli.submissions.server", "import requests", "requests"),
        ("twidder_cli.engine.sockets", "import websocket", "websocket"),
        ("twidder_cli.worker", "from playwright.async_api import Page", "playwright"),
        ("twidder_cli.load.library", "from urllib.request import urlopen", "urllib.request"),
        ("twidder_cli.load.library", "import urllib.request", "urllib.request"),
        ("twidder_cli.steps.connect", "import http.client", "http.client"),
        ("twidder_cli.commands.check", "print('done')", "print"),
        ("twidder_cli.model.words", "show = print", "print"),
        ("twidder.sessions", "from flask import request", "flask"),
        ("twidder.accounts", "import sqlite3", "sqlite3"),
        ("twidder.store.store", "import flask", "flask"),
        ("twidder.routes.pages", "import sqlite3", "sqlite3"),
    ],
)
def test_a_reach_outside_is_seen(module: str, source: str, seen: str) -> None:
    assert violations(module, source) == [f"{module} uses {seen}"]


def test_a_module_without_a_room_is_seen() -> None:
    assert violations("twidder_cli.extras", "") == ["twidder_cli.extras is in no room"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("twidder_cli.engine.stage", "from twidder_cli.wire import http\nimport urllib.parse"),
        ("twidder_cli.reporters.json", "from twidder_cli.errors import did_you_mean"),
        ("twidder_cli.commands.serve", "import twidder\nimport socket"),
        ("twidder_cli.commands.scenario", "Console().print('done')"),
        ("twidder_cli.processes", "import os\nos.execve('a', [], {})\nimport subprocess"),
        ("twidder_cli.submissions.launch", "import os, sqlite3\nos.fork()"),
        ("twidder_cli.preparation", "from twidder_cli.engine.pace import START"),
        ("twidder.routes.accounts", "from twidder.store import Profile\nimport flask"),
        ("twidder_cli.model.report", "from . import Noun\nfrom .events import Event"),
    ],
)
def test_an_arrow_the_right_way_is_left_alone(module: str, source: str) -> None:
    assert violations(module, source) == []

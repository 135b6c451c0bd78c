"""Submissions whose server is no Flask application, but Tornado: nothing of theirs can be read.

They can't be started by `twidder check`; somebody starts them, and has their address checked.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from tests.submissions import generator, layout, names
from tests.submissions.axes import NONE, Combination
from tests.submissions.generator import Truth
from tests.submissions.running import Started, serving

_PROGRAM = Path(__file__).with_name("on_tornado.py")


def suited(c: Combination) -> Combination:
    """Return a combination without what is Flask's, gunicorn's, or wrong."""
    c = replace(c, mistake=NONE, hindrance=NONE, secrecy=NONE)
    if c.token_sent in {"signature", "underscore"}:
        c = replace(c, token_sent="raw")
    if c.greeting == "signed":
        c = replace(c, greeting="raw")
    if c.session != "stored":
        c = replace(c, greeting="cookie")
    return replace(c, told="sign-in") if c.told == "poll" else c


def write(combination: Combination, folder: Path) -> Truth:
    """Write what such a server serves into a folder, and return the truth about it."""
    c = suited(combination)
    contract = names.contract(c)
    settings = {
        "contract": msgspec.to_builtins(contract),
        "is_strict": c.extra_fields == "refused",
        "notice": None if c.notice == NONE else c.notice,
        "told": c.told,
        "chatter": c.chatter,
        "statuses": c.statuses,
        "session": c.session,
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    layout.write_page(c, folder / "static")
    return replace(generator.truth(c, "."), folder=".", application="", databases=(), imports=())


@contextmanager
def started(folder: Path) -> Iterator[Started]:
    """Start the server of what was written to a folder."""

    def words(listener: int) -> list[str]:
        return [str(_PROGRAM), str(listener), "settings.json", "static"]

    with serving(words, folder, {"PYTHONUNBUFFERED": "1"}) as server:
        yield server

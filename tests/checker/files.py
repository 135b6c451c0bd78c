"""Files of an operator, right ones to begin with, and what the loader says about them."""

import re

import pytest

from twidder_cli.errors import OperatorError
from twidder_cli.load.library import load_scenarios
from twidder_cli.model.scenario import Scenario, Source

SCENARIO = """\
title: The first client is told
requirement: auto-logout
actors: [anna@laptop, anna@phone]
steps:
  - sign_up: anna
  - sign_in: anna@laptop
  - connect: anna@laptop
  - trigger:
      - sign_in: anna@phone
      - connect: anna@phone
  - expect_push: {to: anna@laptop, within: 5 s}
"""

CONTRACT = """\
operations:
  sign_up: {request: POST /sign_up, json: {email: "{email}"}}
  sign_in: {request: POST /sign_in, json: {username: "{email}"}, token: "json:data"}
token: {header: Authorization, value: "{token}"}
socket: {path: /ws, greeting: "{token}"}
"""

PLAN = """\
title: Lab 3
scenarios:
  lab3/root: 3
"""


def changed(text: str, old: str, new: str) -> str:
    """Return a file with one thing in it written otherwise."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def loaded(*texts: str) -> list[Scenario]:
    """Return the scenarios in files called 1.yaml, 2.yaml and so on."""
    return load_scenarios(
        [Source(id=str(n), path=f"{n}.yaml", text=text) for n, text in enumerate(texts, 1)]
    )


def mistakes_in(*texts: str) -> list[str]:
    """Return what is said of files called 1.yaml, 2.yaml and so on, which can't be loaded."""
    with pytest.raises(OperatorError) as raised:
        loaded(*texts)
    return str(raised.value).splitlines()


def without_column(mistake: str) -> str:
    """Return `1.yaml:7: text` for `1.yaml:7:5: text`."""
    return re.sub(r"^([^:]+:\d+):\d+:", r"\1:", mistake)

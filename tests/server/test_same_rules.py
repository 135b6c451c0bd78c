"""The page asks for what the server asks for, before it sends anything."""

import re
from pathlib import Path

import twidder
from twidder.limits import MAX_LENGTHS, MIN_PASSWORD_LENGTH

CLIENT = (Path(twidder.__file__).parent / "static/client.js").read_text(encoding="utf-8")
CHOSEN = {"gender"}
"""Fields that are chosen from a list in the page, and so are never too long."""


def test_the_lengths_are_the_same() -> None:
    table = re.search(r"const MAX_LENGTHS = \{(.*?)\};", CLIENT, re.DOTALL)
    assert table is not None
    lengths = {name: int(length) for name, length in re.findall(r"(\w+): (\d+)", table[1])}
    assert lengths == {name: most for name, most in MAX_LENGTHS.items() if name not in CHOSEN}


def test_the_shortest_password_is_the_same() -> None:
    assert f"const MIN_PASSWORD_LENGTH = {MIN_PASSWORD_LENGTH};" in CLIENT

"""The source files that are read are the submission's own, and not too many."""

from pathlib import Path

import pytest

from twidder_cli.learn import sources
from twidder_cli.learn.sources import sources_in


def put(path: Path, text: str = "x = 1") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_python_files_are_found_by_their_path(tmp_path: Path) -> None:
    put(tmp_path / "server.py", "a = 'å'")
    put(tmp_path / "lab/routes.py")
    put(tmp_path / "client.js")
    assert sources_in(tmp_path) == {"server.py": "a = 'å'", "lab/routes.py": "x = 1"}


@pytest.mark.parametrize("place", ["venv", "node_modules/x", ".git", "lab/__pycache__"])
def test_what_is_not_the_submission_s_is_left_out(place: str, tmp_path: Path) -> None:
    put(tmp_path / place / "a.py")
    assert sources_in(tmp_path) == {}


def test_an_environment_is_known_by_its_marker(tmp_path: Path) -> None:
    put(tmp_path / "mine/pyvenv.cfg")
    put(tmp_path / "mine/lib/a.py")
    assert sources_in(tmp_path) == {}


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside/secret.py")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.py").symlink_to(tmp_path / "outside/secret.py")
    (tmp_path / "in/folder").symlink_to(tmp_path / "outside")
    assert sources_in(tmp_path / "in") == {}


def test_what_is_no_text_is_read_as_far_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xff'")
    assert sources_in(tmp_path) == {"a.py": "x = '\ufffd'"}


def test_large_and_many_files_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcde":
        put(tmp_path / f"{name}.py")
    put(tmp_path / "ab.py", "x" * 100)
    monkeypatch.setattr(sources, "_LARGEST", 50)
    assert set(sources_in(tmp_path)) == {"a.py", "b.py", "c.py", "d.py", "e.py"}
    monkeypatch.setattr(sources, "_MOST_FILES", 3)
    assert set(sources_in(tmp_path)) == {"a.py", "b.py", "c.py"}
    monkeypatch.setattr(sources, "_LARGEST_SUM", 11)
    assert set(sources_in(tmp_path)) == {"a.py", "b.py"}

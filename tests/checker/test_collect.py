"""What a class has handed in: everything is accounted for, under a key of its own."""

import re
from pathlib import Path

import pytest

from twidder_cli.errors import OperatorError
from twidder_cli.submissions.collect import Entry, entries, is_class, names_pattern

APPLICATION = "from flask import Flask\napp = Flask(__name__)\n"
MAGIC = {".zip": b"PK\3\4", ".gz": b"\x1f\x8b", ".tar": b"\x1f\x8b", ".docx": b"PK\3\4"}


def handed_in(folder: Path, *names: str, text: str = "x") -> None:
    """Write files; those that go by an archive's name begin as one does."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MAGIC.get(path.suffix, b"") + text.encode())


def short(found: list[Entry]) -> list[tuple[str, str, str]]:
    return [(entry.key, entry.person, entry.trouble) for entry in found]


def test_folders_and_archives_go_by_their_names(tmp_path: Path) -> None:
    handed_in(tmp_path, "anna/server.py", "bob.zip", "carl.tar.gz")
    assert short(entries(tmp_path)) == [("anna", "", ""), ("bob", "", ""), ("carl", "", "")]


def test_moodle_tells_the_id_and_the_name(tmp_path: Path) -> None:
    handed_in(
        tmp_path,
        "Anna Andersson_1234567_assignsubmission_file_/lab3.zip",
        "Bo Öst_7654321_assignsubmission_file_lab3_final.zip",
    )
    assert short(entries(tmp_path)) == [
        ("1234567", "Anna Andersson", ""),
        ("7654321", "Bo Öst", ""),
    ]


def test_what_was_typed_into_moodle_is_no_submission_to_start(tmp_path: Path) -> None:
    handed_in(
        tmp_path,
        "Bo Öst_7_assignsubmission_file_/lab3.zip",
        "Bo Öst_7_assignsubmission_onlinetext_/onlinetext.html",
    )
    assert short(entries(tmp_path)) == [
        ("7", "Bo Öst", ""),
        ("7.2", "Bo Öst", "a text typed into Moodle"),
    ]


def test_results_are_nobodys_submission_whatever_their_folder_is_called(tmp_path: Path) -> None:
    handed_in(tmp_path, "a.zip", "graded/class.csv", "graded/events/a", "graded/texts/a")
    assert [entry.key for entry in entries(tmp_path)] == ["a"]


def test_canvas_tells_the_id_and_the_name(tmp_path: Path) -> None:
    handed_in(tmp_path, "anderssonanna_12345_678901_lab3-1.zip", "ostbo_LATE_222_333_x_y.zip")
    assert short(entries(tmp_path)) == [("12345", "anderssonanna", ""), ("222", "ostbo", "")]


def test_other_systems_are_told_by_a_pattern(tmp_path: Path) -> None:
    handed_in(tmp_path, "grp7 (annan123).zip", "readme.zip")
    pattern = names_pattern(r"\((?P<id>\w+)\)")
    assert short(entries(tmp_path, pattern)) == [("annan123", "", ""), ("readme", "", "")]


@pytest.mark.parametrize("text", ["(", "no groups", "(?P<who>.*)"])
def test_a_pattern_that_finds_nobody_is_the_operators_mistake(text: str) -> None:
    with pytest.raises(OperatorError, match=re.escape(f"--names {text}: ")):
        names_pattern(text)


def test_what_a_student_handed_in_twice_is_told_apart(tmp_path: Path) -> None:
    handed_in(tmp_path, "a_1_assignsubmission_file_x.zip", "a_1_assignsubmission_file_y.zip")
    assert [(entry.key, entry.again) for entry in entries(tmp_path)] == [("1", ""), ("1.2", "1")]


def test_names_that_only_differ_in_case_get_keys_that_do_not(tmp_path: Path) -> None:
    handed_in(tmp_path, "Anna.zip", "anna.tar")
    assert [entry.key for entry in entries(tmp_path)] == ["Anna", "anna.2"]


def test_what_can_not_be_graded_says_why(tmp_path: Path) -> None:
    handed_in(tmp_path, "a.docx", "b.pdf", "d/.DS_Store")
    (tmp_path / "c.zip").write_text("")
    (tmp_path / "e.zip").symlink_to(tmp_path / "nowhere.zip")
    assert short(entries(tmp_path)) == [
        ("a.docx", "", "neither a folder nor an archive"),
        ("b.pdf", "", "neither a folder nor an archive"),
        ("c", "", "an empty file"),
        ("d", "", "an empty folder"),
        ("e", "", "neither a folder nor an archive"),
    ]


def test_what_a_system_leaves_behind_is_nothing(tmp_path: Path) -> None:
    handed_in(tmp_path, ".DS_Store", "__MACOSX/._a.zip", "._a.zip", "Thumbs.db", "a.zip")
    assert [entry.key for entry in entries(tmp_path)] == ["a"]


def test_a_key_is_a_file_name_whatever_was_handed_in(tmp_path: Path) -> None:
    handed_in(tmp_path, "\x1b[31m;rm -rf $HOME.zip", "-.zip", "å" * 100 + ".zip")
    for entry in entries(tmp_path):
        assert re.fullmatch(r"[\w.@+-]{1,80}", entry.key)
        assert not entry.key.startswith((".", "-"))


@pytest.mark.parametrize(
    "names",
    [
        ["anna/server.py", "bob/server.py"],
        ["anna/x/y/app.py", "bob/lab3.zip"],
        ["anna.zip", "bob.tar.gz"],
        ["anna.zip", "bob.zip", "notes.txt"],
        ["anna/server.py", "bob/server.py", "carl.zip"],
        ["Anna A_12_assignsubmission_file_/lab3.zip"],
    ],
)
def test_a_class(names: list[str], tmp_path: Path) -> None:
    handed_in(tmp_path, *names, text=APPLICATION)
    assert is_class(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ["server.py", "a.zip", "b.zip"],
        ["lab2/server.py", "lab3/server.py", "Lab 1/app.py"],
        ["twidder/server.py", "docs/a.txt", "venv/flask.py"],
        ["lab3.zip", "readme.txt"],
        ["twidder/__init__.py", "readme.md"],
        [],
    ],
)
def test_one_submission(names: list[str], tmp_path: Path) -> None:
    handed_in(tmp_path, *names, text=APPLICATION)
    assert not is_class(tmp_path)

"""However a submission is handed in, it comes into a folder of ours with a name for Python."""

import zipfile
from pathlib import Path

import pytest

from tests.checker.handed_in import Files, put
from twidder_cli.model.job import Submission
from twidder_cli.submissions import bring
from twidder_cli.submissions.bring import Brought, brought
from twidder_cli.submissions.limits import Limits, Refused
from twidder_cli.submissions.reading import inspect

APPLICATION = "from flask import Flask\napp = Flask(__name__)\n"


def packed(path: Path, files: Files) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def bring_in(place: Path, name: str = "") -> Brought:
    submission = Submission(
        name=name or place.name,
        kind="folder" if place.is_dir() else "archive",
        location=str(place),
    )
    return brought(submission, place.parent / "ours")


def files_in(handed_in: Brought) -> list[str]:
    found = (path for path in handed_in.folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(handed_in.folder).as_posix() for path in found)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("lab3", "lab3"),
        ("anna bob.tar.gz", "anna_bob"),
        ("lab-3 (2).zip", "lab_3__2_"),
        ("../../x", "______x"),
        (".zip", "submission"),
    ],
)
def test_a_submission_keeps_its_name_as_far_as_python_can_import_it(
    name: str, folder: str, tmp_path: Path
) -> None:
    handed_in = bring_in(put(tmp_path / "lab", {"server.py": APPLICATION}), name)
    assert handed_in.folder == tmp_path / "ours" / folder


def test_a_folder_that_is_a_package_itself_is_started_from_above(tmp_path: Path) -> None:
    handed_in = bring_in(put(tmp_path / "twidder", {"__init__.py": APPLICATION}))
    assert (handed_in.name, handed_in.root) == ("twidder", tmp_path / "ours")


def test_any_other_folder_is_where_paths_begin(tmp_path: Path) -> None:
    handed_in = bring_in(put(tmp_path / "twidder", {"server.py": APPLICATION}))
    assert (handed_in.name, handed_in.root) == ("", handed_in.folder)


@pytest.mark.parametrize(
    ("inside", "unpacked"),
    [("lab3.zip", "lab3"), ("work/lab 3.tar.gz", "work/lab_3"), ("lab3", "lab3_2")],
)
def test_an_archive_is_unpacked_where_nothing_else_is_python(
    inside: str, unpacked: str, tmp_path: Path
) -> None:
    packed(tmp_path / "lab" / inside, {"server.py": APPLICATION})
    assert files_in(bring_in(tmp_path / "lab")) == [f"{unpacked}/server.py"]


def test_an_archive_does_not_take_the_place_of_what_lies_beside_it(tmp_path: Path) -> None:
    lab = put(tmp_path / "lab", {"static/client.js": ""})
    packed(lab / "static.zip", {"server.py": APPLICATION})
    assert files_in(bring_in(lab)) == ["static/client.js", "static_2/server.py"]


def test_an_archive_in_an_archive_is_unpacked_with_what_has_to_be_known(tmp_path: Path) -> None:
    packed(tmp_path / "inner.zip", {"server.py": APPLICATION, "Icon\r": ""})
    inner = (tmp_path / "inner.zip").read_bytes()
    handed_in = bring_in(packed(tmp_path / "lab.zip", {"inner.zip": inner}))
    assert files_in(handed_in) == ["inner/server.py"]
    assert [note for note in handed_in.notes if "Icon" in note]


def test_beside_python_an_archive_stays_what_it_is(tmp_path: Path) -> None:
    lab = put(tmp_path / "lab", {"server.py": APPLICATION})
    packed(lab / "old.zip", {"server.py": APPLICATION})
    assert files_in(bring_in(lab)) == ["old.zip", "server.py"]


def test_a_package_in_an_archive_in_a_folder_is_found(tmp_path: Path) -> None:
    packed(tmp_path / "lab/twidder.zip", {"__init__.py": APPLICATION})
    handed_in = bring_in(tmp_path / "lab")
    (application,) = inspect(handed_in.folder, handed_in.name).applications
    assert "." not in application.module


def test_archives_hold_to_the_limits_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = put(tmp_path / "lab", {"readme.txt": ""})
    for name in ("one", "other"):
        packed(lab / f"{name}.zip", {"server.py": "#" * (700 << 10)})
    monkeypatch.setattr(bring, "LIMITS", Limits(size=1 << 20))
    with pytest.raises(Refused, match="the archives in it hold more than 1 MiB"):
        bring_in(lab)


def test_what_can_not_be_read_is_refused(tmp_path: Path) -> None:
    gone = Submission(name="lab", kind="archive", location=str(tmp_path / "gone.zip"))
    with pytest.raises(Refused, match="it can't be read: No such file or directory"):
        brought(gone, tmp_path / "ours")

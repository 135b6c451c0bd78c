"""Where submissions are, and what they find when they are started."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.checker.hostile import free_port, hostile
from tests.checker.waiting import LONG
from twidder_cli.errors import OperatorError
from twidder_cli.model.job import Submission
from twidder_cli.submissions.archives import is_archive
from twidder_cli.submissions.copy import copied
from twidder_cli.submissions.find import REFERENCE, Found, find

ROOT = Path(__file__).parents[2]
FLASK = "from flask import Flask\napp = Flask(__name__)\n"


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def zipped(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, FLASK)
    return path


@dataclass(frozen=True)
class Finder:
    """Finds submissions; `unpacked` is where archives of classes are unpacked."""

    unpacked: Path

    def found(self, *targets: str, names: str = "") -> list[Found]:
        pattern = re.compile(names) if names else None
        return find(targets, pattern, unpacked=self.unpacked)

    def mistake(self, target: str, names: str = "") -> str:
        with pytest.raises(OperatorError) as raised:
            self.found(target, names=names)
        return str(raised.value)


@pytest.fixture
def finder(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    return Finder(tmp_path_factory.mktemp("unpacked"))


def trouble(one: Found) -> str:
    assert one.entry is not None
    return one.entry.trouble


# Finding


@pytest.mark.parametrize("file", ["server.py", "lab3/twidder/server.py", "readme.txt"])
def test_a_folder_is_a_submission_whatever_it_holds(
    file: str, tmp_path: Path, finder: Finder
) -> None:
    folder = put(tmp_path / "lab" / file, "app = 1").relative_to(tmp_path).parts[0]
    lab = str(tmp_path / folder)
    assert finder.found(lab) == [
        Found(target=lab, submission=Submission(name="lab", kind="folder", location=lab))
    ]


def test_an_archive_is_a_submission(tmp_path: Path, finder: Finder) -> None:
    lab = str(zipped(tmp_path / "lab.zip", "lab/server.py"))
    assert finder.found(lab) == [
        Found(target=lab, submission=Submission(name="lab.zip", kind="archive", location=lab))
    ]


def test_the_current_folder_has_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finder: Finder
) -> None:
    put(tmp_path / "lab/server.py", "app = 1")
    monkeypatch.chdir(tmp_path / "lab")
    (one,) = finder.found(".")
    assert (one.target, one.submission.name) == (".", "lab")


def test_without_a_target_it_is_the_reference(finder: Finder) -> None:
    assert finder.found() == [Found(target="", submission=REFERENCE)]


def test_submissions_of_one_name_are_told_apart(tmp_path: Path, finder: Finder) -> None:
    labs = [str(put(tmp_path / group / "lab/server.py").parent) for group in "abc"]
    names = [one.submission.name for one in finder.found(*labs)]
    assert names == ["lab", "lab (2)", "lab (3)"]


def test_a_target_is_quoted_for_who_types_it_again(tmp_path: Path, finder: Finder) -> None:
    put(tmp_path / "my lab/server.py")
    (one,) = finder.found(str(tmp_path / "my lab"))
    assert one.target == f"'{tmp_path}/my lab'"


def test_nothing_there(tmp_path: Path, finder: Finder) -> None:
    target = str(tmp_path / "lab")
    assert finder.mistake(target) == f"{target}: there is no such file or folder, and it is no URL"


@pytest.mark.parametrize("text", ["app = 1", ""])
def test_a_file_that_is_no_archive(text: str, tmp_path: Path, finder: Finder) -> None:
    target = str(put(tmp_path / "server.py", text))
    assert finder.mistake(target) == f"{target}: expected a folder, an archive or a URL"


def test_an_archive_that_can_not_be_unpacked(tmp_path: Path, finder: Finder) -> None:
    target = str(zipped(tmp_path / "lab.zip", "../server.py"))
    assert finder.mistake(target).startswith(f"{target}: ")


def test_a_class_is_everything_that_was_handed_in(tmp_path: Path, finder: Finder) -> None:
    for name in ("anna", "bob"):
        put(tmp_path / f"class/{name}/server.py", FLASK)
    zipped(tmp_path / "class/carl.zip", "server.py")
    (tmp_path / "class/dora").mkdir()
    everything = finder.found(str(tmp_path / "class"))
    assert [(one.submission.name, one.submission.kind, trouble(one)) for one in everything] == [
        ("anna", "folder", ""),
        ("bob", "folder", ""),
        ("carl", "archive", ""),
        ("dora", "folder", "an empty folder"),
    ]


def test_an_archive_may_hold_a_class(tmp_path: Path, finder: Finder) -> None:
    for name in ("anna", "bob"):
        zipped(tmp_path / f"class/{name}.zip", "server.py")
    archive = shutil.make_archive(str(tmp_path / "class"), "zip", tmp_path, "class")
    everything = finder.found(archive)
    assert [one.submission.name for one in everything] == ["anna", "bob"]
    assert all(is_archive(Path(one.submission.location)) for one in everything)


def test_names_are_found_by_a_pattern(tmp_path: Path, finder: Finder) -> None:
    put(tmp_path / "class/grp7 (anna123)/server.py")
    (one,) = finder.found(str(tmp_path / "class"), names=r"\((?P<id>\w+)\)")
    assert one.submission.name == "anna123"


def test_a_class_of_nobody(tmp_path: Path, finder: Finder) -> None:
    (tmp_path / "class").mkdir()
    target = str(tmp_path / "class")
    assert finder.mistake(target, names="(?P<id>.*)") == f"{target}: there is nothing in it"


def test_a_url_where_a_server_listens_is_a_submission(finder: Finder) -> None:
    with hostile(lambda visit: visit.stay()) as server:
        place = Submission(name=server.url, kind="url", location=server.url)
        assert finder.found(server.url) == [Found(target=server.url, submission=place)]


def test_a_url_where_nobody_listens(finder: Finder) -> None:
    target = f"http://127.0.0.1:{free_port()}"
    assert finder.mistake(target) == (
        f"{target}: nothing listens there (Connection refused). Is the server started?"
    )


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1", "http://", "://x", "file:///etc/passwd", "http:///path"]
)
def test_no_url_of_a_server(target: str, finder: Finder) -> None:
    assert finder.mistake(target) == f"{target}: expected a URL such as http://127.0.0.1:5000"


@pytest.mark.parametrize("port", ["99999", "abc", "-1"])
def test_a_url_with_an_impossible_port(port: str, finder: Finder) -> None:
    assert finder.mistake(f"http://127.0.0.1:{port}").startswith(f"http://127.0.0.1:{port}: Port ")


@pytest.mark.parametrize("rest", ["/?a=b", "/#top"])
def test_a_url_with_more_than_a_place(rest: str, finder: Finder) -> None:
    target = f"http://127.0.0.1:5000{rest}"
    assert finder.mistake(target) == (
        f"{target}: expected a URL without a query, a fragment or a user"
    )


# Copies

LISTING = """
from pathlib import Path
from flask import Flask
app = Flask(__name__)
here = Path(__file__).parent
seen = sorted(path.relative_to(here).as_posix() for path in here.rglob("*"))
app.add_url_rule("/", view_func=lambda: seen)
Path("left.txt").touch()
"""
STARTING = """
import sys
from pathlib import Path
from twidder_cli.model.job import Submission
from twidder_cli.model.submission import Setup
from twidder_cli.processes import best_sandbox
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.reading import inspect
from twidder_cli.submissions.server import Place
from twidder_cli.wire import http

lab, work = sys.argv[1], Path(sys.argv[2])
handed_in = brought(Submission(name="lab", kind="folder", location=lab), work / "source")
inspection = inspect(handed_in.folder, handed_in.name)
setup = Setup(application=inspection.applications[0])
place = Place(handed_in.root, best_sandbox(), inspection)
with place.started(setup, work / "server", 60.0) as running:
    print(http.call("GET", running.url + "/", {}, None, timeout=60.0).body)
print([path.name for path in work.iterdir()])
"""


def test_a_submission_is_started_in_a_copy_of_its_files_and_folders_alone(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    put(lab / "server.py", LISTING)
    put(lab / "static/client.html")
    put(lab / "env/pyvenv.cfg")
    put(lab / "env/lib/flask.py")
    for name in (".git", ".venv", "venv", "__pycache__", "node_modules"):
        put(lab / name / "something")
    put(tmp_path / "secret.txt")
    (lab / "link.txt").symlink_to(tmp_path / "secret.txt")
    (lab / "folder").symlink_to(tmp_path)
    (lab / "dangling").symlink_to("nothing")
    os.mkfifo(lab / "pipe")
    before = sorted(lab.rglob("*"))
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", STARTING, str(lab), str(tmp_path / "work")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        '["server.py","static","static/client.html"]',
        "",
        "['source']",
    ]
    assert sorted(lab.rglob("*")) == before


def test_a_link_inside_a_submission_is_copied_as_what_it_leads_to(tmp_path: Path) -> None:
    put(tmp_path / "lab/static/page.html", "page")
    (tmp_path / "lab/index.html").symlink_to("static/page.html")
    copied(tmp_path / "lab", tmp_path / "copy")
    assert (tmp_path / "copy/index.html").read_text() == "page"
    assert not (tmp_path / "copy/index.html").is_symlink()


def test_a_link_to_a_folder_above_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "lab/static/page.html")
    (tmp_path / "lab/static/up").symlink_to("..")
    copied(tmp_path / "lab", tmp_path / "copy")
    assert not (tmp_path / "copy/static/up").exists()


def test_what_is_read_only_may_be_written_in_the_copy(tmp_path: Path) -> None:
    put(tmp_path / "lab/data/twidder.db").chmod(0o444)
    (tmp_path / "lab/data").chmod(0o555)
    copied(tmp_path / "lab", tmp_path / "copy")
    modes = [(tmp_path / "copy" / name).stat().st_mode for name in ("data", "data/twidder.db")]
    assert all(mode & 0o200 for mode in modes)
    assert (tmp_path / "lab/data/twidder.db").stat().st_mode & 0o777 == 0o444


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "lab/secret.txt").chmod(0)
    copied(tmp_path / "lab", tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []

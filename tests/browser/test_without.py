"""Where there is no Chromium: what needs one is left out, and one line says how to get it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from twidder_cli.browser.found import why_not

TWIDDER = str(Path(sys.executable).with_name("twidder"))
SAID = (
    "twidder: pages are not tried, 1 of the scenarios and their points are left out: there is no "
    "Chromium: sudo apt install chromium-headless-shell, or: playwright install chromium"
)


def check(folder: Path, *scenarios: str) -> "subprocess.CompletedProcess[str]":
    options = [option for name in scenarios for option in ("--scenario", name)]
    return subprocess.run(  # noqa: S603  our own command
        [TWIDDER, "check", *options],
        env={**os.environ, "PATH": str(folder), "PLAYWRIGHT_BROWSERS_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pages_are_left_out_with_their_points(tmp_path: Path) -> None:
    done = check(tmp_path, "lab3/root", "lab3/page-logout")
    assert done.stderr.splitlines()[0] == SAID
    assert done.stdout.startswith("reference: passed, 1 of 1 points (Lab 3)\n")
    assert done.returncode == 0


def test_where_nothing_is_left_it_is_the_operators_to_know(tmp_path: Path) -> None:
    done = check(tmp_path, "lab3/page-logout")
    assert done.returncode == 2
    assert "there is no Chromium" in done.stderr


@pytest.mark.parametrize("package", ["playwright", "trustme"])
def test_a_package_that_is_missing_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert why_not() == (f"the Python package {package} is missing: pip install 'twidder[browser]'")

"""Whether pages can be tried here: Playwright, and a Chromium for it to drive."""

import importlib.util
import os
import shutil
from pathlib import Path

_PACKAGES = ("playwright", "trustme")
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows: a page takes it less than half of the others' time."""
_GET = "sudo apt install chromium-headless-shell, or: playwright install chromium"
_OWN = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-linux*/headless_shell")


def chromium() -> Path | None:
    """Return the system's Chromium, else the one that Playwright has downloaded."""
    for found in filter(None, map(shutil.which, _NAMES)):
        return Path(found)
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    return next((path for own in _OWN for path in sorted(Path(cache).glob(own))), None)


def why_not() -> str:
    """Return what is missing and how to get it; empty where pages can be tried."""
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            return f"the Python package {package} is missing: pip install 'twidder[browser]'"
    if chromium() is None:
        return f"there is no Chromium: {_GET}"
    return ""

"""What tests of several kinds have to share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a thread has room for one."""
    with sync_playwright() as one:
        yield one

"""One Chromium for each test process, as there is one for each worker; and pages to be shown."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.pages import Page, files
from tests.browser.right_pages import KEPT
from tests.submissions.running import Started, started
from twidder_cli import processes
from twidder_cli.browser.found import why_not
from twidder_cli.engine.people import Browser

_SERVER = """\
import sys
sys.path.insert(0, {root!r})
from {module} import {name}
app = {name}().app
app.static_folder = {folder!r}
"""


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that is confined as well as this machine can."""
    missing = why_not()
    if missing:
        pytest.skip(f"NOTE: pages are NOT TESTED; {missing}")
    from twidder_cli.browser.chromium import Chromium

    workspace = tmp_path_factory.mktemp("browser")
    chromium = Chromium(processes.best_sandbox(), workspace, libraries=[KEPT])
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Page], str]]:
    """Serve a page; the server behind it is started once for all pages that have the same."""
    running: dict[str, tuple[Path, Started]] = {}

    def serve_it(page: Page) -> str:
        name = page.server.__name__
        if name not in running:
            folder = tmp_path_factory.mktemp(name) / "server"
            folder.mkdir()
            text = _SERVER.format(
                root=str(Path(__file__).parents[2]),
                module=page.server.__module__,
                name=name,
                folder=str(folder),
            )
            (folder / "server.py").write_text(text)
            running[name] = (folder, servers.enter_context(started(folder, ".", "server:app")))
        folder, server = running[name]
        for file, text in files(page).items():
            (folder / file).write_text(text)
        assert server.answers()
        return server.url

    with ExitStack() as servers:
        yield serve_it

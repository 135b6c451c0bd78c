from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.support import Person, Server, lab_server
from twidder.store import Profile, Store


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that don't stop it; each makes people of its own."""
    with lab_server(tmp_path_factory.mktemp("server"), module="tests.server.probed:app") as started:
        yield started


@pytest.fixture
def anna(server: Server) -> Person:
    """Signed in."""
    return server.new_person().sign_in()


@pytest.fixture
def bob(server: Server) -> Person:
    """Signed in, and somebody else."""
    return server.new_person().sign_in()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Hold one user, anna@example.org, whose password can't be used."""
    opened = Store(tmp_path / "twidder.db")
    profile = Profile("anna@example.org", "Anna", "Berg", "female", "Linköping", "Sweden")
    opened.add_user(profile, "unusable")
    yield opened
    opened.close()

"""What only a page can say is not learned from routes and source."""

from pathlib import Path

import pytest

from tests.checker.learn.running import learned
from tests.submissions.axes import drawn
from tests.submissions.generator import unpack, write
from tests.submissions.seeds import GRADABLE
from twidder_cli.model.job import Submission

ENCRYPTED = [seed for seed in GRADABLE if drawn(seed).secrecy == "encrypted"]


@pytest.mark.parametrize("seed", ENCRYPTED)
def test_a_key_that_everybody_is_told_is_no_token(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    folder = unpack(truth, tmp_path, tmp_path / "unpacked")
    result = learned(Submission(name="s", kind="folder", location=str(folder)), tmp_path / "w")
    assert result.known == frozenset(), result.found
    assert result.problem.startswith("nobody gets in")

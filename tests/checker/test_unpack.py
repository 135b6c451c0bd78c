"""Archives are unpacked below one folder, as files and folders, or refused with a reason."""

from pathlib import Path

import pytest

from tests.hostile.archives import ATTACKS, LIMITS, Attack
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.unpack import unpack


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_hostile_archive_is_refused_and_nothing_is_written_elsewhere(
    attack: Attack, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("of someone else")
    attack.build(tmp_path / "archive", outside)
    before = snapshot(tmp_path)
    with pytest.raises(Refused) as raised:
        unpack(tmp_path / "archive", tmp_path / "work/target", LIMITS)
    after = {path: data for path, data in snapshot(tmp_path).items() if not path.startswith("work")}
    assert after == before
    reason = attack.reason.format(outside=outside)
    assert str(raised.value).startswith(reason)
    assert str(raised.value).isprintable()

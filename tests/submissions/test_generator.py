"""The generator's own tests: what it writes works, and is what its truth says."""

from pathlib import Path

import pytest

from tests.submissions.axes import AXES, NONE, drawn
from tests.submissions.generator import Truth, unpack, write
from tests.submissions.people import Person, is_accepted, is_told
from tests.submissions.running import set_up, started

SEEDS = range(72)
GRADABLE = [seed for seed in SEEDS if drawn(seed).hindrance == NONE]
HINDERED = [seed for seed in SEEDS if drawn(seed).hindrance != NONE]

ROUNDS = 5


def prepared(truth: Truth, folder: Path) -> Path:
    root = unpack(truth, folder, folder / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    return root


@pytest.mark.parametrize("seed", GRADABLE)
def test_a_submission_does_what_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = prepared(truth, tmp_path)
    with started(root, truth.folder, truth.application) as running:
        assert running.answers(), running.log
        anna = Person(running.url, truth)
        assert is_accepted(anna.call("sign_up")), running.log
        assert not is_accepted(anna.call("sign_up"))
        assert not anna.sign_in("wrong password")
        assert anna.sign_in()
        assert anna.email in anna.call("get_user_data_by_token").text
        assert anna.email in anna.call("get_user_data_by_email").text
        assert is_accepted(anna.call("post_message", message="Hello there")), running.log
        assert "Hello there" in anna.call("get_user_messages_by_token").text
        assert "Hello there" in anna.call("get_user_messages_by_email").text
        assert is_accepted(anna.call("change_password", old="Secret-123", new="Secret-123"))
        told = False
        for _ in range(ROUNDS):
            assert anna.sign_in()
            with anna.socket() as first:
                first.ping()
                assert anna.sign_in()
                with anna.socket():
                    if truth.mistake and truth.mistake.name in {"silent", "wrong-client"}:
                        break
                    told = is_told(first, truth.notice)
                    if told:
                        break
        else:
            assert told, running.log
        assert is_accepted(anna.call("sign_out"))
        print(running.log)
        assert "Traceback" not in running.log

"""What the generator writes starts and works as its truth says, under a real gunicorn."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from msgspec import structs

from tests.submissions import others
from tests.submissions.axes import drawn
from tests.submissions.generator import Truth, unpack, write
from tests.submissions.people import PASSWORD, Person, is_accepted, is_told
from tests.submissions.playing import played
from tests.submissions.running import Started, set_up, started
from tests.submissions.seeds import GRADABLE, HINDERED, SPEAKABLE, firsts
from twidder_cli.model.contract import TokenPlace
from twidder_cli.model.submission import Database
from twidder_cli.model.verdicts import Verdict

REQUIRED = ("lab3/nine-functions", "lab3/auto-logout", "lab3/targeted")

RIGHT = [seed for seed in GRADABLE if drawn(seed).mistake == "none"]
MISTAKEN = [
    # The engine greets with tokens only.
    seed
    for seed in firsts("mistake", SPEAKABLE)
    if drawn(seed).mistake != "email-greeting"
]

ROUNDS = 5
"""Sign-ins elsewhere after which the first client has been told. One is not always enough: a
greeting may be read only after the sign-in elsewhere, which then has nobody to tell."""

LAST_WORDS = {
    "missing-package": "No module named 'tddd97_mailer_2019'",
    "postgresql": "psycopg2",
    "configuration": "settings.py",
    "syntax-error": "SyntaxError",
    "server-at-import": "Serving Flask app",
}


@contextmanager
def running(truth: Truth, root: Path, database: Database) -> Iterator[Started]:
    """Start an unpacked submission with some data."""
    set_up(root, truth.folder, database)
    with started(root, truth.folder, truth.application) as server:
        yield server


def check_functions(anna: Person) -> None:
    """Use each of the nine functions but one."""
    assert is_accepted(anna.call("sign_up"))
    assert not is_accepted(anna.call("sign_up"))
    assert anna.sign_in()
    assert anna.email in anna.call("get_user_data_by_token").text
    assert anna.email in anna.call("get_user_data_by_email").text
    assert is_accepted(anna.call("post_message", message="Hello there"))
    assert "Hello there" in anna.call("get_user_messages_by_token").text
    assert "Hello there" in anna.call("get_user_messages_by_email").text
    assert is_accepted(anna.call("change_password", old=PASSWORD, new=PASSWORD))


def is_logged_out_elsewhere(laptop: Person, phone: Person) -> bool:
    """Whether the laptop is told when its user signs in at the phone."""
    for _ in range(ROUNDS):
        assert laptop.sign_in()
        with laptop.socket() as socket:
            assert phone.sign_in()
            with phone.socket():
                if is_told(socket, laptop.truth.notice):
                    return True
    return False


def check_sessions(laptop: Person, phone: Person, mistake: str) -> None:
    """Look for the mistakes that HTTP alone shows."""
    stranger = Person(phone.url, phone.truth)
    stranger.token = "%"
    assert stranger.is_signed_in() is (mistake == "like")
    assert laptop.is_signed_in() is (mistake == "old-token")
    assert not phone.elsewhere().sign_in("wrong password")
    assert phone.is_signed_in() is (mistake != "any-password")
    assert phone.sign_in()
    assert is_accepted(phone.call("sign_out"))
    assert phone.is_signed_in() is (mistake == "signed-out-token")


@pytest.mark.parametrize("seed", GRADABLE)
def test_a_submission_does_what_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    mistake = truth.mistake.name if truth.mistake else ""
    with running(truth, root, truth.databases[0]) as server:
        assert server.answers(), server.log
        laptop = Person(server.url, truth)
        phone = laptop.elsewhere()
        check_functions(laptop)
        if mistake in {"silent", "wrong-client", "dead-socket"}:
            assert phone.sign_in()
        else:
            assert is_logged_out_elsewhere(laptop, phone)
        check_sessions(laptop, phone, mistake)
    assert "Traceback" not in server.log


@pytest.mark.parametrize("seed", GRADABLE[::4])
def test_a_server_of_another_kind_does_what_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = others.write(drawn(seed), tmp_path)
    with others.started(tmp_path) as server:
        laptop = Person(server.url, truth)
        phone = laptop.elsewhere()
        check_functions(laptop)
        assert is_logged_out_elsewhere(laptop, phone)
        check_sessions(laptop, phone, "")
    assert "Traceback" not in server.log


@pytest.mark.parametrize("seed", [*[seed for seed in RIGHT if seed in SPEAKABLE][::7], *MISTAKEN])
def test_the_engine_judges_a_submission_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    wanted = {truth.mistake.catcher} if truth.mistake else set(REQUIRED)
    with running(truth, root, truth.databases[0]) as server:
        assert server.answers(), server.log
        outcomes = played(truth, server.url, wanted, seed=seed)
    failed = {name for name, outcome in outcomes.items() if outcome.verdict is not Verdict.PASSED}
    assert failed == (wanted if truth.mistake else set()), outcomes


# What only a page can say


@contextmanager
def signed_up(seed: int, folder: Path) -> Iterator[Person]:
    """Start the server of a seed, and sign somebody up."""
    truth = write(drawn(seed), folder)
    root = unpack(truth, folder, folder / "unpacked")
    with running(truth, root, truth.databases[0]) as server:
        anna = Person(server.url, truth)
        assert is_accepted(anna.call("sign_up")), server.log
        yield anna


SIGNED, SIGNED_GREETING, ENCRYPTED = firsts("secrecy", RIGHT)


@pytest.mark.parametrize("seed", [SIGNED, SIGNED_GREETING])
def test_a_token_is_not_enough_where_requests_are_signed(seed: int, tmp_path: Path) -> None:
    with signed_up(seed, tmp_path) as anna:
        assert anna.sign_in()
        contract = structs.replace(anna.truth.contract, token=TokenPlace(header="Authorization"))
        thief = Person(anna.url, replace(anna.truth, contract=contract, secret=frozenset()))
        thief.token = anna.token
        assert not thief.is_signed_in()
        assert anna.is_signed_in()


def test_a_signature_is_good_for_one_request_and_a_few_seconds(tmp_path: Path) -> None:
    with signed_up(SIGNED, tmp_path) as anna:
        assert anna.sign_in()
        mine = anna.truth.contract.operations["get_user_data_by_token"]
        others = anna.truth.contract.operations["get_user_messages_by_token"]
        headers = anna.signed(mine.method, mine.path, "")
        late = anna.signed(mine.method, mine.path, "", at=time.time() - 60)
        answers = [
            requests.request(one.method, anna.url + one.path, headers=sent)
            for one, sent in ((mine, headers), (others, headers), (mine, late))
        ]
        assert list(map(is_accepted, answers)) == [True, False, False]


def test_a_password_is_refused_that_is_not_encrypted(tmp_path: Path) -> None:
    with signed_up(ENCRYPTED, tmp_path) as anna:
        assert anna.sign_in()
        plain = Person(anna.url, replace(anna.truth, secret=frozenset()), anna.email)
        assert not plain.sign_in()


@pytest.mark.parametrize("seed", firsts("session", RIGHT)[1:])
def test_a_cookie_is_kept_from_scripts_where_it_is_http_only(seed: int, tmp_path: Path) -> None:
    with signed_up(seed, tmp_path) as anna:
        said = anna.call("sign_in").headers["Set-Cookie"]
        assert ("HttpOnly" in said) is (drawn(seed).session == "http-only")


def works(truth: Truth, root: Path, database: Database) -> bool:
    """Whether somebody can sign up, with a copy of the submission that has that data."""
    copy = root.with_name(database.kind)
    shutil.copytree(root, copy)
    try:
        with running(truth, copy, database) as server:
            return server.answers() and Person(server.url, truth).call("sign_up").status_code < 300
    except sqlite3.OperationalError:
        return False  # the schema is invalid


@pytest.mark.parametrize("seed", firsts("database", RIGHT))
def test_a_submission_works_with_the_set_ups_of_its_truth_only(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    file = truth.databases[0].file
    beside = Path(file).with_name("schema.sql").as_posix()
    candidates = [Database(kind="nothing", file=file)]
    if (root / file).exists():
        candidates.append(Database(kind="committed", file=file))
    if (root / beside).exists():
        candidates.append(Database(kind="schema", file=file, source=beside))
    candidates += [database for database in truth.databases if database not in candidates]
    working = {database for database in candidates if works(truth, root, database)}
    assert working == set(truth.databases)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
@pytest.mark.parametrize("seed", firsts("hindrance", HINDERED))
def test_what_can_not_be_graded_fails_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    truth = write(drawn(seed), tmp_path)
    root = unpack(truth, tmp_path, tmp_path / "unpacked")
    assert truth.failure
    if not truth.application:
        return
    set_up(root, truth.folder, truth.databases[0])
    alone = ("bwrap", "--dev-bind", "/", "/", "--unshare-net")  # it takes port 5000
    with started(root, truth.folder, truth.application, prefix=alone) as server:
        assert server.has_printed(LAST_WORDS[drawn(seed).hindrance]), server.log

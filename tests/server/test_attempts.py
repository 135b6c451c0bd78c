"""How often passwords may be guessed at, and that nobody can lock somebody else out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twidder import attempts as module
from twidder.attempts import ACCOUNT, ADDRESS, PAIR, Attempts, network
from twidder.errors import TooManyAttemptsError

ANNA = "anna@example.org"
HOME = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock)


def fail(attempts: Attempts, account: str, address: str) -> bool:
    """Try a wrong password; False when it is not even looked at."""
    try:
        attempts.check(account, address)
    except TooManyAttemptsError:
        return False
    attempts.failed(account, address)
    return True


def fail_often(attempts: Attempts, account: str, address: str) -> int:
    """Try wrong passwords until none is looked at."""
    tried = 0
    while fail(attempts, account, address):
        tried += 1
    return tried


def many(template: str, number: int) -> list[str]:
    return [template.format(number // 250, number % 250) for number in range(number)]


def test_so_many_wrong_passwords_are_looked_at_and_no_more(attempts: Attempts) -> None:
    assert fail_often(attempts, ANNA, HOME) == PAIR.at_once


def test_who_has_to_wait_is_told_how_long(attempts: Attempts) -> None:
    fail_often(attempts, ANNA, HOME)
    with pytest.raises(TooManyAttemptsError) as refused:
        attempts.check(ANNA, HOME)
    assert refused.value.retry_after == PAIR.every
    assert refused.value.message == "Too many wrong passwords. Try again in 60 seconds."


def test_who_waits_may_try_once_more(attempts: Attempts, clock: Clock) -> None:
    fail_often(attempts, ANNA, HOME)
    clock.now += PAIR.every
    assert [fail(attempts, ANNA, HOME) for _ in range(2)] == [True, False]


def test_who_waits_long_may_try_as_often_as_before(attempts: Attempts, clock: Clock) -> None:
    fail_often(attempts, ANNA, HOME)
    clock.now += PAIR.every * PAIR.at_once
    assert fail_often(attempts, ANNA, HOME) == PAIR.at_once


def test_right_passwords_are_never_too_many(attempts: Attempts) -> None:
    for _ in range(1000):
        attempts.check(ANNA, HOME)
        attempts.succeeded(ANNA, HOME)


def test_a_right_password_does_not_make_up_for_wrong_ones(attempts: Attempts) -> None:
    fail_often(attempts, ANNA, HOME)
    attempts.succeeded(ANNA, HOME)
    assert not fail(attempts, ANNA, HOME)


def test_a_stranger_elsewhere_locks_nobody_out(attempts: Attempts, clock: Clock) -> None:
    for _ in range(1000):
        fail_often(attempts, ANNA, ELSEWHERE)
        clock.now += PAIR.every
        attempts.check(ANNA, HOME)


def test_many_addresses_do_not_make_many_attempts_at_an_account(attempts: Attempts) -> None:
    tried = sum(fail_often(attempts, ANNA, address) for address in many("10.0.{}.{}", 50))
    assert tried == ACCOUNT.at_once


def test_many_addresses_do_not_lock_the_owner_out_at_a_known_one(attempts: Attempts) -> None:
    attempts.succeeded(ANNA, HOME)
    for address in many("10.0.{}.{}", 50):
        fail_often(attempts, ANNA, address)
    attempts.check(ANNA, HOME)
    with pytest.raises(TooManyAttemptsError):
        attempts.check(ANNA, ELSEWHERE)


def test_many_accounts_do_not_make_many_attempts_from_an_address(attempts: Attempts) -> None:
    accounts = many("{}.{}@example.org", 100)
    assert sum(fail_often(attempts, account, HOME) for account in accounts) == ADDRESS.at_once


def test_a_stranger_behind_the_same_address_locks_no_owner_out(attempts: Attempts) -> None:
    attempts.succeeded(ANNA, HOME)
    for account in many("{}.{}@example.org", 100):
        fail_often(attempts, account, HOME)
    attempts.check(ANNA, HOME)


def test_a_class_that_mistypes_at_one_address_is_not_limited(attempts: Attempts) -> None:
    class_of_forty = many("{}.{}@example.org", 40)
    assert all(fail(attempts, one, HOME) for one in class_of_forty for _ in range(9))


def test_only_so_much_is_remembered(attempts: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    for address in many("10.0.{}.{}", 9):
        attempts.succeeded(ANNA, address)
        attempts.failed(ANNA, address)
    assert len(attempts._owners) == 3  # noqa: SLF001
    assert len(attempts._by_pair._free_at) == 3  # noqa: SLF001


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_address_stands_for_all_that_one_person_has(address: str, stands_for: str) -> None:
    assert network(address) == stands_for


@given(st.lists(st.floats(0, 200), max_size=60))
def test_no_stretch_of_time_has_room_for_more_than_its_share(pauses: list[float]) -> None:
    clock = Clock()
    attempts = Attempts(clock)
    tried: list[float] = []
    for pause in pauses:
        clock.now += pause
        tried += [clock.now] * fail_often(attempts, ANNA, HOME)
    for first, begin in enumerate(tried):
        for last, end in enumerate(tried[first:], start=first):
            share = PAIR.at_once + (end - begin) / PAIR.every
            assert last - first + 1 <= share + 1e-6

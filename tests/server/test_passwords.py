"""How passwords are kept and compared."""

from collections.abc import Iterator

import pytest
from werkzeug.security import generate_password_hash

from twidder import passwords
from twidder.accounts import Accounts
from twidder.attempts import Attempts
from twidder.errors import BusyError, ForbiddenError, NotSignedInError
from twidder.passwords import Hasher, Passwords
from twidder.store import Profile, Store

RIGHT = "correct horse"
EVE = "eve@example.org"
HOME = "192.0.2.1"


@pytest.fixture(scope="module")
def hasher() -> Iterator[Hasher]:
    with Passwords().turn() as lent:
        yield lent


@pytest.fixture
def accounts(store: Store) -> Accounts:
    """Accounts of a Twidder of before Argon2id, in which eve knows her password."""
    kept = generate_password_hash(RIGHT, method="scrypt:1024:8:1")
    store.add_user(Profile(EVE, "Eve", "Holt", "female", "Paris", "France"), kept)
    return Accounts(store, Passwords(), Attempts())


def test_a_password_is_kept_as_owasp_recommends(hasher: Hasher) -> None:
    assert hasher.hash(RIGHT).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_same_password_is_kept_differently_each_time(hasher: Hasher) -> None:
    assert hasher.hash(RIGHT) != hasher.hash(RIGHT)


def test_only_the_password_matches(hasher: Hasher) -> None:
    kept = hasher.hash(RIGHT)
    tries = [RIGHT, RIGHT + " ", RIGHT.upper(), ""]
    assert [hasher.matches(one, kept) for one in tries] == [True, False, False, False]


def test_a_stranger_takes_the_same_work_as_a_user(
    hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    kept = hasher.hash(RIGHT)
    monkeypatch.setattr(passwords, "_matches", lambda _, against: work.append(against[:30]))
    hasher.matches("wrong password", kept)
    hasher.matches("wrong password", None)
    assert work == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_nobodys_password_matches_nothing(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_matches", lambda *_: True)
    assert not hasher.matches(RIGHT, None)


def test_there_are_only_so_many_turns() -> None:
    rules = Passwords(at_once=2, patience=0.01)
    with rules.turn(), rules.turn(), pytest.raises(BusyError), rules.turn():
        pass


def test_a_turn_ends_with_whatever_ends_it() -> None:
    rules = Passwords(at_once=1, patience=0.01)
    with pytest.raises(ZeroDivisionError), rules.turn():
        raise ZeroDivisionError
    with rules.turn():
        pass


def test_a_password_of_before_argon2id_is_still_right(accounts: Accounts) -> None:
    accounts.authenticate(EVE, RIGHT, HOME)
    with pytest.raises(NotSignedInError):
        accounts.authenticate(EVE, "wrong password", HOME)


def test_a_password_of_before_argon2id_is_hashed_anew_once_known(
    accounts: Accounts, store: Store
) -> None:
    accounts.authenticate(EVE, RIGHT, HOME)
    kept = store.password_of(EVE) or ""
    assert kept.startswith("$argon2id$")
    accounts.authenticate(EVE, RIGHT, HOME)
    assert store.password_of(EVE) == kept


def test_a_password_that_changes_meanwhile_is_not_changed_back(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = Hasher.matches

    def while_somebody_else_changes_it(self: Hasher, password: str, kept: str | None) -> bool:
        store.replace_password(EVE, kept or "", "changed")
        return matches(self, password, kept)

    monkeypatch.setattr(Hasher, "matches", while_somebody_else_changes_it)
    accounts.authenticate(EVE, RIGHT, HOME)
    assert store.password_of(EVE) == "changed"


def test_of_two_changes_at_once_one_is_refused(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "replace_password", lambda *_: False)
    with pytest.raises(ForbiddenError):
        accounts.change_password(EVE, RIGHT, "another password", HOME)

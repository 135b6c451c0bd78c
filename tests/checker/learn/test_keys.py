"""Keys stand for inputs, by many names."""

import pytest

from twidder_cli.learn.keys import inputs_of, meaning, meanings
from twidder_cli.learn.reading import Reading


@pytest.mark.parametrize(
    ("function", "key", "expected"),
    [
        ("sign_up", "e-mail", "email"),
        ("sign_up", "userName", "email"),
        ("sign_up", "PASSWORD", "password"),
        ("sign_up", "repeat_psw", "password"),
        ("sign_up", "first_name", "firstname"),
        ("sign_up", "lastName", "familyname"),
        ("sign_up", "surname", "familyname"),
        ("sign_up", "sex", "gender"),
        ("sign_up", "hometown", "city"),
        ("sign_up", "birthday", None),
        ("sign_in", "login", "email"),
        ("sign_in", "pw", "password"),
        ("sign_in", "firstname", None),
        ("change_password", "oldPw", "old"),
        ("change_password", "current-password", "old"),
        ("change_password", "newpassword", "new"),
        ("change_password", "confirm", "new"),
        ("change_password", "token", "token"),
        ("post_message", "content", "message"),
        ("post_message", "toEmail", "email"),
        ("post_message", "from_email", "own"),
        ("post_message", "X-Time", None),
        ("post_message", "X-Auth-Token", "token"),
        ("get_user_data_by_email", "user", "email"),
        ("get_user_data_by_email", "password", None),
        ("sign_out", "Authorization", "token"),
        ("connect", "session_id", "token"),
        ("connect", "data", None),
    ],
)
def test_a_key_stands_for_an_input(function: str, key: str, expected: str | None) -> None:
    assert meaning(key, function) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("old_password new_password", "old new"),
        ("password new_password", "old new"),
        ("old_password password", "old new"),
        ("old_password new_password repeat_new_password", "old new new"),
        ("password", "old"),
    ],
)
def test_a_plain_password_is_what_the_others_are_not(keys: str, expected: str) -> None:
    assert list(meanings(keys.split(), "change_password").values()) == expected.split()


def test_inputs_are_wherever_the_source_reads_them() -> None:
    reading = Reading(json=("content",), query=("to",), headers=("Authorization",))
    assert inputs_of("post_message", reading) == {"message", "email"}

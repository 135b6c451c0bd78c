"""Names are split into words, whatever their style, and synonyms are one word."""

import pytest

from twidder_cli.learn.words import words


@pytest.mark.parametrize(
    "name",
    [
        "get_user_data_by_token",
        "getUserDataByToken",
        "GetUserDataByToken",
        "get-user-data-by-token",
        "getuserdatabytoken",
        "/api/v1/get/profile/token",
        "FETCH_USER_INFO_WITH_TOKEN",
    ],
)
def test_a_style_does_not_matter(name: str) -> None:
    assert words(name) - {"v", "1"} == {"get", "user", "token"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("login", "sign in"),
        ("userLogin", "user sign in"),
        ("signup", "sign up"),
        ("register_user", "sign up user"),
        ("logout", "sign out"),
        ("update_pw", "change password"),
        ("changePasswd", "change password"),
        ("get_posts", "get message"),
        ("wall", "message"),
        ("whoami", "own"),
        ("find", "other"),
        ("HTTPStatus", "http status"),
        ("", ""),
        ("zzz42", "zzz 42"),
    ],
)
def test_synonyms_are_one_word(name: str, expected: str) -> None:
    assert words(name) == frozenset(expected.split())


def test_a_name_is_split_only_into_known_words() -> None:
    assert words("intern") == {"intern"}


def test_an_endless_name_is_split_in_no_time() -> None:
    assert words("in" * 10_000 + "x") == {"in"}
    assert words("in" * 99 + "x") == {"in" * 99 + "x"}

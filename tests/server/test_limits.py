"""What fits into a field, and what does not."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.server.support import PASSWORD, Person, Server, sign_up_fields
from twidder.errors import BadInputError
from twidder.limits import MAX_LENGTHS, check_email

SIZES = {
    "email": 254,
    "password": 128,
    "firstname": 100,
    "familyname": 100,
    "gender": 100,
    "city": 100,
    "country": 100,
}


def of_length(name: str, length: int) -> str:
    """Text that is as long in characters, and far longer in bytes."""
    return "ä@🐦.se".ljust(length, "🐦") if name == "email" else "🐦" * length


def is_email(text: str) -> bool:
    try:
        check_email(text)
    except BadInputError:
        return False
    return True


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_so_much_fits_into_a_field_and_no_more(server: Server, name: str, size: int) -> None:
    fields = sign_up_fields(f"{name}@example.org")
    statuses = [
        server.call("POST", "/sign_up", json=fields | {name: of_length(name, length)}).status_code
        for length in (size + 1, size)
    ]
    assert statuses == [400, 201]


def test_so_much_fits_into_a_message_and_no_more(anna: Person) -> None:
    statuses = [
        anna.call("POST", "/post_message", json={"email": anna.email, "message": "🐦" * length})
        for length in (2001, 2000)
    ]
    assert [reply.status_code for reply in statuses] == [400, 201]
    (message,) = anna.call("GET", "/get_user_messages_by_token").json()["data"]
    assert message["content"] == "🐦" * 2000


def test_so_much_fits_into_a_sign_in_and_no_more(server: Server) -> None:
    for too_long in ({"username": "a" * 255}, {"password": "a" * 129}):
        who = {"username": "a@example.org", "password": PASSWORD} | too_long
        assert server.call("POST", "/sign_in", json=who).status_code == 400


def test_so_much_fits_into_a_new_password_and_no_more(anna: Person) -> None:
    statuses = [
        anna.call(
            "PUT", "/change_password", json={"oldpassword": PASSWORD, "newpassword": "a" * length}
        ).status_code
        for length in (7, 129, 128)
    ]
    assert statuses == [400, 400, 200]


def test_a_refusal_names_the_field_and_its_size(server: Server) -> None:
    fields = sign_up_fields("long@example.org", city="x" * 101)
    message = server.call("POST", "/sign_up", json=fields).json()["message"]
    assert message == "The field 'city' has room for 100 characters."


def test_the_longest_of_everything_fits_into_a_request() -> None:
    longest = {name: "🐦" * size for name, size in MAX_LENGTHS.items()}
    # Each bird takes twelve bytes in JSON that is ASCII.
    assert sum(12 * len(text) + 40 for text in longest.values()) < 64 * 1024


@pytest.mark.parametrize("email", ["anna@example.org", "o'brien/x+b%c@localhost", "å@exämple.org"])
def test_an_address_is_well_formed(email: str) -> None:
    assert is_email(email)


@given(st.text(max_size=9) | st.from_regex(r"[^@]+@[^@]+", fullmatch=True))
@example("anna@example.org\n")
@example("anna\u200b@example.org")  # looks like somebody else
@example("anna\x00@example.org")
@example("a@b\u202e")
@example("\ufeffa@b")
def test_an_address_has_one_at_and_no_character_that_nobody_sees(text: str) -> None:
    # What the page asks for: /^[^@\p{C}\p{Z}]+@[^@\p{C}\p{Z}]+$/u
    visible = all(unicodedata.category(character)[0] not in "CZ" for character in text)
    name, _, host = text.partition("@")
    assert is_email(text) == (visible and bool(name) and bool(host) and "@" not in host)

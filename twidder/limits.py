"""What fits into a field, and what an e-mail address and a password look like.

`docs/server.md` lists it. The page asks for the same before it sends anything.
"""

import re

from twidder.errors import BadInputError

MAX_BODY = 64 * 1024
"""Bytes of a request's body."""

MIN_PASSWORD_LENGTH = 8

MAX_LENGTHS = {
    "email": 254,
    "username": 254,
    "password": 128,
    "oldpassword": 128,
    "newpassword": 128,
    "firstname": 100,
    "familyname": 100,
    "gender": 100,
    "city": 100,
    "country": 100,
    "message": 2000,
}
"""Characters (code points) of each field; 254 is all that mail servers take of an address."""

NEWEST = 500
"""Messages of a wall that are shown, so that no wall can grow too long to be read."""

_EMAIL = re.compile(r"[^@ ]+@[^@ ]+")


def check_length(name: str, text: str) -> None:
    """Raise BadInputError for a text that is too long for this field."""
    limit = MAX_LENGTHS[name]
    if len(text) > limit:
        raise BadInputError(f"The field '{name}' has room for {limit} characters.")


def check_email(email: str) -> None:
    """Raise BadInputError for what is no address; that of a person mustn't hide a character."""
    if not (_EMAIL.fullmatch(email) and email.isprintable()):
        raise BadInputError("The e-mail address is not well-formed.")


def check_new_password(password: str) -> None:
    """Raise BadInputError for a password that is too short."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise BadInputError(f"A password has at least {MIN_PASSWORD_LENGTH} characters.")

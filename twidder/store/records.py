"""What comes out of the store."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What everybody may know about a user."""

    email: str
    firstname: str
    familyname: str
    gender: str
    city: str
    country: str


@dataclass(frozen=True)
class Message:
    """One message on a wall."""

    writer: str
    content: str

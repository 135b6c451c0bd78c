"""Tokens that can be guessed, and those against which nothing is known."""

import base64
import hashlib
import json
import random
import secrets
import string
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checker.timelines import ANNA, BOB, judged
from twidder_cli.engine.tokens import Guess, Issued, guess
from twidder_cli.model.timeline import Guessed
from twidder_cli.model.verdicts import Verdict
from twidder_cli.steps.expect_random_tokens import ExpectRandomTokens

NOW = 1_795_000_000.5
EMAILS = [f"{name}qwertyuiop@liu.se" for name in ("anna", "bob", "cleo", "dora")]

Make = Callable[[int, str], str]
"""Makes the token of a sign-in, from its number and the user's address."""


def guessed(make: Make) -> Guess | None:
    return guess([Issued(make(n, email), email) for n, email in enumerate(EMAILS, 1)], NOW)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def jwt(n: int, email: str) -> str:
    payload = {"sub": email, "iat": int(NOW), "n": n}
    text = ".".join(coded(json.dumps(part)) for part in ({"alg": "HS256"}, payload))
    return f"{text}.{coded(sha256('secret' + text))}"


def fernet(n: int, email: str) -> str:
    blob = b"\x80" + int(NOW).to_bytes(8, "big") + hashlib.sha512(f"{n}{email}".encode()).digest()
    return base64.urlsafe_b64encode(blob).decode()


@pytest.mark.parametrize(
    ("make", "made_of"),
    [
        (lambda n, _: str(n), "numbers that count up"),
        (lambda n, _: str(123_456_789 + 3 * n), "numbers that count up"),
        (lambda n, _: f"{n % 2}", "numbers below 10000"),
        (lambda n, _: f"{9731 * n % 10_000}", "numbers below 10000"),
        (lambda *_: "token", "the same text for everybody"),
        (lambda n, _: str(int(NOW) + 20 * n), "the time of the sign-in"),
        (lambda n, _: str(NOW + 20.125 * n), "the time of the sign-in"),
        (lambda n, _: str(int(1000 * NOW) + 600 * n), "the time of the sign-in"),
        (lambda n, _: f"2026-11-18 14:2{n}:20.123456", "the time of the sign-in"),
        (lambda _, email: email, "the e-mail addresses with nothing else"),
        (lambda _, email: email.split("@")[0].upper(), "the e-mail addresses with nothing else"),
        (lambda _, email: f"tok_{email}", "the e-mail addresses with the same text for everybody"),
        (lambda n, email: f"{email}-{n}", "the e-mail addresses with numbers that count up"),
        (
            lambda n, email: f"{email}:{NOW + 20 * n}",
            "the e-mail addresses with the time of the sign-in",
        ),
        (lambda _, email: coded(email), "the e-mail addresses with nothing else"),
        (
            lambda n, email: coded(f"{email}:{n}"),
            "the e-mail addresses with numbers that count up",
        ),
        (
            lambda _, email: sha256(email),
            "hashes of the e-mail addresses, which anybody can compute",
        ),
        (
            lambda _, email: hashlib.md5(email.encode(), usedforsecurity=False).hexdigest().upper(),
            "hashes of the e-mail addresses, which anybody can compute",
        ),
    ],
)
def test_a_token_can_be_guessed(make: Make, made_of: str) -> None:
    assert guessed(make) == Guess(made_of)


@pytest.mark.parametrize(
    ("make", "made_of"),
    [
        (lambda n, _: str(982_451_653 * n % 900_000), "so few characters that all can be tried"),
        (lambda n, _: sha256(str(n))[:6], "so few characters that all can be tried"),
        (
            lambda n, _: str(int(1e9 * NOW) + 20_000_000_123 * n),
            "what looks like the time of the sign-in",
        ),
    ],
    ids=["six digits", "six hexadecimal digits", "nanoseconds, or seconds with random digits"],
)
def test_of_what_may_be_random_it_is_unclear(make: Make, made_of: str) -> None:
    assert guessed(make) == Guess(made_of, is_certain=False)


@pytest.mark.parametrize(
    "make",
    [
        jwt,
        fernet,
        lambda *_: str(uuid.uuid4()),
        lambda *_: uuid.uuid4().hex,
        lambda *_: secrets.token_hex(4),
        lambda *_: secrets.token_hex(),
        lambda *_: secrets.token_urlsafe(),
        lambda *_: "".join(secrets.choice(string.ascii_letters) for _ in range(10)),
        lambda *_: str(secrets.randbits(50) + 10**9),
        lambda *_: str(random.random()),  # noqa: S311  what students write
        lambda _, email: f"{email}:{secrets.token_hex(8)}",
        lambda n, _: f"{n}|{secrets.token_hex(8)}",
        lambda _, email: sha256(f"salt{email}"),
        lambda _, email: coded(json.dumps({"email": email, "key": secrets.token_hex(8)})),
    ],
)
def test_nothing_is_known_against_a_token(make: Make) -> None:
    assert guessed(make) is None


@given(st.lists(st.text(max_size=40), min_size=4, max_size=4))
def test_any_texts_can_be_tokens(tokens: list[str]) -> None:
    guessed(lambda n, _: tokens[n - 1])


# The step

STEP = ExpectRandomTokens(kind="expect_random_tokens", line=11, of=(ANNA, BOB))


def looked(made_of: str, *, is_certain: bool) -> Guessed:
    return Guessed(step="5", actor="", sent=7, received=7, made_of=made_of, is_certain=is_certain)


@pytest.mark.parametrize(
    ("is_certain", "verdict", "title"),
    [
        (True, Verdict.FAILED, "Tokens can be guessed"),
        (False, Verdict.UNCLEAR, "Are tokens random?"),
    ],
)
def test_what_was_guessed_is_told(is_certain: bool, verdict: Verdict, title: str) -> None:
    (finding,) = judged(STEP, looked("numbers that count up", is_certain=is_certain))
    assert (finding.verdict, finding.title, finding.actual, finding.line) == (
        verdict,
        title,
        "the tokens of 2 sign-ins are numbers that count up",
        11,
    )


def test_where_nothing_was_guessed_there_is_no_finding() -> None:
    assert judged(STEP, looked("", is_certain=False)) == []

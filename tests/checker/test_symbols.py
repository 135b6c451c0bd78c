"""Captured values are written by name, in whatever form they turn up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twidder_cli.engine.symbols import Symbols, without_names


def named(**values: str) -> Symbols:
    symbols = Symbols()
    for name, value in values.items():
        symbols.define(name.replace("_", "."), value)
    return symbols


@pytest.mark.parametrize(
    "written",
    [
        'a"b/c+d ö@x',
        'a\\"b/c+d ö@x',
        'a\\"b/c+d \\u00f6@x',
        "a%22b/c%2Bd%20%C3%B6%40x",
        "a%22b%2Fc%2Bd%20%C3%B6%40x",
        "a%22b%2Fc%2Bd+%C3%B6%40x",
    ],
    ids=["as it is", "in JSON", "in ASCII JSON", "in a URL", "in a URL's part", "in a form"],
)
def test_a_value_is_found_in_every_form(written: str) -> None:
    symbols = named(anna_password='a"b/c+d ö@x')
    assert symbols.mask(f"x {written} y") == "x {anna.password} y"


@pytest.mark.parametrize(
    "written",
    [
        "<b>it's \\u00f6<\\/b> &",
        "<b>it's ö<\\/b> &",
        "\\u003cb\\u003eit\\u0027s \\u00f6\\u003c/b\\u003e \\u0026",
        "\\u003cb\\u003eit\\u0027s ö\\u003c/b\\u003e \\u0026",
    ],
    ids=["slashes", "slashes only", "for HTML", "for HTML only"],
)
def test_a_value_is_found_where_more_is_escaped_than_json_wants(written: str) -> None:
    assert named(anna_message="<b>it's ö</b> &").mask(f'"{written}"') == '"{anna.message}"'


def test_every_occurrence_is_found() -> None:
    assert named(t_1="abcd").mask("abcd,abcdabcd") == "{t.1},{t.1}{t.1}"


def test_the_longest_value_is_found_first() -> None:
    assert named(a="hello", b="hello world").mask("hello world, hello") == "{b}, {a}"


def test_the_first_name_of_a_value_wins() -> None:
    symbols = Symbols()
    names = [symbols.define("first", "same value"), symbols.define("second", "same value")]
    assert (names, symbols.mask("same value"), symbols.value("second")) == (
        ["first", "first"],
        "{first}",
        "same value",
    )


def test_short_values_are_left_alone_but_known() -> None:
    symbols = named(t="abc")
    assert (symbols.mask("abc abc"), symbols.value("t")) == ("abc abc", "abc")


def test_an_unknown_name_has_no_value() -> None:
    assert Symbols().value("anna.token") is None


def test_names_are_found_by_their_beginning() -> None:
    symbols = named(anna_token_1="aaaa", anna_token_2="bbbb", bob_token_1="cccc")
    names = [symbols.names(prefix) for prefix in ("anna.token.", "bob.", "eve.")]
    assert [len(found) for found in names] == [2, 1, 0]


def test_without_values_a_text_stays_as_it_is() -> None:
    assert Symbols().mask("{anna.token}") == "{anna.token}"


@given(value=st.text(min_size=4, max_size=40), around=st.text(alphabet="äöü", max_size=5))
def test_a_value_never_stays_in_a_text(value: str, around: str) -> None:
    masked = named(x=value).mask(f"{around}{value}{around}")
    assert masked == around + "{x}" + around or value in around + value


def test_a_number_in_json_is_written_as_a_text() -> None:
    assert named(t="12345").mask('{"data": 12345}') == '{"data": "{t}"}'


def test_a_number_in_quotes_is_written_by_name_alone() -> None:
    assert named(t="12345").mask('{"data": "12345"}') == '{"data": "{t}"}'


def test_a_number_inside_a_longer_one_is_left_alone() -> None:
    assert named(t="12345").mask('{"at": 9123456}') == '{"at": 9123456}'


def test_a_token_with_dots_and_dashes_is_written_by_name() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P-FUP0THsR8U"
    assert named(t=jwt).mask(f"Bearer {jwt}") == "Bearer {t}"


@pytest.mark.parametrize("name", ["anna.email", "anna@laptop.token.1", "made-up.token"])
def test_a_name_that_a_server_sent_is_broken_up(name: str) -> None:
    assert without_names(f"a {{{name}}} b") == f"a {{ {name}}} b"


@pytest.mark.parametrize("text", ["{}", "{anna}", '{"a.b": 1}', "{ anna.email}"])
def test_what_is_no_name_stays(text: str) -> None:
    assert without_names(text) == text

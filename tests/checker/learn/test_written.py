"""What is written of a learned contract can be read again, and is the same."""

from string import printable

from hypothesis import given, settings
from hypothesis import strategies as st

from twidder_cli.learn.written import written
from twidder_cli.load.contract import load_contract
from twidder_cli.load.library import find_contract
from twidder_cli.load.source import Mistakes
from twidder_cli.model.contract import (
    CALLER,
    FUNCTIONS,
    INPUTS,
    Contract,
    Operation,
    SocketPlace,
    TokenPlace,
)
from twidder_cli.model.learned import Learned

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=20)
NAMES = st.text(st.sampled_from("abcXYZ09-_"), min_size=1, max_size=9)
ASCII = st.text(st.sampled_from([c for c in printable[:95] if c not in "{}"]), max_size=9)
PATHS = st.text(st.sampled_from("ab/_-.~%?=&:@"), max_size=9).map(lambda rest: f"/{rest}")
COMMENTS = st.dictionaries(st.sampled_from([*FUNCTIONS, "token", "socket"]), st.text())


def texts(function: str = "") -> st.SearchStrategy[str]:
    known = [f"{{{name}}}" for name in (*INPUTS.get(function, ()), *CALLER)]
    return st.builds("".join, st.lists(WORDS | st.sampled_from(known), max_size=3))


def values(function: str = "") -> st.SearchStrategy[object]:
    plain = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | texts(function)
    return st.recursive(
        plain, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=6
    )


@st.composite
def operations(draw: st.DrawFn, function: str) -> Operation:
    method = draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]))
    is_form = draw(st.booleans())
    return Operation(
        request=f"{method} {draw(PATHS)}",
        json=None if is_form else draw(values(function)),
        form=draw(st.dictionaries(WORDS, texts(function))) if is_form else None,
        headers=draw(st.dictionaries(NAMES, texts(function), max_size=2)),
        token=draw(st.none() | st.sampled_from(["json:", "json:a.0", "header:x-y", "cookie:s"])),
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    absent = draw(st.sets(st.sampled_from(["sign_out", "connect"])))
    present = [name for name in ("sign_up", "sign_in", "sign_out") if name not in absent]
    return Contract(
        operations={name: draw(operations(name)) for name in present},
        token=TokenPlace(header=draw(NAMES), value=draw(ASCII) + "{token}"),
        socket=None
        if "connect" in absent
        else SocketPlace(
            path=draw(PATHS),
            greeting=draw(values()),
            headers=draw(st.dictionaries(NAMES, texts(), max_size=2)),
        ),
        absent=frozenset(absent),
    )


@settings(max_examples=50)
@given(contracts(), COMMENTS, st.text())
def test_a_contract_comes_back_as_it_was(
    contract: Contract, found: dict[str, str], problem: str
) -> None:
    mistakes = Mistakes()
    text = written(Learned(contract=contract, found=found, problem=problem))
    again = load_contract(text, "common", mistakes, vouched=False)
    assert mistakes.found == []
    assert again == contract


def test_the_file_says_how_each_line_was_found() -> None:
    common = find_contract(None)
    contract = Contract(
        operations={
            "sign_up": Operation(request="POST /up", json={"email": "{email}"}),
            "sign_in": Operation(request="POST /in", form={"pw": "{password}"}, token="json:data"),
        },
        token=common.token,
        absent=frozenset({"connect"}),
    )
    learned = Learned(
        contract=contract,
        found={"sign_in": "its route table; proved: it works\x1b[31m", "token": "a guess"},
        not_understood=frozenset({"sign_out"}),
        problem="300 requests were not enough to learn it",
        requests=300,
        users=12,
        seconds=1.26,
    )
    assert written(learned).splitlines() == [
        "# Learned with 300 requests and 12 users, in 1.3 s.",
        "# Not everything: 300 requests were not enough to learn it",
        "# Not understood: sign_out",
        "operations:",
        "  sign_up: {request: POST /up, json: {email: '{email}'}}",
        "  # its route table; proved: it works\\x1b[31m",
        "  sign_in: {request: POST /in, form: {pw: '{password}'}, token: 'json:data'}",
        "# a guess",
        "token: {header: Authorization, value: '{token}'}",
        "# nothing in its route table could be it",
        "absent: [connect]",
    ]


def test_without_a_contract_there_are_comments_only() -> None:
    text = written(Learned(problem="nobody gets in"))
    assert all(line.startswith("# ") for line in text.splitlines())

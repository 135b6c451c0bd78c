"""Contracts that nobody could guess, learned from the submission's own page in a real browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from tests.checker.learn.styles import Case
from tests.checker.learn.submissions import INPUTS, ROUTES, Style, write
from tests.submissions import generator, others, page_source
from tests.submissions.axes import drawn
from tests.submissions.page_source import USUAL, Habits
from tests.submissions.running import set_up, started
from twidder_cli.engine.pace import Pace
from twidder_cli.engine.people import Browser
from twidder_cli.load.library import find_contract
from twidder_cli.model.contract import FUNCTIONS
from twidder_cli.model.job import Job, Submission
from twidder_cli.preparation import Prepared, prepare

STRANGE = Case(
    Style(
        routes={
            name: route.replace(f"/{name}", f"/q{number}")
            for number, (name, route) in enumerate(ROUTES.items(), 1)
        },
        keys={
            name: {one: f"k{number}" for number, one in enumerate(inputs)}
            for name, inputs in INPUTS.items()
            if "by_email" not in name
        },
        sent='request.headers.get("X-Q")',
        greeting="json.loads(socket.receive())",
        look_up='greeting["payload"]["key"]',
        source="hidden",
    ),
    header="X-Q",
    greeting={"payload": {"key": "{token}"}},
)
"""A submission that nobody but its own page understands."""

FRESH = (
    'request.headers.get("X-Q") if abs(__import__("time").time() * 1000 - '
    'int(request.headers.get("X-Time", 0))) < 2000 else None'
)
OPENED = "xhr.open(method, path, true);"
TIMED = OPENED, f'{OPENED}\nxhr.setRequestHeader("X-Time", Date.now());'


def handed_in(
    case: Case, folder: Path, *changes: tuple[str, str], habits: Habits = USUAL
) -> Submission:
    """Write a submission with a page that speaks to it, but for these changes of its script."""
    submission = write(case.style, folder)
    page = page_source.files(
        case.contract, transport="xhr", notice="logout", token_header=case.header, habits=habits
    )
    for old, new in changes:
        assert old in page["client.js"]
        page["client.js"] = page["client.js"].replace(old, new)
    for name, text in page.items():
        (folder / "static" / name).write_text(text)
    return submission


def prepared(submission: Submission, workspace: Path, browser: Browser) -> Prepared:
    """Return what is known of a submission before its first scenario."""
    job = Job(
        submission=submission,
        scenarios=(),
        contract=find_contract(None),
        patience=1.0,
        seed=1,
        workspace="",
        sandbox="processes",
    )
    return prepare(job, workspace, Pace(), lambda: browser)


def test_a_contract_that_nobody_could_guess_is_learned(browser: Browser, tmp_path: Path) -> None:
    found = prepared(handed_in(STRANGE, tmp_path / "s"), tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names
    wanted = STRANGE.contract
    assert found.contract.operations == wanted.operations
    assert (found.contract.token, found.contract.socket) == (wanted.token, wanted.socket)
    assert "# its page; proved: the first client hears of the second sign-in" in found.names
    assert found.notes == ()


def test_what_only_the_page_can_say_is_left_open(browser: Browser, tmp_path: Path) -> None:
    signed = replace(STRANGE, style=replace(STRANGE.style, sent=FRESH))
    found = prepared(handed_in(signed, tmp_path / "s", TIMED), tmp_path / "w", browser)
    assert "get_user_data_by_token" not in found.understood
    secret = "only its own page can speak to it: the header X-Time is another one in every request"
    assert secret in found.notes


def test_a_page_that_asks_for_what_is_not_there_is_told(browser: Browser, tmp_path: Path) -> None:
    wrong = replace(STRANGE, style=replace(STRANGE.style, routes={}))
    moved = '"/sign_out"', '"/signout"'
    found = prepared(handed_in(wrong, tmp_path / "s", moved), tmp_path / "w", browser)
    assert "sign_out" in found.understood
    assert any("its page and its server do not agree on sign_out" in note for note in found.notes)


def test_a_page_is_used_where_it_looks_for_its_server(browser: Browser, tmp_path: Path) -> None:
    elsewhere = '"ws://" + location.host', '"ws://localhost:5000"'
    found = prepared(handed_in(STRANGE, tmp_path / "s", elsewhere), tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names
    assert found.contract.socket == STRANGE.contract.socket


def test_a_token_is_known_that_was_handed_over_right_before_a_reload(
    browser: Browser, tmp_path: Path
) -> None:
    submission = handed_in(STRANGE, tmp_path / "s", habits=Habits(afterwards="reloads"))
    found = prepared(submission, tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names
    assert found.contract.operations == STRANGE.contract.operations
    assert found.contract.token == STRANGE.contract.token


def test_a_page_that_shows_nothing_without_its_server_is_used_where_it_looks_for_it(
    browser: Browser, tmp_path: Path
) -> None:
    waiting = "    showWelcome();\n}\n", '    fetch(server + "/").then(showWelcome);\n}\n'
    submission = handed_in(STRANGE, tmp_path / "s", waiting, habits=Habits(dials="localhost"))
    found = prepared(submission, tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names


@pytest.mark.parametrize("seed", [0, 39, 54])
def test_a_server_of_another_kind_is_learned_from_its_address_alone(
    seed: int, browser: Browser, tmp_path: Path
) -> None:
    truth = others.write(drawn(seed), tmp_path)
    with others.started(tmp_path) as server:
        running = Submission(name="tornado", kind="url", location=server.url)
        found = prepared(running, tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names
    assert found.contract == structs.replace(truth.contract, name="learned")


def test_a_server_redirects_to_https_whose_page_came_by_it(
    browser: Browser, tmp_path: Path
) -> None:
    truth = generator.write(drawn(45), tmp_path)
    assert truth.origin.startswith("https:")
    assert truth.contract.operations["sign_in"].path.endswith("/")
    root = generator.unpack(truth, tmp_path, tmp_path / "unpacked")
    set_up(root, truth.folder, truth.databases[0])
    with started(root, truth.folder, truth.application) as server:
        running = Submission(name="s", kind="url", location=server.url)
        found = prepared(running, tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names


def test_what_a_page_can_not_do_while_it_loads_itself_is_done_later(
    browser: Browser, tmp_path: Path
) -> None:
    late = "location.reload();", "setTimeout(() => location.reload(), 1000);"
    submission = handed_in(STRANGE, tmp_path / "s", late, habits=Habits(afterwards="reloads"))
    found = prepared(submission, tmp_path / "w", browser)
    assert found.understood == {*FUNCTIONS, "connect"}, found.names

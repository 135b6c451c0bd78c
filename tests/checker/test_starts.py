"""Which starts of a submission are tried, in which order, and which one is taken."""

from collections.abc import Callable

import msgspec
import pytest

from twidder_cli.model.learned import Learned
from twidder_cli.model.submission import Application, Database, Inspection, Setup
from twidder_cli.model.verdicts import Verdict
from twidder_cli.starts import ENTRANCE, Tried, answering, fault_of, tried, unstarted
from twidder_cli.submissions.attempt import Attempt

WORKS = Learned(proved=ENTRANCE)
LOCKED = Learned(problem="nobody gets in")
BROKEN = Attempt(command="gunicorn", exit_code=3, log="ValueError: no")
NO_TABLE = Attempt(command="gunicorn", exit_code=3, log="sqlite3.OperationalError: no such table")

Outcome = Attempt | Learned

SCHEMA = Database(kind="schema", file="database.db", source="schema.sql")
COMMITTED = Database(kind="committed", file="database.db")


def applications(*names: str) -> tuple[Application, ...]:
    return tuple(
        Application(folder=".", module=name, target="app", file=f"{name}.py", why="")
        for name in names
    )


def starts(
    outcomes: dict[str, Outcome],
    *names: str,
    databases: tuple[Database, ...] = (SCHEMA, COMMITTED),
    may_be_script: bool = True,
    is_late: Callable[[], bool] = lambda: False,
) -> list[Tried]:
    """Return what was tried, where a start's outcome is known by what its name begins with."""

    def attempt(setup: Setup) -> Tried:
        found = next(
            outcome for start, outcome in outcomes.items() if named(setup).startswith(start)
        )
        if isinstance(found, Attempt):
            return Tried(setup, attempt=found)
        return Tried(setup, learned=found)

    inspection = Inspection(applications=applications(*names), databases=databases)
    return list(tried(inspection, attempt, may_be_script=may_be_script, is_late=is_late))


def named(setup: Setup) -> str:
    form = "" if setup.form == "gunicorn" else f" {setup.form}"
    return f"{setup.application.module} {setup.database.kind}{form}"


def names(found: list[Tried]) -> list[str]:
    return [named(one.setup) for one in found]


def test_the_first_start_that_works_is_the_last_that_is_tried() -> None:
    found = starts({"server schema": NO_TABLE, "server": WORKS, "app": WORKS}, "server", "app")
    assert names(found) == ["server schema", "server committed"]
    assert answering(found)[0] == found[1]


@pytest.mark.parametrize("outcome", [NO_TABLE, LOCKED])
def test_other_data_are_tried_where_they_may_help(outcome: Outcome) -> None:
    found = starts({"server": outcome, "app": WORKS}, "server", "app")
    assert names(found) == ["server schema", "server committed", "app schema"]
    assert answering(found)[0] == found[2]


def test_where_no_data_help_the_next_application_is_tried() -> None:
    found = starts({"server": BROKEN, "app": WORKS}, "server", "app")
    assert names(found) == ["server schema", "app schema"]


def test_where_nobody_gets_in_the_first_that_answers_is_taken() -> None:
    found = starts({"server": BROKEN, "app": LOCKED, "old": LOCKED}, "server", "app", "old")
    best = answering(found)[0]
    assert best is not None
    assert named(best.setup) == "app schema"
    assert fault_of(best, found) is None


def test_of_several_data_those_are_taken_by_which_most_is_known() -> None:
    (first, second, other) = starts({"server": LOCKED, "app": LOCKED}, "server", "app")[:3]
    some = Learned(accepted=frozenset({"sign_up"}))
    more = Learned(accepted=frozenset({"sign_up", "sign_in", "sign_out"}))
    known = [first._replace(learned=Learned()), second._replace(learned=some)]
    elsewhere = other._replace(learned=more)
    assert answering([*known, elsewhere]) == [known[1], known[0], elsewhere]


def test_without_data_it_is_started_as_it_was_handed_in() -> None:
    assert names(starts({"server": WORKS}, "server", databases=())) == ["server committed"]


def test_no_more_than_four_applications_are_tried() -> None:
    found = starts({"": BROKEN}, *"abcdef", may_be_script=False)
    assert names(found) == ["a schema", "b schema", "c schema", "d schema"]


def test_when_it_is_late_nothing_more_is_tried() -> None:
    found = starts({"": BROKEN}, "server", "app", is_late=lambda: True)
    assert names(found) == ["server schema"]


def test_the_last_resort_is_the_likeliest_file_as_a_script_which_is_a_fault() -> None:
    found = starts({"server schema script": WORKS, "": BROKEN}, "server", "app")
    assert names(found) == ["server schema", "app schema", "server schema script"]
    best = answering(found)[0]
    assert best is not None
    fault = fault_of(best, found)
    assert fault is not None
    assert fault.verdict is Verdict.FAILED
    assert fault.title == "It starts by python server.py only (L8): The server did not start"


@pytest.mark.parametrize("outcomes", [{"server": LOCKED, "": BROKEN}, {"": LOCKED}])
def test_what_answers_under_gunicorn_is_not_started_as_a_script(
    outcomes: dict[str, Outcome],
) -> None:
    assert not [name for name in names(starts(outcomes, "server", "app")) if "script" in name]


def test_a_script_takes_a_port_of_its_own_and_so_needs_a_network_of_its_own() -> None:
    assert names(starts({"": BROKEN}, "server", may_be_script=False)) == ["server schema"]


def test_where_nothing_starts_the_likeliest_start_tells_why() -> None:
    forbidden = msgspec.structs.replace(BROKEN, log="", excess="it used more than 1 GiB of memory")
    found = starts({"server": forbidden, "": BROKEN}, "server", "app")
    assert answering(found) == []
    assert unstarted(found).title == "The server used more than it may"

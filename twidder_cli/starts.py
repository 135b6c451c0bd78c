"""Which start of a submission is tried next, and which one is taken. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from twidder_cli.model.learned import Learned
from twidder_cli.model.submission import Application, Database, Inspection, Setup
from twidder_cli.model.verdicts import Finding
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.failures import explained

ENTRANCE = frozenset({"sign_up", "sign_in", "get_user_data_by_token"})
"""The functions that show that users get in."""

_MOST_APPLICATIONS = 4
_OF_DATA = ("sqlite3", "sqlalchemy", "no such table", "already exists", "OperationalError")


class Tried(NamedTuple):
    """A start that was tried: `attempt` where it came to nothing, else what was learned by it."""

    setup: Setup
    attempt: Attempt | None = None
    learned: Learned | None = None

    @property
    def works(self) -> bool:
        """Whether users get in."""
        return self.learned is not None and self.learned.proved >= ENTRANCE

    @property
    def knows(self) -> int:
        """How much was seen to go by the contract's names."""
        return len(self.learned.known) if self.learned else 0

    @property
    def is_about_data(self) -> bool:
        """Whether other data may help."""
        log = self.attempt.log if self.attempt else ""
        return self.attempt is None or any(word in log for word in _OF_DATA)


def tried(
    inspection: Inspection,
    attempt: Callable[[Setup], Tried],
    *,
    may_be_script: bool,
    is_late: Callable[[], bool],
    packages: str = "",
) -> Iterator[Tried]:
    """Attempt the likely starts first, and yield what came of each, until one works.

    Where none answers under gunicorn, the last one is `python FILE`, if that may be.
    """

    def setup(application: Application, database: Database) -> Setup:
        return Setup(application=application, database=database, packages=packages)

    databases = inspection.databases or (Database(kind="committed"),)
    answered = False
    for application in inspection.applications[:_MOST_APPLICATIONS]:
        for database in databases:
            one = attempt(setup(application, database))
            yield one
            answered = answered or one.attempt is None
            if one.works or is_late():
                return
            if not one.is_about_data:
                break  # no data will help this one
    if may_be_script and not answered:
        likeliest = setup(inspection.applications[0], databases[0])
        yield attempt(msgspec.structs.replace(likeliest, form="script"))


def answering(starts: Sequence[Tried]) -> list[Tried]:
    """Return the starts that answer, the one to grade by first.

    It works; else it is one of the likeliest application, and most is known by it.
    """
    there = [one for one in starts if one.attempt is None]

    def worth(one: Tried) -> tuple[bool, bool, int]:
        return one.works, one.setup.application == there[0].setup.application, one.knows

    return sorted(there, key=worth, reverse=True)


def unstarted(starts: Sequence[Tried]) -> Finding:
    """Return why nothing starts under gunicorn: what the likeliest start died of."""
    return explained(next(one.attempt for one in starts if one.attempt is not None))


def fault_of(start: Tried, starts: Sequence[Tried]) -> Finding | None:
    """Return what is wrong with a start that was taken: that it is none by gunicorn."""
    if start.setup.form != "script":
        return None
    cause = unstarted(starts)
    title = f"It starts by {start.setup.command} only (L8): {cause.title}"
    return msgspec.structs.replace(cause, title=title)

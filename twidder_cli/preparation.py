"""Finds out how a submission is started, with what data, and by what names it goes.

Nothing is configured: what reading its source suggests is tried, and the first
start is taken where a fresh user can sign up, sign in, and is known by the token.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from twidder_cli import processes
from twidder_cli.engine.pace import PREPARING, START, TABLE, Pace
from twidder_cli.learn.probe import SILENT
from twidder_cli.learn.sources import sources_in
from twidder_cli.learn.written import written
from twidder_cli.load.own_contract import own_contract
from twidder_cli.model.contract import FUNCTIONS, Contract
from twidder_cli.model.job import Job
from twidder_cli.model.learned import Learned
from twidder_cli.model.routes import RouteTable
from twidder_cli.model.submission import Application, Inspection, Setup
from twidder_cli.model.verdicts import Finding, Verdict
from twidder_cli.model.words import listed
from twidder_cli.starts import Tried, answering, fault_of, tried, unstarted
from twidder_cli.submissions import server
from twidder_cli.submissions.attempt import Attempt
from twidder_cli.submissions.bring import Brought, brought
from twidder_cli.submissions.failures import no_application
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.reading import inspect
from twidder_cli.understanding import GetBrowser, Understanding


class Ungradable(Exception):  # noqa: N818  told as a finding
    """A submission that can't be played at all; `finding` says why, and whose doing it is."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


class Prepared(NamedTuple):
    """How a submission's servers are started, and what is known of them already.

    `understood` are the functions that were seen to go by the contract's
    names, and `names` is the contract as a file, where it was learned. `spoken` is how its page
    names things, where only that can speak to it. `fault`
    is what is wrong with its start though it can be played.
    """

    start: server.Start
    contract: Contract
    how: str
    notes: tuple[str, ...] = ()
    understood: frozenset[str] = frozenset()
    names: str = ""
    spoken: Contract | None = None
    fault: Finding | None = None
    has_fixed_port: bool = False


def prepare(job: Job, workspace: Path, pace: Pace, browser: GetBrowser) -> Prepared:
    """Find out how to start and to talk to a submission; raises Ungradable."""
    sandbox = processes.Sandbox(job.sandbox)
    match job.submission.kind:
        case "reference":
            how = "gunicorn --workers 1 --threads 100 twidder.server:app, with throw-away data"
            start = partial(server.reference, sandbox)
            known = frozenset({*FUNCTIONS, "connect"})
            return Prepared(start, job.contract, how, understood=known)
        case "url":
            start = partial(server.at_url, job.submission.location)
            url = job.submission.location
            understanding = Understanding(job, pace, browser)
            learned = understanding.of_server(url)
            if understanding.wants_page(learned):
                learned = understanding.of_page(url, learned)
            return _with_names(
                Prepared(start, job.contract, "a server that was already running"), learned
            )
        case _:
            return _Search(job, workspace, pace, sandbox, browser).run()


class _Search:
    """Tries starts of one submission, the likely ones first."""

    def __init__(
        self,
        job: Job,
        workspace: Path,
        pace: Pace,
        sandbox: processes.Sandbox,
        browser: GetBrowser,
    ) -> None:
        self._job = job
        self._browser = browser
        self._workspace = workspace
        self._pace = pace
        self._sandbox = sandbox
        self._ends = time.monotonic() + pace.scaled(PREPARING)
        self._numbers = itertools.count(1)
        self._tables: dict[Application, RouteTable] = {}

    def run(self) -> Prepared:
        """Return the first start that works, or the one that comes nearest; raises Ungradable."""
        handed_in, inspection = self._read()
        own = own_contract(handed_in.folder)
        if own.contract is not None and self._job.trusts_contract:
            self._job = msgspec.structs.replace(self._job, contract=own.contract)
        self._source = handed_in.root
        self._understanding = Understanding(self._job, self._pace, self._browser)
        self._place = server.Place(handed_in.root, self._sandbox, inspection)
        starts = list(
            tried(
                inspection,
                self._try,
                packages=self._job.packages,
                may_be_script=self._sandbox is processes.Sandbox.FULL,  # it takes its own port
                is_late=lambda: time.monotonic() > self._ends,
            )
        )
        best, learned = self._best(answering(starts))
        if best is None:
            raise Ungradable(unstarted(starts))
        return _with_names(
            Prepared(
                start=partial(self._place.started, best.setup),
                contract=self._job.contract,
                how=_how(best.setup),
                notes=(
                    *handed_in.notes,
                    *own.compared(learned, is_used=self._job.trusts_contract),
                ),
                fault=fault_of(best, starts),
                has_fixed_port=best.setup.form == "script",
            ),
            learned,
        )

    def _best(self, starts: Sequence[Tried]) -> tuple[Tried | None, Learned | None]:
        """Return the start to grade by, and what is known of it.

        Where nobody gets in by any of them, that is the first by whose page somebody does.
        """
        tried_pages: list[tuple[Tried, Learned | None]] = []
        for start in starts:
            learned = self._with_page(start)
            tried_pages.append((start, learned))
            is_known = learned is not None and (learned.is_whole or learned.spoken is not None)
            if start.works or is_known:
                return start, learned
            if time.monotonic() > self._ends:
                break
        return tried_pages[0] if tried_pages else (None, None)

    def _with_page(self, start: Tried) -> Learned | None:
        """Return what is known with what its page tells, where that may be more."""
        if start.learned is None or not self._understanding.wants_page(start.learned):
            return start.learned
        folder = self._workspace / f"start-{next(self._numbers)}"
        table = self._tables.get(start.setup.application)
        sources = sources_in(self._source / start.setup.application.folder)
        try:
            with self._place.started(start.setup, folder, self._pace.scaled(START)) as running:
                return self._understanding.of_page(running.url, start.learned, table, sources)
        except server.NotStarted:
            return start.learned

    def _read(self) -> tuple[Brought, Inspection]:
        try:
            handed_in = brought(self._job.submission, self._workspace / "source")
        except Refused as refused:
            raise Ungradable(
                Finding(
                    title="The submission could not be unpacked",
                    expected="a folder or an archive that holds a submission",
                    actual=str(refused),
                    hint="Look at it by hand, or ask for a new one.",
                    verdict=Verdict.UNCLEAR,
                )
            ) from None
        inspection = inspect(handed_in.folder, handed_in.name)
        if not inspection.applications:
            raise Ungradable(no_application(inspection))
        return handed_in, inspection

    def _try(self, setup: Setup) -> Tried:
        table_folder, folder = (
            self._workspace / f"start-{next(self._numbers)}" for _ in ("table", "server")
        )
        with ThreadPoolExecutor(1) as beside:
            limit = self._pace.scaled(TABLE)
            table = beside.submit(self._table, setup, table_folder, limit)
            try:
                timeout = self._pace.scaled(START)
                with self._place.started(setup, folder, timeout) as running:
                    sources = sources_in(self._source / setup.application.folder)
                    learned = self._understanding.of_server(running.url, table.result(), sources)
                    if learned.problem == SILENT:
                        return Tried(setup, attempt=self._hanging(setup, running))
                    return Tried(setup, learned=learned)
            except server.NotStarted as not_started:
                return Tried(setup, attempt=not_started.attempt)

    def _table(self, setup: Setup, folder: Path, limit: float) -> RouteTable | None:
        """Return the routes that the application tells; nobody asks where the contract is given."""
        if self._job.contract.vouched:
            return None
        told = self._tables.get(setup.application)
        if told is None:
            told = self._place.table(setup, folder, limit)
            if not told.problem:  # with other data it would be the same
                self._tables[setup.application] = told
        return told

    def _hanging(self, setup: Setup, running: server.Running) -> Attempt:
        """Return what is known of a server that has answered, and then did no more."""
        return Attempt(
            command=setup.command,
            inspection=self._place.inspection,
            database=setup.database,
            exit_code=running.exit_code,
            log=running.log(),
            excess=running.excess,
            lost=SILENT,
            answered=True,
        )


def _with_names(prepared: Prepared, learned: Learned | None) -> Prepared:
    """Return what was prepared, with the contract that was learned."""
    if learned is None:
        return prepared
    prepared = prepared._replace(spoken=_spoken(learned))
    if learned.contract is None:  # what is known of its page is all that is known
        return prepared._replace(notes=(*prepared.notes, *learned.notes))
    return prepared._replace(
        contract=learned.contract,
        names="" if learned.contract.vouched else written(learned),
        # Of what was learned in part, nothing is held against the submission.
        understood=frozenset() if learned.problem else learned.known,
        notes=(*prepared.notes, *_told(learned)),
    )


def _spoken(learned: Learned) -> Contract | None:
    """Return how its page names things, and nothing else; None where that is not needed."""
    if learned.spoken is None:
        return None
    return Contract(operations=learned.spoken, name="its page's")


def _told(learned: Learned) -> Iterator[str]:
    yield from learned.notes
    if learned.problem:
        yield f"the contract could not be learned whole: {learned.problem}"
    if learned.absent:
        yield f"no route could be {listed(sorted(learned.absent))}"
    if learned.not_understood:
        yield f"not understood: {listed(sorted(learned.not_understood))}"
    known = learned.known | learned.absent
    is_vouched = learned.contract is not None and learned.contract.vouched
    if not (learned.problem or is_vouched or "connect" in known):
        yield "how its socket is greeted could not be proved"


def _how(setup: Setup) -> str:
    data = f", {setup.database.why}" if setup.database.why else ""
    return f"{setup.command}{data}"

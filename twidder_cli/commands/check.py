"""`twidder check`: grade submissions and say what is wrong with them."""

import itertools
import math
import os
import random
import secrets
import shlex
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import version
from types import FrameType
from typing import Literal

import click
import msgspec

from twidder_cli import processes
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import (
    bundled_ids,
    find_contract,
    find_plan,
    find_scenarios,
    load_scenarios,
    requirements,
)
from twidder_cli.model.events import Event, Listed, RunFinished, RunStarted
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.report import Fold, exit_code
from twidder_cli.model.scenario import Plan, Scenario, Share, Source
from twidder_cli.reporters import Reporters, file_report
from twidder_cli.reporters.terminal import Output, Terminal
from twidder_cli.runner import Runner
from twidder_cli.submissions.find import REFERENCE, find

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HARNESS = 3
_LANES = min(4, 1 + (os.cpu_count() or 1))
"""Servers of one submission at a time: most of the time is waited."""


def _complete_scenario(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[str]:
    return [name for name in bundled_ids() if name.startswith(typed)]


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="PATH_OR_ID",
    shell_complete=_complete_scenario,
    help="Play only this scenario: an id, a file, or a folder. Repeatable.",
)
@click.option(
    "--contract",
    metavar="FILE",
    help="How the submission names routes and fields: a file, or an id such as 'common'.",
)
@click.option("--plan", metavar="FILE", help="What counts, and how much. Default: lab3/plan.")
@click.option(
    "--patience",
    type=click.FloatRange(0.5, 20),
    default=1.0,
    show_default=True,
    metavar="FACTOR",
    help="Multiplies every time limit and every wait.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    metavar="NUMBER",
    help="Repeat what a run with this seed drew: users, and who comes first in a race.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Also write a report: junit=results.xml, json=results.json. Repeatable.",
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "require", "off"]),
    default="auto",
    show_default=True,
    help="Confine submissions as well as this machine can; only if it can fully; or not at all.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all that was sent and received.")
@click.pass_context
def check(  # noqa: PLR0917  one parameter per option
    ctx: click.Context,
    targets: tuple[str, ...],
    scenarios: tuple[str, ...],
    contract: str | None,
    plan: str | None,
    patience: float,
    seed: int | None,
    reports: tuple[str, ...],
    sandbox: Literal["auto", "require", "off"],
    verbose: bool,
) -> None:
    """Check submissions against scenarios.

    TARGET is the URL of a running server, or a folder that holds a server.py
    with `app`. Without one, the reference application is checked.

    \b
    Examples:
      twidder check
      twidder check my-lab3/
      twidder check http://127.0.0.1:5000
      twidder check my-lab3/ --scenario lab3/targeted -v
      twidder check my-lab3/ --report junit=results.xml --report json=results.json

    \b
    Exit codes:
      0  everything required passed
      1  something failed, and it is the submission's fault
      2  the command line or a file on it is wrong
      3  something could not be told, and nothing failed
      129, 130, 143  interrupted; what is known was reported
    """
    if math.isnan(patience):
        raise click.BadParameter("expected a number from 0.5 to 20", param_hint="--patience")
    chosen_plan = find_plan(plan)
    played = in_order(loaded(scenarios or tuple(chosen_plan.scenarios)))
    chosen_contract = find_contract(contract)
    submissions = _found(targets)
    wishes = [file_report(wish) for wish in reports]
    if sandbox == "require":
        _require_sandbox()
    started = RunStarted(
        plan=chosen_plan.title,
        rule=chosen_plan.rule,
        scenarios=tuple(listed(scenario, chosen_plan) for _, scenario in played),
        submissions=tuple(submissions),
        targets=tuple(target for target, _ in submissions.values()),
        version=version("twidder"),
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        replay=_replay(contract, plan, patience),
        seed=random.SystemRandom().getrandbits(32) if seed is None else seed,
    )
    jobs = [
        Job(
            submission=submission,
            scenarios=tuple(source for source, _ in played),
            contract=chosen_contract,
            patience=patience,
            seed=started.seed,
            # A server that goes on running may know the users of an earlier run.
            salt=secrets.token_hex(4) if submission.kind == "url" else "",
            workspace="",
            lanes=1 if submission.kind == "url" else _LANES,
            sandbox="none" if sandbox == "off" else "auto",
        )
        for _, submission in submissions.values()
    ]
    terminal = Terminal(Output(), Output(stderr=True), verbose=verbose)
    # Files first: a terminal may be gone when the result is to be shown.
    ctx.exit(_carry_out(started, jobs, Reporters([*wishes, terminal])))


def _carry_out(started: RunStarted, jobs: list[Job], reporters: Reporters) -> int:
    fold = Fold()
    runner = Runner()
    with _interrupts(runner):
        for event in _events(started, jobs, runner):
            fold.add(event)
            reporters.handle(event)
    for name, error in reporters.broken.items():
        click.echo(f"twidder: the {name} report could not be made: {error}", err=True)
    report = fold.report
    if report.interrupted:
        return 128 + report.interrupted
    return exit_code(report) or (_HARNESS if reporters.broken else 0)


def _events(started: RunStarted, jobs: list[Job], runner: Runner) -> Iterator[Event]:
    began = time.monotonic()
    yield started
    for job in jobs:
        yield from runner.run(job)
    yield RunFinished(seconds=time.monotonic() - began, interrupted=runner.interrupted)


@contextmanager
def _interrupts(runner: Runner) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the grading rather than this process, which has to report."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        runner.interrupt(number)

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _require_sandbox() -> None:
    if processes.best_sandbox() is not processes.Sandbox.FULL:
        missing = next(
            f"{one.name} ({one.missing})" for one in processes.abilities() if one.missing
        )
        raise OperatorError(
            f"--sandbox require: submissions can't be fully confined here, for lack of {missing}; "
            "see twidder doctor"
        )


def loaded(names: tuple[str, ...]) -> dict[str, tuple[Source, Scenario]]:
    sources = find_scenarios(names)
    scenarios = load_scenarios(sources)
    return {source.id: (source, one) for source, one in zip(sources, scenarios, strict=True)}


def in_order(loaded: dict[str, tuple[Source, Scenario]]) -> list[tuple[Source, Scenario]]:
    """Return scenarios as they were named, but with what they need before them."""
    needs = {
        name: [need for need in scenario.needs if need in loaded]
        for name, (_, scenario) in loaded.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise OperatorError(f"these scenarios need each other: {circle}") from None
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        for need in needs[name]:
            place(need)
        ordered.setdefault(name)

    for name in loaded:
        place(name)
    return [loaded[name] for name in ordered]


def _found(targets: tuple[str, ...]) -> dict[str, tuple[str, Submission]]:
    """Return targets and submissions by name; two of the same name are told apart by number."""
    if not targets:
        return {REFERENCE.name: ("", REFERENCE)}
    found: dict[str, tuple[str, Submission]] = {}
    for target in dict.fromkeys(targets):
        submission = find(target)
        numbered = (f"{submission.name} ({number})" for number in itertools.count(2))
        name = next(n for n in itertools.chain([submission.name], numbered) if n not in found)
        found[name] = (shlex.quote(target), msgspec.structs.replace(submission, name=name))
    return found


def listed(scenario: Scenario, plan: Plan) -> Listed:
    share = plan.scenarios.get(scenario.id, Share())
    requirement = requirements()[scenario.requirement]
    return Listed(
        id=scenario.id,
        title=scenario.title,
        requirement=requirement.id,
        ref=requirement.ref,
        says=requirement.says,
        level=share.level or scenario.level,
        points=share.points,
        path=scenario.path,
        name=scenario.id if scenario.id in bundled_ids() else scenario.path,
    )


def _replay(contract: str | None, plan: str | None, patience: float) -> str:
    """Return the options that play a scenario again under the same conditions."""
    options = [f"--contract {shlex.quote(contract)}"] if contract else []
    options += [f"--plan {shlex.quote(plan)}"] if plan else []
    options += [f"--patience {patience:g}"] if patience != 1 else []
    return " ".join(options)

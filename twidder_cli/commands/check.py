"""`twidder check`: grade submissions and say what is wrong with them."""

import math
import os
import random
import shlex
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Literal

import click
import psutil

from twidder_cli import processes
from twidder_cli.browser.found import why_not
from twidder_cli.commands.confinement import require_sandbox, warn
from twidder_cli.commands.turns import (
    VERSION,
    Common,
    Turn,
    events,
    nameless,
    require_application,
    with_doubles,
)
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import bundled_ids, find_contract, find_plan
from twidder_cli.load.playlist import Playlist, listed, playlist
from twidder_cli.model.events import Event, RunStarted
from twidder_cli.model.report import Fold, exit_code
from twidder_cli.reporters import Reporter, Reporters, file_report
from twidder_cli.reporters.terminal import Output, Terminal
from twidder_cli.results import Results
from twidder_cli.runner import Runner
from twidder_cli.submissions.collect import RESULTS, names_pattern
from twidder_cli.submissions.find import find

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HARNESS = 3
_CORES = os.cpu_count() or 1
_LANES = min(4, 1 + _CORES)
"""Servers of one submission at a time: most of the time is waited."""
_LANES_IN_CLASS = 2
_MEMORY = 1 << 30
"""Bytes that a submission of a class may need, with its worker and its servers."""
_RESULTS = Path(RESULTS)


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
    "--results",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"Where the results of a class go. Default: {_RESULTS}.",
)
@click.option("--resume", is_flag=True, help="Keep earlier results of what has not changed.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="NUMBER",
    help="Submissions of a class that are graded at a time. Default: by cores and memory.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(1, 24 * 3600),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="For one submission, whatever it does.",
)
@click.option(
    "--names",
    metavar="REGEX",
    help="Finds the student in a name of a class by its groups (?P<id>...) and (?P<name>...). "
    "Moodle's and Canvas' forms are known.",
)
@click.option("--anonymous", is_flag=True, help="Name submissions by what is in them, not by whom.")
@click.option("--install", is_flag=True, help="Install packages that submissions miss, apart.")
@click.option(
    "--trust-contract",
    is_flag=True,
    help="Take a submission's own twidder.yaml for how it names things.",
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
    results: Path | None,
    resume: bool,
    jobs: int | None,
    time_limit: float,
    names: str | None,
    anonymous: bool,
    install: bool,
    trust_contract: bool,
    sandbox: Literal["auto", "require", "off"],
    verbose: bool,
) -> None:
    """Check submissions against scenarios.

    TARGET is a folder or an archive that holds a submission, however it is
    laid out, a folder or an archive of a whole class, or the URL of a running
    server. Without one, the reference application is checked.

    \b
    Examples:
      twidder check
      twidder check my-lab3/
      twidder check http://127.0.0.1:5000
      twidder check my-lab3/ --scenario lab3/targeted -v
      twidder check my-lab3/ --report junit=results.xml --report json=results.json
      twidder check class/ --results lab3-results
      twidder check class/ --results lab3-results --resume

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
    played = _possible(playlist(scenarios or tuple(chosen_plan.scenarios)))
    wishes: list[Reporter] = [file_report(wish) for wish in reports]
    pattern = names_pattern(names) if names else None
    if sandbox == "require":
        require_sandbox()
    processes.sweep()
    with processes.scratch() as unpacked:
        found = find(dict.fromkeys(targets), pattern, unpacked=unpacked)
        common = Common(
            scenarios=tuple(source for source, _ in played),
            contract=find_contract(contract),
            patience=patience,
            seed=random.SystemRandom().getrandbits(32) if seed is None else seed,
            lanes=_LANES_IN_CLASS if len(found) > 1 else _LANES,
            limit=time_limit * patience,
            trusts_contract=trust_contract,
            sandbox="none" if sandbox == "off" else "auto",
        )
        turns = [Turn.of(one, common) for one in found]
        if len(turns) == 1:
            require_application(turns[0])
        if any(turn.job.submission.kind != "url" for turn in turns):
            warn(processes.Sandbox.NONE if sandbox == "off" else processes.best_sandbox())
        turns, doubles = with_doubles(nameless(turns) if anonymous else turns)
        for double in doubles:
            click.echo(f"twidder: {double}", err=True)
        started = RunStarted(
            plan=chosen_plan.title,
            rule=chosen_plan.rule,
            scenarios=tuple(listed(scenario, chosen_plan) for _, scenario in played),
            submissions=tuple(turn.name for turn in turns),
            targets=tuple(turn.target for turn in turns),
            version=VERSION,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            replay=_replay(contract, plan, patience),
            seed=common.seed,
        )
        kept = None
        if results or resume or len(found) > 1:
            kept = Results(results or _RESULTS, resume=resume)
            if anonymous:
                kept.forbid_names()
            else:
                kept.write_names(turn.names for turn in turns if turn.names)
        terminal = Terminal(Output(), Output(stderr=True), verbose=verbose)
        # Files first: a terminal may be gone when the result is to be shown.
        reporters = Reporters([*([kept] if kept else []), *wishes, terminal], _tell_of_broken)
        runner = Runner(min(jobs or _at_once(), len(turns)))
        with closing(kept) if kept else nullcontext():
            happening = events(started, turns, kept, runner, installs=install)
            code = _carry_out(happening, runner, reporters)
            if kept and kept.name not in reporters.broken:
                goes_on = "; the same with --resume goes on" if runner.interrupted else ""
                click.echo(f"twidder: results are in {kept.folder}{goes_on}", err=True)
        ctx.exit(code)


def _tell_of_broken(name: str, error: Exception) -> None:
    click.echo(f"twidder: the {name} report could not be made: {error}", err=True)


def _at_once() -> int:
    """Return how many submissions this machine grades at a time."""
    return max(1, min(_CORES, psutil.virtual_memory().available // _MEMORY))


def _carry_out(happening: Iterable[Event], runner: Runner, reporters: Reporters) -> int:
    fold = Fold()
    with _interrupts(runner):
        for event in happening:
            fold.add(event)
            reporters.handle(event)
    report = fold.report
    if report.interrupted:
        return 128 + report.interrupted
    return exit_code(report) or (_HARNESS if reporters.broken else 0)


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


def _possible(played: Playlist) -> Playlist:
    """Leave out what needs a browser where there is none, and say so; raises OperatorError."""
    missing = why_not()
    possible = [(source, one) for source, one in played if not (missing and one.in_browser)]
    if not possible:
        raise OperatorError(f"pages can't be tried, and there is nothing else to play: {missing}")
    left_out = len(played) - len(possible)
    if left_out:
        click.echo(
            f"twidder: pages are not tried, {left_out} of the scenarios and their points are left "
            f"out: {missing}",
            err=True,
        )
    return possible


def _replay(contract: str | None, plan: str | None, patience: float) -> str:
    """Return the options that play a scenario again under the same conditions."""
    options = [f"--contract {shlex.quote(contract)}"] if contract else []
    options += [f"--plan {shlex.quote(plan)}"] if plan else []
    options += [f"--patience {patience:g}"] if patience != 1 else []
    return " ".join(options)

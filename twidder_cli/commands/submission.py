"""`twidder submission`: what a submission is, as far as it can be told without checking it."""

import json
import re
import secrets
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import click
import msgspec
from rich.console import Console
from rich.text import Text

from twidder_cli import processes
from twidder_cli.browser.found import why_not
from twidder_cli.errors import OperatorError
from twidder_cli.load.library import find_contract
from twidder_cli.model.events import ServerStarted, SubmissionFinished
from twidder_cli.model.job import Job, Submission
from twidder_cli.model.submission import Application, Database, Inspection
from twidder_cli.model.verdicts import Outcome, Verdict
from twidder_cli.model.words import harmless, listed
from twidder_cli.runner import Runner
from twidder_cli.submissions.bring import brought
from twidder_cli.submissions.find import find
from twidder_cli.submissions.limits import Refused
from twidder_cli.submissions.packages import advice, missing
from twidder_cli.submissions.reading import inspect

_LABEL = 10
_MANY = 6
"""Names of one kind that are shown; the rest is counted."""


@click.group()
def submission() -> None:
    """What a submission is: what was found in it, and how it names things."""


@submission.command("inspect")
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def inspect_(target: str, *, as_json: bool) -> None:
    """Read a submission's source and say what would be started, and why.

    TARGET is a folder at any depth above the application, or an archive.
    Nothing in it is run.

    \b
    Examples:
      twidder submission inspect handed-in/anna
      twidder submission inspect handed-in/anna.zip --json
    """
    if "://" in target:
        raise OperatorError(f"{target}: expected a folder; a running server has no source to read")
    one = _one(target)
    found = _read(one, target)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
    else:
        _show(found, one.name)
    if not found.applications:
        raise OperatorError(f"{target}: there is no Flask application in it")


@submission.command()
@click.argument("target")
@click.option("--output", type=click.File("w", atomic=True, lazy=True), metavar="FILE")
@click.option("--browser", is_flag=True, help="Use its page also where all is known without.")
@click.pass_context
def learn(ctx: click.Context, target: str, output: IO[str] | None, *, browser: bool) -> None:
    """Start a submission, find out how it names things, and write that as a contract.

    TARGET is a folder, an archive or the URL of a running server. Each line of
    the contract says how it was found. `twidder check --contract FILE` uses it.

    Where the routes and the source do not tell everything, the submission's own
    page is used in a Chromium, and what it sends is tried without it.

    \b
    Examples:
      twidder submission learn handed-in/anna.zip
      twidder submission learn handed-in/anna.zip --browser
      twidder submission learn http://127.0.0.1:5000 --output anna.yaml

    \b
    Exit codes:
      0  a contract was written
      1  the submission can't be started, and that is its own fault
      2  the command line is wrong
      3  nothing could be learned
    """
    if browser and (missing := why_not()):
        raise OperatorError(missing)
    job = Job(
        submission=_one(target),
        scenarios=(),
        contract=find_contract(None),
        patience=1.0,
        seed=secrets.randbits(32),
        salt=secrets.token_hex(4),
        workspace="",
        watches_page=browser,
    )
    for event in Runner().run([job]):
        match event:
            case ServerStarted():
                for note in (event.how, *event.notes):
                    click.echo(f"twidder: {harmless(note)}", err=True)
                click.echo(harmless(event.contract), file=output)
                ctx.exit(0 if "operations:" in event.contract else 3)
            case SubmissionFinished(outcome=Outcome() as outcome):
                for finding in outcome.findings:
                    click.echo(harmless(f"{finding.title}\n{finding.actual}"), err=True)
                ctx.exit(1 if outcome.verdict is Verdict.FAILED else 3)
            case _:
                pass


def _read(one: Submission, target: str) -> Inspection:
    if one.kind == "folder":
        folder = Path(one.location)
        return inspect(folder, folder.name if (folder / "__init__.py").exists() else "")
    with processes.scratch() as unpacked:
        try:
            handed_in = brought(one, unpacked)
        except Refused as refused:
            raise OperatorError(f"{target}: {refused}") from None
        for note in handed_in.notes:
            click.echo(f"twidder: {note}", err=True)
        return inspect(handed_in.folder, handed_in.name)


def _one(target: str) -> Submission:
    with processes.scratch() as unpacked:
        found = find([target], unpacked=unpacked)
    if len(found) > 1 or found[0].entry is not None:
        raise OperatorError(f"{target}: expected one submission, found {len(found)}")
    return found[0].submission


def _show(found: Inspection, name: str) -> None:
    console = Console()
    folder = found.applications[0].folder if found.applications else "."
    console.print(Text(harmless(f"{name}: {_headline(found)}"), style="bold"))
    for label, texts in _rows(found):
        for number, text in enumerate(texts):
            _print_row(console, "" if number else label, _seen_from(folder, text))


def _print_row(console: Console, label: str, text: str) -> None:
    head = Text(f"  {label:<{_LABEL}}", style="dim")
    for line in Text(harmless(text)).wrap(console, max(console.width - _LABEL - 4, 20)):
        line.rstrip()
        console.print(head.append_text(line), soft_wrap=True)
        head = Text(" " * (_LABEL + 4))


def _seen_from(folder: str, text: str) -> str:
    """Leave out of a text's paths the folder that the headline tells."""
    return text if folder == "." else re.sub(rf"(?<![\w/]){re.escape(folder)}/", "", text)


def _headline(found: Inspection) -> str:
    if not found.applications:
        return "no Flask application was found"
    first = found.applications[0]
    where = "" if first.folder == "." else f" in {first.folder}"
    return f"{first.module}:{first.target}{where}"


def _rows(found: Inspection) -> Iterator[tuple[str, list[str]]]:
    """Yield labels, each with its texts, in the order in which somebody wants to know."""
    for number, one in enumerate(found.applications):
        yield "or" if number else "start", [_command(one), one.why]
    yield "notice", [f"{note.place} {note.says}" for note in found.notes]
    yield "packages", list(_packages(found))
    yield "data", [f"{number}. {_data(one)}" for number, one in enumerate(found.databases, 1)]
    yield "keys", [", ".join(found.keys)] if found.keys else []
    yield "headers", [", ".join(found.headers)] if found.headers else []
    yield "left out", list(_left_out(found.left_out))
    if not found.applications:
        yield "modules", [_few(found.modules) or "none"]


def _command(application: Application) -> str:
    where = "" if application.folder == "." else f"--chdir {shlex.quote(application.folder)} "
    served = shlex.quote(f"{application.module}:{application.target}")
    return f"gunicorn --workers 1 --threads 100 {where}{served}"


def _data(database: Database) -> str:
    match database.kind:
        case "schema":
            return f"{database.file} with the tables of {database.source}"
        case "initialise":
            return f"what {database.source} makes"
        case "committed":
            return f"{database.file} as it was handed in"
        case "nothing":
            return f"no {database.file or 'data'} at first"


def _packages(found: Inspection) -> Iterator[str]:
    absent = missing(found.imports)
    here = [name for name in found.imports if name not in absent]
    if absent:
        yield f"not here: {', '.join(absent)}. {advice(absent, found.requirements)}"
    if here:
        yield f"here: {', '.join(here)}"
    if found.requirements:
        yield f"in its requirements: {', '.join(found.requirements)}"


def _left_out(left_out: dict[str, str]) -> Iterator[str]:
    by_reason = defaultdict(list)
    for path, why in left_out.items():
        by_reason[why].append(path)
    for why, paths in by_reason.items():
        yield f"{_few(paths)}: {why}"


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MANY
    return listed([*names[:_MANY], f"{more} more"] if more > 0 else names) if names else ""

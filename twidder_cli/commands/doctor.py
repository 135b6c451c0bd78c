"""`twidder doctor`: whether all that grading needs is there, and how to get what is not."""

import json
import platform
import resource
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click
import psutil
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twidder_cli import processes
from twidder_cli.browser.found import chromium, why_not
from twidder_cli.commands.cdn import fetched
from twidder_cli.model.words import printable
from twidder_cli.processes import Ability, Sandbox

_GIB = 1 << 30
_MEMORY = 2 * _GIB
_DISK = _GIB // 4
_OPEN_FILES = 1024
_CONFINED = {
    Sandbox.FULL: "Submissions are fully confined.",
    Sandbox.SUBMISSION: "Submissions are confined, but share this machine's ports and disk.",
    Sandbox.PROCESSES: "Submissions can read your files and use your network.",
    Sandbox.NONE: "Submissions may do all that you may.",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@click.option(
    "--cdn",
    "targets",
    metavar="TARGET",
    multiple=True,
    help="Get the scripts and styles that the pages of a submission or a class want from the "
    "internet, or the one at a URL, and keep them for all checks.",
)
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, targets: tuple[str, ...]) -> None:
    """Tell whether this machine has what grading needs, and how to get what it has not.

    \b
    Exit codes:
      0  all that is needed is there
      1  something is missing
    """
    if targets:
        ctx.exit(0 if fetched(targets) else 1)
    found = [*_machine(), *processes.abilities(), _browser()]
    if as_json:
        click.echo(_document(found))
    else:
        _show(found)
    ctx.exit(0 if _is_ready(found) else 1)


def _is_ready(found: Sequence[Ability]) -> bool:
    return not any(one.missing and one.is_needed for one in found)


def _machine() -> Iterator[Ability]:
    memory, place = psutil.virtual_memory(), tempfile.gettempdir()
    space = shutil.disk_usage(place).free
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield Ability("Python", use="runs Twidder", has=platform.python_version())
    yield Ability(
        "processors",
        use="for several servers at a time",
        has=str(psutil.cpu_count()),
    )
    yield Ability(
        "memory",
        use="for servers, and for the files they write",
        has=f"{memory.available / _GIB:.1f} GiB free",
        missing=f"less than {_MEMORY // _GIB} GiB is free" if memory.available < _MEMORY else "",
        get="end other programs",
    )
    yield Ability(
        "disk space",
        use="for reports, and before a sandbox is set up",
        has=f"{space / _GIB:.1f} GiB free in {place}",
        missing=f"less than {_DISK >> 20} MiB is free" if space < _DISK else "",
        get=f"remove something from {place}, or set TMPDIR",
    )
    yield Ability(
        "open files",
        use="for requests and sockets",
        has=str(files),
        missing=f"fewer than {_OPEN_FILES} are allowed" if files < _OPEN_FILES else "",
        get="ulimit -n 4096",
    )


def _browser() -> Ability:
    missing, _, get = why_not().partition(": ")
    return Ability(
        "Chromium",
        use="tries pages as people see them",
        has=str(chromium() or ""),
        missing=missing,
        get=get,
        is_needed=False,
    )


def _show(found: Sequence[Ability]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for column in ("state", "name", "use"):
        table.add_column(column, no_wrap=column != "use", overflow="fold")
    for one in found:
        table.add_row(_state(one), one.name, _text(one))
    console = Console()
    console.print(table)
    console.print()
    console.print(_CONFINED[processes.best_sandbox()])


def _state(one: Ability) -> Text:
    if not one.missing:
        return Text("ok", style="green")
    return Text("missing", style="bold red" if one.is_needed else "yellow")


def _text(one: Ability) -> Text:
    if not one.missing:
        return Text.assemble(one.use, (f" ({printable(one.has)})" if one.has else "", "dim"))
    return Text.assemble(
        f"{one.use}\n", (f"{printable(one.missing)}\n", "yellow"), ("get it: ", "dim"), one.get
    )


def _document(found: Sequence[Ability]) -> str:
    document = {
        "ready": _is_ready(found),
        "sandbox": processes.best_sandbox(),
        "abilities": [asdict(one) for one in found],
    }
    return json.dumps(document, indent=2)

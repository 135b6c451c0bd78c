"""How well submissions are confined on this machine, said before any of them runs."""

import click

from twidder_cli import processes
from twidder_cli.errors import OperatorError
from twidder_cli.processes import Sandbox

_WARNINGS = {
    Sandbox.SUBMISSION: "its server shares this machine's ports and disk",
    Sandbox.PROCESSES: "it can read your files and use the network as you can",
    Sandbox.NONE: "it runs as you do, and may do all that you may",
}


def require_sandbox() -> None:
    """Raise OperatorError where submissions can't be fully confined."""
    if processes.best_sandbox() is not Sandbox.FULL:
        missing = next(
            f"{one.name} ({one.missing})" for one in processes.abilities() if one.missing
        )
        raise OperatorError(
            f"--sandbox require: submissions can't be fully confined here, for lack of {missing}; "
            "see twidder doctor"
        )


def warn(sandbox: Sandbox) -> None:
    """Say on standard error what a submission may do that is confined like that."""
    if sandbox in _WARNINGS:
        click.echo(
            f"twidder: WARNING: a submission is not fully confined here: {_WARNINGS[sandbox]}. "
            "twidder doctor says how it would be.",
            err=True,
        )

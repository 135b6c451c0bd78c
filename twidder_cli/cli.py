"""The command group, and the place where errors become exit codes."""

import importlib
import signal
import sys
from typing import NoReturn

import click

from twidder_cli.errors import OperatorError, did_you_mean

# Loaded when used: `twidder --help` has to be there at once.
_COMMANDS = {
    "check": ("twidder_cli.commands.check:check", "Check submissions against scenarios."),
    "doctor": ("twidder_cli.commands.doctor:doctor", "What this machine can do, and what not."),
    "scenario": ("twidder_cli.commands.scenario:scenario", "What can be checked."),
    "submission": (
        "twidder_cli.commands.submission:submission",
        "What a submission is, without checking it.",
    ),
    "serve": ("twidder_cli.commands.serve:serve", "Start the reference application."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            ctx.fail(f"There is no command {args[0]!r}.{did_you_mean(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twidder")
def twidder() -> None:
    """Twidder: the reference application, and a checker for WebSocket labs.

    \b
    twidder serve             start the reference on http://127.0.0.1:5000
    twidder check             check the reference
    twidder check my-lab3/    check a folder that holds server.py
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; exits with the codes that docs/exit-codes.md tells of."""
    try:
        code = twidder(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except OperatorError as error:
        for line in str(error).splitlines():
            click.echo(f"twidder: {_printable(line)}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 128 + signal.SIGINT
    sys.exit(code if isinstance(code, int) else 0)


def _printable(text: str) -> str:
    """Return a line that may quote anybody's file with nothing in it that a terminal obeys."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

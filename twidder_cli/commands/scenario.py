"""`twidder scenario`: what can be checked."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twidder_cli.load.library import find_plan, find_scenarios, load_scenarios, requirements
from twidder_cli.model.scenario import Share
from twidder_cli.model.words import number


@click.group()
def scenario() -> None:
    """What can be checked: scenarios, and what they are worth."""


@scenario.command("list")
@click.argument("names", nargs=-1, metavar="[PATH_OR_ID]...")
@click.option("--plan", metavar="FILE", help="What counts, and how much. Default: lab3/plan.")
def list_(names: tuple[str, ...], plan: str | None) -> None:
    """List scenarios with requirement, level and points.

    \b
    Examples:
      twidder scenario list
      twidder scenario list lab3/targeted my-scenarios/
    """
    chosen = find_plan(plan)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    table.add_column("lab", no_wrap=True)
    table.add_column("requirement", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("scenario", overflow="fold")
    for one in load_scenarios(find_scenarios(names or tuple(chosen.scenarios))):
        share = chosen.scenarios.get(one.id, Share())
        requirement = requirements()[one.requirement]
        table.add_row(
            requirement.ref,
            requirement.id,
            share.level or one.level,
            number(share.points),
            Text.assemble((one.id, "bold"), f"\n{one.title}"),
        )
    Console().print(table)

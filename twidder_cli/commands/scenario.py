"""`twidder scenario`: what can be checked, and files of one's own."""

import json

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twidder_cli.load.library import (
    find_plan,
    find_scenarios,
    lint,
    load_scenarios,
    requirements,
)
from twidder_cli.load.schema import scenario_schema
from twidder_cli.model.drawing import drawn
from twidder_cli.model.scenario import Scenario, Share
from twidder_cli.model.words import harmless, number

_LANES = 4
"""Actors that fit beside each other on 80 columns, with the server."""


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
            Text.assemble((harmless(one.id), "bold"), f"\n{harmless(one.title)}"),
        )
    Console().print(table)


@scenario.command("lint")
@click.argument("names", nargs=-1, required=True, metavar="PATH_OR_ID...")
def lint_(names: tuple[str, ...]) -> None:
    """Find every mistake in scenario files and plans, in one pass.

    Tells file:line:column, what was expected, and what was probably meant;
    also expectations that can't fail, such as a silence that follows no
    trigger, and plans that nobody can pass or fail. Exits with 2 when there
    is a mistake.

    \b
    Examples:
      twidder scenario lint my-scenarios/
      twidder scenario lint my-scenarios/twice.yaml
    """
    counts = zip(lint(names), ("scenario", "plan"), strict=True)
    said = [f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts if count]
    click.echo(f"{' and '.join(said)}, no mistake")


@scenario.command()
@click.argument("name", metavar="PATH_OR_ID")
def explain(name: str) -> None:
    """Tell what a scenario is about, what is done, and how a good run goes.

    \b
    Example:
      twidder scenario explain lab3/targeted
    """
    console = Console()
    for one in load_scenarios(find_scenarios((name,))):
        _explain(one, console)


def _explain(one: Scenario, console: Console) -> None:
    requirement = requirements()[one.requirement]
    console.print(Text(harmless(f"{one.id}: {one.title}"), style="bold"))
    rows = [
        ("lab says", f"{requirement.says} ({requirement.ref} {requirement.id}, {one.level})"),
        ("why", one.why),
        ("needs", ", ".join(one.needs)),
        ("hint", one.hint),
        ("file", one.path),
    ]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows:
        if text:
            table.add_row(label, Text(harmless(text)))
    console.print(table)
    console.print()
    arrows = [arrow for step in one.steps for arrow in step.arrows()]
    if len(one.actors) <= _LANES:
        for line in drawn(one.actors, arrows):
            console.print(Text(harmless(line)), soft_wrap=True)
    else:
        for arrow in arrows:
            console.print(Text(harmless(f"{arrow.actor or '--':<15} {arrow.label}")))
    console.print()


@scenario.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors.

    The first line of a scenario file tells an editor with a YAML language
    server where it is:

    \b
      # yaml-language-server: $schema=scenario.schema.json

    \b
    Example:
      twidder scenario schema > scenario.schema.json
    """
    click.echo(json.dumps(scenario_schema(), indent=2))

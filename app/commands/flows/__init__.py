"""The commands of those who edit the menus: `hotline flows …`, one file each."""

import typer

from app.commands.flows.check import check
from app.commands.flows.explain import explain
from app.commands.flows.graph import graph
from app.commands.flows.reference import reference
from app.commands.flows.schema import schema
from app.commands.flows.show import show
from app.commands.flows.test import rehearsed

flows = typer.Typer(help="Check, test, show and draw the menu flows.", no_args_is_help=True)
for command in (check, explain, schema, reference, show, graph):
    flows.command()(command)
flows.command("test")(rehearsed)

"""The commands of those who edit the menus: `hotline flows …`, one file each."""

import typer

from app.commands.flows.check import check
from app.commands.flows.diff import diff
from app.commands.flows.publish import publish
from app.commands.flows.pull import pull
from app.commands.flows.reference import reference
from app.commands.flows.rollback import rollback
from app.commands.flows.schema import schema
from app.commands.flows.show import show
from app.commands.flows.versions import versions

flows = typer.Typer(help="Check, show, publish and compare the menu flows.", no_args_is_help=True)
for command in (check, schema, reference, show, versions, diff, publish, rollback, pull):
    flows.command()(command)

"""The commands of those who edit the menus: `hotline flows …`, one file each."""

import typer

from app.commands.flows.audio import audio
from app.commands.flows.check import check
from app.commands.flows.prompts import prompts
from app.commands.flows.reference import reference
from app.commands.flows.schema import schema
from app.commands.flows.show import show

flows = typer.Typer(help="Check and show the menu flows.", no_args_is_help=True)
for command in (check, schema, reference, show, prompts, audio):
    flows.command()(command)

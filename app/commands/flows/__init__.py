"""The commands of those who edit the menus: `hotline flows …`, one file each."""

from collections.abc import Callable

import typer

from app.commands.flows.audio import audio
from app.commands.flows.check import check
from app.commands.flows.diff import diff
from app.commands.flows.explain import explain
from app.commands.flows.graph import graph
from app.commands.flows.prompts import prompts
from app.commands.flows.publish import publish
from app.commands.flows.pull import pull
from app.commands.flows.reference import reference
from app.commands.flows.rollback import rollback
from app.commands.flows.schema import schema
from app.commands.flows.show import show
from app.commands.flows.test import rehearsed
from app.commands.flows.versions import versions

flows = typer.Typer(help="Check, test, draw and publish the menu flows.", no_args_is_help=True)
commands: tuple[Callable[..., None], ...] = (
    check, explain, schema, reference, show, graph, prompts, audio,
    versions, diff, publish, rollback, pull,
)  # fmt: skip
for command in commands:
    flows.command()(command)
flows.command("test")(rehearsed)

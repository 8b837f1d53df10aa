"""`hotline flows prompts`."""

import sys
from typing import Annotated

import typer

from app.commands.flows.folder import FLOWS, FolderOption, compiled


def prompts(
    folder: FolderOption = FLOWS,
    missing: Annotated[
        bool, typer.Option("--missing", help="Only what is not translated yet.")
    ] = False,
    language: Annotated[str, typer.Option(help="Only this language, such as en-US.")] = "",
) -> None:
    """List what callers hear: each prompt in each language, and how it is spoken."""
    from app.flows.prompt_list import listed_prompts

    library = compiled(folder)
    known = library.directory.languages
    if language and language not in known:
        sys.exit(f"hotline: there is no language `{language}`; there are {', '.join(known)}.")
    default = library.prompts.by_language[library.default_language]
    for prompt in listed_prompts(library, (language,) if language else ()):
        if prompt.is_missing:
            instead = library.utterance(prompt.key, library.default_language).text
            instead = instead if prompt.key in default else ""
            typer.echo(f"{prompt.key}\t{prompt.language}\tmissing\t{instead}")
        elif not missing:
            how = " ".join(part for part in (prompt.rate, prompt.file) if part)
            typer.echo(f"{prompt.key}\t{prompt.language}\t{how or 'voice'}\t{prompt.text}")

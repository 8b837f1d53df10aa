"""`hotline flows audio`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.commands.flows.folder import FLOWS, FolderOption, compiled


def audio(
    prompt: Annotated[str, typer.Argument(help="The prompt that is spoken in the file.")],
    source: Annotated[Path, typer.Argument(help="A WAV or MP3 file.", exists=True, dir_okay=False)],
    folder: FolderOption = FLOWS,
    language: Annotated[str, typer.Option(help="Its language; the default one if left out.")] = "",
) -> None:
    """Make the audio file of a prompt: 8 kHz, mono, even in loudness, its words within."""
    from app.flows.prompt_list import listed_prompt
    from app.prompt_audio.conversion import AudioError, converted

    library = compiled(folder)
    listed = listed_prompt(library, prompt, language or library.default_language)
    if listed.is_missing:
        sys.exit(f"hotline: there is no prompt `{prompt}` in {listed.language}.")
    if listed.with_fields:
        sys.exit(f"hotline: `{prompt}` has fields, which no recording can say.")
    try:
        made = converted(source.read_bytes(), listed.text)
    except AudioError as error:
        sys.exit(f"hotline: {source} is no prompt: {error.trouble.replace('_', ' ')}.")
    target = folder / "audio" / listed.language / f"{prompt}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.content)
    typer.echo(f"{target}: {made.facts.seconds:.1f} s. Name it in prompts/{listed.language}.yaml:")
    typer.echo(f"{prompt}: {{text: …, audio: {target.name}}}")

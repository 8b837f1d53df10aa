"""From a walk to findings with their places: what the publishing of a version asks."""

from collections.abc import Iterator
from dataclasses import replace

from app.flows.context import Articles
from app.flows.dialling import judge_numbers
from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.proof.exploration import MOST_VISITS, Walk, explore
from app.flows.proof.sounds import judge_sounds
from app.flows.proof.spoken_fields import WatchedPrompts
from app.flows.proof.violations import Violation, way_to
from app.flows.proof.ways_out import judge_ways_out
from app.flows.rules import rules
from app.flows.waivers import standing


def prove(library: FlowLibrary, articles: Articles) -> list[Finding]:
    """What a compiled library still has against it, sorted; empty when all is proved.

    Walks every flow in every language through every situation (see the rules of the group
    "What a call can come to") and looks at what is spoken and rung. Takes tenths of a second of
    processor time, so it belongs to checking and publishing, not to a start or a live reload.
    Findings that the files waive are left out. An error means: do not publish.
    """
    return standing(sorted(proof_findings(library, articles)), library.origins.waivers)


def proof_findings(library: FlowLibrary, articles: Articles) -> Iterator[Finding]:
    """All findings of the proof, waived or not."""
    prompts = WatchedPrompts(library.prompts)
    watched = replace(library, prompts=prompts)
    walk = explore(watched, articles)
    for violation in _violations(walk, watched):
        severity = rules()[violation.rule].severity
        yield library.origins.at_node(
            violation.node, severity, violation.rule, violation.sentence, violation.hint
        )
    yield from _fields(library, prompts)
    yield from judge_numbers(library.directory, library.origins.directory)


def _violations(walk: Walk, library: FlowLibrary) -> Iterator[Violation]:
    failed: set[tuple[str, str]] = set()
    for failure in walk.failures:
        if (failure.node, failure.reason) not in failed:
            failed.add((failure.node, failure.reason))
            sentence = f"A step at `{failure.node}` fails with {failure.reason[:200]}"
            way = way_to(walk, failure.source).removesuffix(".")
            yield Violation("step-fails", failure.node, f"{sentence}.", f"{way}, {failure.words}.")
    for node, turn in walk.circles.items():
        yield Violation(
            "endless",
            node,
            f"The call can come to go round in a circle at `{node}` without being asked.",
            way_to(walk, turn.source, turn),
        )
    if walk.circles:
        return  # whatever comes after a circle is worth nothing until it is mended
    if not walk.is_whole:
        yield Violation(
            "too-large",
            library.directory.entries.inbound,
            f"The walk was stopped after {MOST_VISITS:,} visits to nodes; not all is proved.",
            "Compare fewer variables in branches, or split the flows.",
        )
        return
    if not walk.failures:
        yield from judge_ways_out(walk, library)
    yield from judge_sounds(walk, library)


def _fields(library: FlowLibrary, prompts: WatchedPrompts) -> Iterator[Finding]:
    for language, key, fields in prompts.lacking():
        named = ", ".join(f"`{{{name}}}`" for name in fields)
        yield library.origins.at_prompt(
            language,
            key,
            rules()["field-not-given"].severity,
            "field-not-given",
            f"Prompt `{key}` is spoken where {named} is not known.",
            "It is spoken as nothing there: leave the field out.",
        )

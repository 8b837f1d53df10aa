"""The reference of flow files, written from the node types themselves."""

import inspect

from app.flows.node import Node
from app.flows.nodes import NODE_TYPES
from app.flows.prompts import FIELDS, FORMATS
from app.flows.texts import FIELDS as TEXT_FIELDS
from app.flows.texts import TEXTS

INTRODUCTION = """# Flows: the reference

Written by `hotline flows reference`; the check fails when this page and the code differ.

The folder `ivr_flows/` holds everything that callers hear:

| file | what it holds |
|---|---|
| `main.yaml`, `policy.yaml`, … | one flow each: nodes by name |
| `prompts/zh-CN.yaml`, `prompts/en-US.yaml` | what is spoken, by key |
| `texts/zh-CN.yaml`, `texts/en-US.yaml` | text messages, by key |
| `policies/*.yaml` | the policy articles |
| `directory.yaml` | languages, departments, duty numbers, hours, categories |
| `calendar.yaml` | what the county knows better: holidays, make-up workdays, closures |

After a change run `hotline flows check`. It names the file, line and column of each mistake and
says what to do. A running service takes a good change into force within seconds; a bad one leaves
the last good version in force, and calls keep to the version they began with. The same files can
be changed in the console (Versions of the menus); whichever was changed last is in force.
`hotline flows diff` says what a change means for callers, `hotline flows versions` what was in
force when, `hotline flows rollback` goes back, and `hotline flows pull` writes the version in force
into the folder.

YAML is read strictly: no anchors, aliases, tags or duplicate keys, and every value stays as written
until its type is known, so `0123`, `12:30` and `NO` are what they look like.

## Hours, clocks and lines
- `hours` in `directory.yaml` are the hotline's; a department may have its own. Public holidays are
  closed unless an entry says `holidays: true`; a make-up workday keeps a Monday's hours.
- A category is answered within `respond_minutes` and settled within `complete_hours`, on the
  `clock` `round_the_clock` or `working` (the hours of its department).
- When a deadline passes, the owner or whoever is on duty is rung, then the `head`, then the
  `director` of the department, or else of `duty`. Each names `staff` by login, or `numbers`.
- `calendar.yaml` has an entry for each year: `holidays`, `workdays` and `closures`, as days
  (`2027-02-05`) or spans (`2027-02-05/2027-02-11`). With `published: true` the year's official
  notice stands there in full.

## What holds at every node
- `0` leads to a person, `9` to the emergency desk, `*` repeats. No option can take these keys.
- Silence is forgiven once, then a person is rung; a wrong key or unknown words are forgiven twice.
- Where speech is heard, an option's words, its number (一, one) and words of alarm are understood.
- In flows with `audience: staff` (invitations) 0 and 9 mean nothing.

A node is one thing with a telling key. A node is named as `node` within its own flow and as
`flow.node` from anywhere.

## Node types
"""

PROMPTS = """
## Prompts
A prompt is text with fields in braces, such as `{ticket_number:digits}`. A missing translation is
reported, and callers hear the default language instead.

| field | spoken as | what it is |
|---|---|---|
"""

TEXT_MESSAGES = """
## Text messages
A text message is written as a prompt is. Each goes out behind the text `signature`, and at most
five are sent as one: 70 characters of Chinese or 160 of English fit into the first.

| text | fields it is given |
|---|---|
"""

FIELDS_OF_TEXTS = """
| field | longest | what it is |
|---|---|---|
"""


def reference() -> str:
    """The whole page, in Markdown."""
    nodes = "\n".join(_node(key, node) for key, node in NODE_TYPES.items())
    fields = "\n".join(
        f"| `{name}` | {spoken} | {meaning} |" for name, (spoken, meaning) in FIELDS.items()
    )
    prompts = f"{PROMPTS}{fields}\n\nFormats: {', '.join(FORMATS)}.\n"
    return f"{INTRODUCTION}\n{nodes}{prompts}{_texts()}"


def _texts() -> str:
    texts = "\n".join(
        f"| `{key}` | {', '.join(f'`{name}`' for name in sorted(fields))} |"
        for key, fields in TEXTS.items()
    )
    fields = "\n".join(
        f"| `{name}` | {longest} | {meaning} |" for name, (longest, meaning) in TEXT_FIELDS.items()
    )
    return f"{TEXT_MESSAGES}{texts}\n{FIELDS_OF_TEXTS}{fields}\n"


def _node(key: str, node: type[Node]) -> str:
    rows = "\n".join(
        f"| `{name}` | {_type(field.annotation)} | "
        f"{'required' if field.is_required() else f'`{field.get_default(call_default_factory=True)}`'} |"  # noqa: E501
        for name, field in node.model_fields.items()
    )
    table = f"| key | type | default |\n|---|---|---|\n{rows}\n"
    return f"### `{key}`\n{inspect.getdoc(node)}\n\n{table}"


def _type(annotation: object) -> str:
    written = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    for noise in ("app.flows.references.", "app.flows.nodes.", "typing."):
        written = written.replace(noise, "")
    return f"`{written}`".replace("|", "or")

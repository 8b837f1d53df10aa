"""The reference of flow files, written from the node types themselves."""

import inspect

from app.flows.guides import guides
from app.flows.language_reference import languages_and_notices
from app.flows.node import Node
from app.flows.nodes import NODE_TYPES
from app.flows.prompts import FIELDS, FORMATS
from app.flows.rehearsal import documentation as transcripts
from app.flows.rules import GROUPS, Rule, rules
from app.flows.texts import FIELDS as TEXT_FIELDS
from app.flows.texts import TEXTS

INTRODUCTION = """# Flows: the reference

Written by `hotline flows reference`; the check fails when this page and the code differ.

The folder `ivr_flows/` holds everything that callers hear:

| file | what it holds |
|---|---|
| `main.yaml`, `policy.yaml`, … | one flow each: nodes by name |
| `prompts/zh-CN.yaml`, … | one language each: what is spoken, by key, and `language` |
| `pronunciation/zh-CN.yaml`, … | how words are said that a voice would read wrongly |
| `audio/zh-CN/*.wav`, … | recorded prompts |
| `texts/zh-CN.yaml`, … | text messages, by key |
| `policies/*.yaml` | the policy articles |
| `directory.yaml` | languages, departments, duty numbers, hours, categories |
| `tests/*.yaml` | transcripts: how calls must go |
| `notices.yaml` | temporary notices that stand ready on the console |
| `calendar.yaml` | what the county knows better: holidays, make-up workdays, closures |

After a change run `hotline flows check`, which names the file, line and column of each mistake and
says what to do (the rules stand at the end), and `hotline flows test`, which plays the transcripts.
A running service takes a good change into force within seconds; a bad one leaves the last good
version in force, and calls keep to the version they began with.
The same files can be changed in the console (Versions of the menus); whichever was changed last is
in force.

`hotline flows graph main` draws a flow; the console does so too, with how many callers went where.
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
- `skills` names what callers may be put through for besides departments (`connect` with `skill`):
  `names` by language, and `numbers` that ring when none of the staff who have it is on duty.
- Only telephones that begin with one of the `prefixes` of `dialling` are rung, `+86` unless
  written otherwise, of its `kinds` (`fixed` and `mobile`; `voip`, `toll_free`), and never premium,
  satellite or short numbers. `caps` limits calls and minutes by hour and day: `number_per_hour`,
  `number_per_day`, `own_number_…`, `staff_…`, `calls_…` and `minutes_…`; no cap refuses an
  emergency.
- `calendar.yaml` has an entry for each year: `holidays`, `workdays` and `closures`, as days
  (`2027-02-05`) or spans (`2027-02-05/2027-02-11`). With `published: true` the year's official
  notice stands there in full.

## What holds at every node
- `0` leads to a person, `9` to the emergency desk, `*` repeats. No option can take these keys.
- Silence is forgiven once, then a person is rung; a wrong key or unknown words are forgiven twice.
- Where speech is heard, an option's words, its number (一, one) and words of alarm are understood.
- In flows with `audience: staff` (whom we ring at work) 0 and 9 mean nothing.

A node is one thing with a telling key. A node is named as `node` within its own flow and as
`flow.node` from anywhere.

## Node types
"""

PROMPTS = """
## Prompts
A prompt is text with fields in braces, such as `{ticket_number:digits}`. A missing translation is
reported, and callers hear the default language instead. `hotline flows prompts --missing` lists
what is not translated; the console gives it to a translator as a spreadsheet.

A prompt may also be a mapping:

```yaml
main.greeting: {text: 您好，这里是热线。, rate: 90%, audio: main.greeting.wav}
```

| key | what it is |
|---|---|
| `text` | the words: spoken, shown on pages, and what a recording must say |
| `rate` | how fast, in per cent of the voice's own; else the `rate` of its language |
| `say` | words that the voice speaks instead of the text |
| `audio` | a file of `audio/<language>/` that is played instead |

### Pronunciation
`pronunciation/<language>.yaml` says how words are said, in everything that is spoken in the
language and in nothing that is read:

```yaml
重建: 虫建                                    # in other characters
酉水: {pinyin: you3 shui3, alias: 有水}       # by its sounds, where the voice knows them
NGO: {ipa: ɛn dʒiː oʊ}
```

The longest word wins; Latin words count only where they stand alone. Amazon's Mandarin voices know
`pinyin`, its other standard and neural voices `ipa`; Google's Standard, WaveNet and Neural2 voices
know neither, but a rate. Every other voice is given the `alias` as text, and no rate.

### Recorded prompts
A prompt is recorded by telephone (call, press `#` at the main menu, give the number and the PIN of
your account, then the prompt's number), uploaded on the console's page of prompts, or kept with the
flows: `hotline flows audio PROMPT FILE` makes the file for `audio:` out of any WAV or MP3. What is
recorded or uploaded goes before the file of the flows and is in force within seconds.

A recording is played only while the prompt's text is what it was when it was made: when the text
changes, the text is spoken and the recording is reported as out of date. A prompt with fields
cannot be recorded: make prompts of their own of the parts around the fields.

### Fields
| field | spoken as | what it is |
|---|---|---|
"""

RULES = """
## Rules of the check
`hotline flows check` reads the files and then walks the engine itself, from every entry and in
every language: office open and closed, number known and withheld, the database away, things found
and not found, machines and people answering, silence, every key, words understood and not. Each
finding names its rule; `hotline flows explain RULE` says why callers need it and shows a wrong and
a mended example. Errors keep a version from being published; warnings only with `--strict`.

Rules marked *w* can be waived at one place, by a comment on the line of the finding or above it:

```yaml
# waive menu-length: the sixth option is spoken only during floods
```

`--waived` lists what is waived. A waiver without a reason, of a rule that cannot be waived, or of
nothing, is a finding itself. `--format json`, `github` and `sarif` are for machines.
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
    spoken = f"{prompts}{languages_and_notices()}{_texts()}"
    return f"{INTRODUCTION}\n{nodes}{spoken}{transcripts.page()}\n{guides()}{_rules()}"


def _rules() -> str:
    groups = (
        f"\n### {title}\n| rule | | what must hold |\n|---|---|---|\n"
        + "".join(_rule(rule) for rule in rules().values() if rule.group == group)
        for group, title in GROUPS.items()
    )
    return RULES + "".join(groups)


def _rule(rule: Rule) -> str:
    mark = f"{rule.severity}{' *w*' if rule.waivable else ''}"
    return f"| `{rule.name}` | {mark} | {rule.title} |\n"


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

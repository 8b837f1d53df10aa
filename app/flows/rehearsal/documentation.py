"""What the reference of flow files says about transcripts, and their JSON Schema."""

from typing import Any

from app.flows.rehearsal.transcript import DEEDS, EFFECTS, EXPECTATIONS, FACTS, Transcript

EXAMPLE = """\
calls:
  An appeal, and a person at night:
    languages: all               # played in every language; without it, in the default one
    when: night                  # working_hours, night, weekend, holiday, or 2026-11-23 02:30
    steps:
      - hears: [main.greeting, main.menu]
      - presses: 2
        hears: {zh-CN: 后期扶持资金，请按 1, en-US: "support money, press 1"}
        goes_to: appeal.leave
      - presses: 1
      - records: 40              # seconds; the key # ends it
        hears: [ticket.opened, "{ticket_number}"]
        hears_not: ticket.kept
      - presses: 0
        hears: person.ringing
      - nobody: answers          # of all who are rung, one after another
        hears: queue.offer
      - presses: 2
        hears: hours.closed
      - stays: silent
        hears: person.leave_message_after_hours
      - hangs: up
        ends: true
    afterwards:
      happened:
        - open_ticket: {kind: appeal, category: support}
      rings: officers
"""

_PAGE = f"""
## Transcripts
`tests/*.yaml` says how calls must go. `hotline flows test` plays them on the flows in milliseconds
and shows what was expected and what was heard side by side; `--exchange` plays the same calls
through the whole service and a simulated telephone exchange. `--uncovered` lists nodes, ways and
languages that no transcript goes through, `--require 100` fails when there are any. `--record FILE`
writes a transcript from a call you place, or from one of the log (`--call CA…`).

```yaml
{EXAMPLE}```

`tests/languages.yaml` names the keys by which a caller chooses each language (`en-US: "52"`): a
call in another language than the default one presses them first. A language that it does not name
is not played yet: a new one need not have all its words at once.

A step is one thing that is done and what must follow; the first may only say what is heard.
What is heard is a prompt by its key, or words, in which `…` stands for anything. Each is written
once for all languages, or for each (`{{zh-CN: …, en-US: …}}`). `{{ticket_number}}` is the number
that was read out or looked up, `{{key}}` that of a challenge, `{{another_key}}` a wrong one. The
keys `*` and `#` stand in quotes.

| a step has one of | which is |
|---|---|
"""


def page() -> str:
    """The chapter of the reference."""
    return "".join(
        [
            _PAGE,
            _rows(DEEDS),
            "\n| and any of | which is |\n|---|---|\n",
            _rows(EXPECTATIONS),
            "\n| beside `steps` a call has | which is |\n|---|---|\n",
            _rows(FACTS),
            _effects(),
        ]
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a file of transcripts (draft 2020-12)."""
    schema = Transcript.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema.pop("$defs", {})
    definitions["call"] = schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Transcripts of Huixiang flows",
        "type": "object",
        "properties": {
            "calls": {"type": "object", "additionalProperties": {"$ref": "#/$defs/call"}}
        },
        "required": ["calls"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _rows(meanings: dict[str, str]) -> str:
    return "".join(f"| `{name}` | {meaning} |\n" for name, meaning in meanings.items())


def _effects() -> str:
    rows = "".join(
        f"| `{name}` | {', '.join(f'`{field}`' for field in effect.__dataclass_fields__)} |\n"
        for name, effect in EFFECTS.items()
    )
    return f"\n| what can have `happened` | and any of its fields |\n|---|---|\n{rows}"

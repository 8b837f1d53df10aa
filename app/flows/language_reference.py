"""What the reference says of languages and temporary notices, written from their models."""

from pydantic import BaseModel

from app.flows.locale import Dates, Locale
from app.flows.notices import LONGEST_SECONDS

LANGUAGES = """
## Languages
A language is one line in `languages` of `directory.yaml` and one file, `prompts/<tag>.yaml`. Its
prompts stand there by key; the key `language` holds what else belongs to it. All of it may be left
out: keys always work, digits are understood as digits, dates are said as numbers. A prompt, a text
message, a name, an article or a notice without a translation is the default language's, in its
voice.

```yaml
language:
  name: English
  words: [english, 英语]
  keys: {1: [one], 2: [two]}
  dates: {today: today, date: "{month} {day}"}
```

| key of `language` | what it is |
|---|---|
"""

DATES = """
| key of `dates` | what it is | without it |
|---|---|---|
"""

NOTICES = f"""
## Temporary notices
`notices.yaml` holds, by key under `notices`, what staff can switch on with one click at
`/console/notices`: `names` (of the switch) and `words` (what is spoken) by language, `urgent`, and
`hours` (how long it is on; without it until 20:00). A notice takes at most {LONGEST_SECONDS} s to
speak and ends by itself. The nodes `notices` speak those that are on: calls that begin two seconds
after the click hear them.
"""


def languages_and_notices() -> str:
    """The two chapters, in Markdown."""
    return f"{LANGUAGES}{_rows(Locale)}\n{DATES}{_rows(Dates, defaults=True)}\n{NOTICES}"


def _rows(model: type[BaseModel], *, defaults: bool = False) -> str:
    rows = []
    for name, field in model.model_fields.items():
        without = f" {_without(field.default)} |" if defaults else ""
        rows.append(f"| `{name}` | {field.description} |{without}")
    return "\n".join(rows)


def _without(default: object) -> str:
    if isinstance(default, list):
        return "numbers" if any(default) else "–"
    return f"`{default}`" if default else "–"

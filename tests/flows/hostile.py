"""Hostile files: what malice, accident and YAML itself can put into a folder of flows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

FLOW, DIRECTORY, PROMPTS = "main.yaml", "directory.yaml", "prompts/zh-CN.yaml"
TEXTS, CALENDAR = "texts/zh-CN.yaml", "calendar.yaml"
OTHERS = (DIRECTORY, PROMPTS, TEXTS, CALENDAR)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file with hostile content; `name` says what is hostile about it."""

    name: str
    file: str
    content: bytes


def hostile_files() -> Iterator[Hostile]:
    """All of them, each with another name."""
    for (name, content), other in zip(_ANYWHERE.items(), cycle(OTHERS), strict=False):
        for file in (FLOW, other):
            yield Hostile(f"{name} in {file}", file, content)
    for kind, template in _PLACES.items():
        for name, value in _VALUES.items():
            file = DIRECTORY if kind.startswith("directory") else FLOW
            file = PROMPTS if kind.startswith("prompt") else file
            yield Hostile(f"{name} as {kind}", file, template.replace("@", value).encode())
    yield from _large_flows()


def _bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


_ANYWHERE = {
    "billion laughs": _bomb(),
    "a cycle of aliases": b"a: &a [*a]\n",
    "a merge key": b"a: {<<: *base}\n",
    "an anchor": b"nodes: &n {}\n",
    "a python tag": b"a: !!python/object/apply:os.system ['id']\n",
    "a binary tag": b"a: !!binary aGVsbG8=\n",
    "a timestamp tag": b"a: !!timestamp 2026-11-23\n",
    "a tag directive": b"%TAG ! tag:evil,2000:\n---\na: !x y\n",
    "YAML 1.1": b"%YAML 1.1\n---\na: yes\n",
    "YAML 9.9": b"%YAML 9.9\n---\na: b\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "a duplicate key": b"a: 1\nb: 2\na: 3\n",
    "a list as key": b"? [a, b]\n: c\n",
    "a mapping as key": b"? {a: b}\n: c\n",
    "an empty key": b"? \n: c\n",
    "tabs": b"nodes:\n\tmenu:\n\t\tsay: x\n",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "a byte order mark within": b"a: 1\n\xef\xbb\xbfb: 2\n",
    "UTF-16": "nodes: {}".encode("utf-16"),
    "UTF-32": "nodes: {}".encode("utf-32"),
    "GBK": "您好: 热线".encode("gbk"),
    "lone continuation bytes": b"a: \x80\x81\n",
    "an overlong slash": b"a: \xc0\xaf\n",
    "a surrogate": b"a: \xed\xa0\x80\n",
    "a zero byte": b"a: b\x00c\n",
    "an escape character": b"a: \x1b[31mred\n",
    "a bell": b"a: \x07\n",
    "only carriage returns": b"a: 1\rb: 2\r",
    "Windows line ends and a mistake": b"a: 1\r\na: 2\r\n",
    "nothing": b"",
    "only blanks": b"   \n \n",
    "only a comment": b"# nothing\n",
    "a bare word": b"menu\n",
    "a bare number": b"0123\n",
    "a list": b"- a\n- b\n",
    "null": b"~\n",
    "nested too deep": b"a: " + b"[" * 500 + b"]" * 500,
    "nested brackets without end": b"[" * 50_000,
    "nested braces without end": b"{a: " * 50_000,
    "nested by indentation": b"".join(b" " * n + b"a:\n" for n in range(600)),
    "a million dashes": b"- " * 100_000,
    "too many entries": b"a:\n" + b"- x\n" * 60_000,
    "too many keys": b"".join(b"k%d: v\n" % n for n in range(25_000)),
    "a huge key": b"k" * 200_000 + b": v\n",
    "a huge value": b"a: " + b"v" * 200_000 + b"\n",
    "a huge quoted value": b'a: "' + b"v " * 100_000 + b'"\n',
    "a huge block": b"a: |\n" + b"  line\n" * 30_000,
    "a huge comment": b"#" * 250_000 + b"\na: b\n",
    "many comments": b"# waive menu-length: x\n" * 10_000 + b"a: b\n",
    "ten megabytes": b"a: b\n" * 2_000_000,
    "ten megabytes in a line": b"a: " + b"x" * 10_000_000,
    "an open quote": b'a: "never closed\nb: c\n',
    "an open bracket": b"a: [1, 2\nb: c\n",
    "a bad escape": b'a: "\\q"\n',
    "bad indentation": b"a:\n   b: 1\n  c: 2\n",
    "a reserved sign": b"a: @b\n",
    "a percent sign": b"%b\n",
    "a question mark": b"?\n?\n",
    "a plain colon": b": :\n:\n",
}

_VALUES = {
    "a boolean": "NO",
    "an octal": "0123",
    "a clock time": "12:30",
    "null": "~",
    "infinity": ".inf",
    "not a number": ".nan",
    "a huge number": "9" * 400,
    "a negative number": "-1",
    "a float": "1.5",
    "an empty text": '""',
    "blanks": '"   "',
    "a list": "[a, b]",
    "a mapping": "{a: b}",
    "an empty list": "[]",
    "an empty mapping": "{}",
    "a path": "../../../etc/passwd",
    "a template": "'{{7*7}}'",
    "a statement": "'{% import os %}'",
    "an attribute": "'{ticket_number.__class__}'",
    "an index": "'{0}'",
    "a format": "'%s%n%x'",
    "markup": "'<Hangup/>&amp;]]>'",
    "a right-to-left override": '"\u202egnp.exe"',
    "a zero width space": '"main\u200b.menu"',
    "an escaped zero byte": '"\\0"',
    "an escaped surrogate": '"\\ud800"',
    "an emoji": "☎️",
    "full width digits": "１２３",
    "a dot": ".",
    "many dots": "a.b.c.d",
    "a long word": "x" * 5_000,
    "SQL": '"\'; DROP TABLE calls; --"',
    "a shell": "'$(reboot)`id`'",
    "a tag in quotes": '"!!python/name:os"',
}

_PLACES = {
    "a node": "nodes:\n  greeting: @\n",
    "the nodes": "nodes: @\n",
    "the audience": "audience: @\nnodes:\n  a: {go: {to: main.menu}}\n",
    "a target": "nodes:\n  greeting: {go: {to: @}}\n",
    "a prompt of a node": "nodes:\n  greeting: {say: {prompt: @, next: menu}}\n",
    "a number of seconds": (
        "nodes:\n  ring: {connect: {duty: officers, prompt: person.ringing, "
        "ring_seconds: @, unanswered: ring, next: ring}}\n"
    ),
    "the options": "nodes:\n  menu: {menu: {prompt: main.menu, options: @}}\n",
    "directory languages": "languages: @\n",
    "prompt text": "main.menu: @\n",
}


def _large_flows() -> Iterator[Hostile]:
    """Well-formed flows that are too much for whoever looks at every pair or every path."""
    count = 1_200
    chain = "".join(f"  n{n}: {{go: {{to: n{n + 1}}}}}\n" for n in range(count))
    yield Hostile(
        "a chain of nodes", FLOW, f"nodes:\n{chain}  n{count}: {{go: {{to: n0}}}}\n".encode()
    )
    wild = "".join(f"  n{n}: {{go: {{to: nowhere{n * 7919}}}}}\n" for n in range(count))
    yield Hostile("a thousand unknown names", FLOW, f"nodes:\n{wild}".encode())
    says = "".join(f"  n{n}: {{say: {{prompt: no.such{n}, next: n0}}}}\n" for n in range(count))
    yield Hostile("a thousand unknown prompts", FLOW, f"nodes:\n{says}".encode())
    keys = "".join(f"  n{n}: {{say: {{promt: x, nxt: y, z{n}: 1}}}}\n" for n in range(count))
    yield Hostile("a thousand unknown keys", FLOW, f"nodes:\n{keys}".encode())
    words = ", ".join(f"word{n}" for n in range(5_000))
    menu = (
        f"{{menu: {{prompt: main.menu, options: {{1: {{go: a, words: {{zh-CN: [{words}]}}}}}}}}}}"
    )
    yield Hostile("five thousand words", FLOW, f"nodes:\n  a: {menu}\n".encode())
    fields = "".join(f"main.p{n}: '{{ticket_number}}'\n" for n in range(5_000))
    yield Hostile("five thousand prompts", PROMPTS, fields.encode())
    braces = "main.menu: '" + "{" * 100_000 + "'\n"
    yield Hostile("a hundred thousand braces", PROMPTS, braces.encode())

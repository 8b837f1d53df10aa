"""Differences in words: what a caller or a member of staff would notice, and nothing else."""

from collections.abc import Callable
from functools import cache

import pytest
from app.console.flows.changes import line_diff, say
from app.flows.diff import differences
from app.publishing.editions import Edition
from app.web.words import CHINESE, ENGLISH
from tests.publishing.sets import GATES, changed, shipped

Files = dict[str, bytes]


def told(files: Files, language: str = ENGLISH) -> list[str]:
    after = GATES.check(files).edition
    assert after is not None
    changes = differences(before().library, after.library)
    return [say(change, language) for change in changes]


@cache
def before() -> Edition:
    return GATES.compile(shipped())


def without(name: str, *lines: str) -> Files:
    files = shipped()
    kept = [line for line in files[name].decode().split("\n") if not line.startswith(lines)]
    return files | {name: "\n".join(kept).encode()}


MENU = "main.yaml"
CASES: list[tuple[str, Callable[[], Files], str]] = [
    (
        "an option that leads elsewhere",
        lambda: changed(MENU, "3: {go: status.ask", "3: {go: appeal.leave"),
        "option 3 of main.menu now goes to appeal.leave (was status.ask)",
    ),
    (
        "other words of an option",
        lambda: changed(MENU, "[政策, 补贴, 补助]", "[政策]"),
        "option 1 of main.menu (zh-CN) now understands: 政策 (was: 政策, 补贴, 补助)",
    ),
    (
        "an option that is gone",
        lambda: without(MENU, "        4: {go: mediation"),
        "option 4 of main.menu is removed (went to mediation.start)",
    ),
    (
        "a prompt",
        lambda: changed("prompts/zh-CN.yaml", "common.to_person: 我请", "common.to_person: 请"),
        "prompt common.to_person (zh-CN) now says “请工作人员来和您说。” (was “我请工作人员来和您说。”)",
    ),
    (
        "a node that goes on elsewhere",
        lambda: changed(MENU, "say: {prompt: main.greeting, next: news}",
                        "say: {prompt: main.greeting, next: appeal.leave}"),
        "next of main.greeting now goes to appeal.leave (was main.news)",
    ),
    (
        "a department's telephone",
        lambda: changed("directory.yaml", "+867451000306", "+867451000399"),
        "department water: number changed from +867451000306 to +867451000399",
    ),
    (
        "an article",
        lambda: changed("policies/support.yaml", "六百元", "七百元"),
        "now says",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "sentence"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_change_is_a_sentence(files: Callable[[], Files], sentence: str) -> None:
    said = told(files())
    assert any(sentence in one for one in said), said


def test_new_and_removed_nodes_are_named() -> None:
    files = changed(MENU, "  farewell:\n", "  goodbye:\n")
    said = told({**files, MENU: files[MENU].replace(b"farewell", b"goodbye")})
    assert "new node main.goodbye (end)" in said
    assert "node main.farewell (end) is removed" in said


def test_comments_and_order_change_nothing_for_callers() -> None:
    files = shipped()
    files[MENU] = b"# a remark\n" + files[MENU]
    assert told(files) == []
    (diff,) = line_diff(shipped(), files)
    assert diff.name == MENU
    assert [line.text for line in diff.lines if line.kind == "added"] == ["+# a remark"]


def test_every_change_can_be_said_in_both_languages() -> None:
    files = changed("directory.yaml", 'opens: "08:30"', 'opens: "09:00"')
    for language in (CHINESE, ENGLISH):
        assert told(files, language)

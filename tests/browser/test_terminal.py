"""The terminal telephone and the exports, beside a running demonstration."""

import json
import re

import pytest
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser


def test_an_appeal_from_the_terminal_leaves_a_ticket(demo: Demo) -> None:
    called = demo.command("call", "--from", "+8613800138009", "--keys", "2,1,#")
    assert called.returncode == 0
    spoken = re.search(r"工单编号是，((?:\d ){7}\d)", called.stdout)
    assert spoken, called.stdout
    exported = demo.command("export", "tickets", "--format", "json").stdout.splitlines()
    numbers = [json.loads(line)["number"] for line in exported]
    assert spoken.group(1).replace(" ", "") in numbers


def test_a_policy_from_the_terminal_stands_in_the_call_log(demo: Demo) -> None:
    called = demo.command("call", "--from", "+8613800138008", "--keys", "1,3")
    assert "执行同样的标准" in called.stdout
    rows = demo.command("export", "calls", "--format", "json").stdout.splitlines()
    mine = [row for row in map(json.loads, rows) if row["caller"] == "+8613800138008"]
    assert [(row["status"], row["node"]) for row in mine] == [("completed", "policy.ask")]
    events = demo.command("export", "events", "--sid", mine[0]["sid"]).stdout
    assert '"keys":"1"' in events.replace('""', '"')


def test_without_an_exchange_one_sentence_says_so(demo: Demo) -> None:
    called = demo.command("call", "--port", "1", "--keys", "1")
    assert called.returncode == 2
    assert called.stderr.strip().splitlines()[-1].startswith("No telephone exchange answers at")


def test_a_keyboard_that_is_closed_ends_the_call_in_order(demo: Demo) -> None:
    called = demo.command("call", "--from", "+8613800138007")
    assert "拨打 dialing" in called.stdout
    assert called.stderr == ""

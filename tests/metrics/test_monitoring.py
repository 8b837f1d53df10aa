"""The dashboard and the alert rules name what there is, and every alert has its runbook."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from app.main import create_app
from ruamel.yaml import YAML
from starlette.testclient import TestClient
from tests.fixtures.office import Office

DOCS = Path(__file__).resolve().parents[2] / "docs"
DASHBOARD = json.loads((DOCS / "monitoring/huixiang.json").read_text(encoding="utf-8"))
RULES = YAML(typ="safe").load((DOCS / "monitoring/alerts.yaml").read_text(encoding="utf-8"))
ALERTS: list[dict[str, Any]] = [rule for group in RULES["groups"] for rule in group["rules"]]
OF_OTHERS = {"up", "node_filesystem_avail_bytes"}  # Prometheus itself, and the machine's exporter
METRIC = re.compile(r"\b(?:hotline|process|node)_[a-z_]+|\bup\b(?=\{)")


@pytest.fixture
def exposed(sqlite_office: Office) -> str:
    """What /metrics says."""
    return TestClient(create_app(service=sqlite_office.service)).get("/metrics").text


def expressions() -> list[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return [*panels, *(rule["expr"] for rule in ALERTS)]


def test_they_name_what_there_is_and_all_of_it(exposed: str) -> None:
    measured = set(re.findall(r"^# TYPE (\w+)", exposed, re.MULTILINE))
    there = measured | {f"{one}{end}" for one in measured for end in ("_bucket", "_sum", "_count")}
    named = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert named - there - OF_OTHERS == set()
    ours = {name for name in measured if name.startswith("hotline_")}
    assert {name for name in ours if not any(one.startswith(name) for one in named)} == set()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_it_is_and_has_a_runbook(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert page == "docs/operations.md"
    headings = re.findall(r"^#+ (.+)$", (DOCS / "operations.md").read_text("utf-8"), re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", heading).strip().lower() for heading in headings]
    assert anchor in [one.replace(" ", "-") for one in anchors]
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_panels_have_places_of_their_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        here = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not here & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= here

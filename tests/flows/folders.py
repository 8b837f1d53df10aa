"""Flow folders for tests: the shipped one, and small ones made on the spot."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.flows.compiler import compile_folder
from app.flows.context import ArticleText, Context, Lookup
from app.flows.library import FlowLibrary
from app.policies.shelf import load_shelf

SHIPPED = Path(__file__).resolve().parents[2] / "ivr_flows"
MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHELF = load_shelf(SHIPPED / "policies")


def shipped() -> FlowLibrary:
    """The shipped flows, compiled."""
    return compile_folder(SHIPPED, SHELF)


class OneArticle:
    """A shelf with a single article, for folders made on the spot."""

    def keys(self) -> Sequence[str]:
        return ["only"]

    def read(self, key: str, language: str) -> ArticleText:
        return ArticleText(key, "唯一的一条", "短的说明。", "完整的说明。", "文件一号")

    def search(self, words: str, language: str, limit: int = 3) -> Sequence[str]:
        return ["only"] if "政策" in words else []


def context(found: Mapping[Lookup, Any] | None = None, **changes: Any) -> Context:
    """The world as a step sees it, always the same."""
    facts: dict[str, Any] = {
        "now": MONDAY_MORNING,
        "call_sid": "CA1",
        "caller": "+8613800138000",
        "articles": SHELF,
        "fresh_number": "12345674",
        "fresh_id": "0" * 31 + "1",
        "incident_number": "12345694",
        "found": found or {},
    }
    return Context(**facts | changes)

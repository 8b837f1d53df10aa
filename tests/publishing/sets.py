"""Sets of files for tests: the shipped one, with a word changed here and there."""

from datetime import UTC, datetime
from pathlib import Path

from app.flows.files import read_folder
from app.publishing.editions import Gates
from app.publishing.service import Act

SHIPPED = Path(__file__).resolve().parents[2] / "ivr_flows"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
GATES = Gates()  # what can be played passes: neither proved nor rehearsed, for speed
OPS, COLLEAGUE = "staff:1", "staff:2"


def shipped() -> dict[str, bytes]:
    """The shipped files."""
    return read_folder(SHIPPED)[0]


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    """The shipped files with something replaced in one of them."""
    files = shipped()
    text = files[name].decode()
    assert old in text, old
    return files | {name: text.replace(old, new).encode()}


def greeting(words: str) -> dict[str, bytes]:
    """The shipped files with another greeting."""
    return changed("prompts/zh-CN.yaml", "这里是水库移民服务热线", words)


def act(actor: str = OPS, origin: str = "console", why: str = "汛期") -> Act:
    """Somebody who does something at noon."""
    return Act(actor, NOON, origin, why)

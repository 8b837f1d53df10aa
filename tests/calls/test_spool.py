"""The spool: kept through a crash, replayed in order, and never lost half-way."""

from pathlib import Path

import pytest
from app.calls.spool import Item, Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", "worker-1")


def test_what_was_kept_is_replayed_in_order_and_once(spool: Spool) -> None:
    for number in range(5):
        spool.append({"number": number})
    seen: list[Item] = []
    assert spool.replay(seen.append) == 5
    assert [item["number"] for item in seen] == list(range(5))
    assert spool.is_empty
    assert spool.replay(seen.append) == 0


def test_nothing_personal_can_be_read_in_the_file(spool: Spool, tmp_path: Path) -> None:
    spool.append({"caller": "+8613800138000", "words": "我家的地"})
    written = b"".join(path.read_bytes() for path in (tmp_path / "spool").iterdir())
    assert b"13800138000" not in written
    assert "我家".encode() not in written


def test_a_failure_half_way_keeps_the_rest(spool: Spool) -> None:
    for number in range(4):
        spool.append({"number": number})
    seen: list[int] = []

    def fail_at_two(item: Item) -> None:
        if item["number"] == 2:
            raise RuntimeError("the database went away again")
        seen.append(item["number"])

    with pytest.raises(RuntimeError):
        spool.replay(fail_at_two)
    spool.append({"number": 4})
    rest: list[int] = []
    assert spool.replay(lambda item: rest.append(item["number"])) == 3
    assert (seen, rest) == ([0, 1], [2, 3, 4])


def test_a_line_cut_off_by_a_crash_is_set_aside(spool: Spool, tmp_path: Path) -> None:
    spool.append({"number": 0})
    with (tmp_path / "spool" / "worker-1.spool").open("ab") as file:
        file.write(b"gAAAA-cut-off")
    seen: list[Item] = []
    assert spool.replay(seen.append) == 2
    assert seen == [{"number": 0}]
    assert (tmp_path / "spool" / "worker-1.unreadable").read_bytes() == b"gAAAA-cut-off"


def test_a_dead_workers_spool_is_replayed_by_another(spool: Spool, tmp_path: Path) -> None:
    spool.append({"number": 7})
    other = Spool(tmp_path / "spool", "worker-2")
    seen: list[Item] = []
    assert other.replay(seen.append) == 1
    assert seen == [{"number": 7}]

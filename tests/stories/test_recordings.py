"""Recordings that arrive late, truncated, as an error page, twice: one recording, the right one."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from app.blobs import BlobFullError, BlobStore
from app.calls.recordings.models import KeptRecording
from app.calls.recordings.store import original, player, recordings_store
from app.exchange.faults import FaultPlan
from tests.stories.callers import call_hotline, leave_appeal
from tests.stories.conftest import Teller
from tests.stories.county import County


async def an_appeal(county: County) -> None:
    call = await call_hotline(county)
    await leave_appeal(call)
    await call.hears("您的诉求已经登记")
    await call.hangs_up()


def files(county: County) -> BlobStore:
    return recordings_store(county.service.settings)


def the_recording(county: County) -> Mapping[str, Any]:
    (row,) = county.rows(KeptRecording)
    return row


@pytest.mark.parametrize(
    "media",
    [
        [],
        ["404", "404"],
        ["truncated"],
        ["cut"],
        ["xml", "html"],
        ["404", "xml", "truncated", "cut"],
    ],
    ids=lambda media: "-".join(media) or "whole",
)
def test_a_recording_is_kept_as_it_is_however_it_arrives(tell: Teller, media: list[str]) -> None:
    async def story(county: County) -> None:
        await an_appeal(county)
        await county.clock.sleep(2)
        (told,) = county.exchange.recordings.newest_first()
        sound = told.media
        await county.quiet(1_000 if len(media) > 2 else 120)
        row = the_recording(county)
        assert (row["state"], row["sid"]) == ("playable", told.sid)
        assert row["sha256"] == hashlib.sha256(sound).hexdigest()
        assert abs(row["seconds"] - row["told_seconds"]) <= 0.5
        store = files(county)
        assert store.open(original(told.sid)) == sound
        peaks = json.loads(store.open(player(told.sid, 1, "peaks.json")))
        assert max(peaks["channels"][0]) > 10
        assert len(county.tickets) == 1

    tell(story, faults=FaultPlan(0, media=media))


def test_told_of_twice_it_is_one_recording(tell: Teller) -> None:
    async def story(county: County) -> None:
        await an_appeal(county)
        await county.quiet(120)
        row = the_recording(county)
        assert row["state"] == "playable"
        told = county.exchange.ledger.webhooks("/voice/recording")
        assert len(told) > 1
        assert list(files(county).keys("originals/")) == [original(row["sid"])]

    tell(story, faults=FaultPlan(0, duplicate=1.0, reorder=0.5))


def test_the_providers_copy_goes_only_after_ours_was_verified(tell: Teller) -> None:
    async def story(county: County) -> None:
        await an_appeal(county)
        await county.clock.sleep(15)
        row = the_recording(county)
        assert (row["state"], row["remote"]) == ("playable", "kept")
        assert county.exchange.recordings.get(row["sid"]).media
        await county.quiet(60)
        assert the_recording(county)["remote"] == "deleted"
        assert county.exchange.recordings.newest_first() == []

    tell(story)


def test_an_altered_copy_of_ours_keeps_the_providers(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        await an_appeal(county)
        await county.clock.sleep(15)
        row = the_recording(county)
        files(county).put(original(row["sid"]), b"RIFF and nothing more")
        await county.quiet(120)
        assert the_recording(county)["remote"] == "kept"
        assert county.exchange.recordings.get(row["sid"]).media

    tell_briefly(story)


def test_a_recording_outlives_the_process_that_was_fetching_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        await an_appeal(county)
        await county.clock.sleep(5)
        async with county.restarted():
            await county.quiet(120)
        assert the_recording(county)["state"] == "playable"

    tell(story, faults=FaultPlan(0, media=["404", "404"]))


def test_both_parties_of_an_emergency_are_kept_apart_for_a_year(tell: Teller) -> None:
    async def story(county: County) -> None:
        officer = county.officer
        officer.answers(after=3)
        call = await call_hotline(county)
        await call.presses("9")
        incoming = await officer.rung()
        await incoming.hears("紧急来电")
        await incoming.presses("1")
        await call.is_connected()
        await call.says("水漫到我家门口了，有五个人。")
        await incoming.hears("有五个人")
        await incoming.says("我们马上到，请到二楼去。")
        await incoming.waits(3)
        await incoming.hangs_up()
        await county.quiet()
        row = the_recording(county)
        assert (row["state"], row["channels"], row["retention"]) == ("playable", 2, "emergency")
        assert (row["expires_at"] - row["told_at"]).days == 365
        store = files(county)
        for side in ("caller", "staff"):
            assert store.size(player(row["sid"], 1, f"{side}.mp3")) > 1_000

    tell(story)


def test_with_the_store_full_the_provider_keeps_it_until_there_is_room(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        store = files(county)
        true_put = store.put
        full = True

        def put(key: str, content: bytes | Path) -> None:
            if full:
                raise BlobFullError
            true_put(key, content)

        vars(store)["put"] = put
        await an_appeal(county)
        await county.quiet(120)
        row = the_recording(county)
        assert (row["state"], row["trouble"], row["remote"]) == ("awaited", "no_room", "kept")
        assert len(county.tickets) == 1
        full = False
        await county.quiet(700)
        assert the_recording(county)["state"] == "playable"

    tell_briefly(story)

"""Versions under way: whoever calls keeps to the version their call began with."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from app.exchange.phones.scripted import ScriptedCall
from app.flows.files import content_version, write_folder
from app.publishing.service import roll_back
from sqlalchemy import text
from tests.publishing.sets import GATES, NOON
from tests.stories.callers import walk
from tests.stories.conftest import Teller
from tests.stories.county import FLOWS, HOTLINE, County
from tests.stories.reloads import marked, reload_under_load


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder)
    write_folder(folder, marked(0))
    return folder


def test_reloads_under_load_break_no_call(
    tell_briefly: Teller,
    flows: Path,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    reloads = int(pytestconfig.getoption("--reloads"))
    is_whole = reloads >= 100

    async def story(county: County) -> None:
        heard = await reload_under_load(
            county, flows, reloads=reloads, bad=max(2, reloads // 5), callers=50 if is_whole else 5
        )
        assert heard.broken == []
        assert heard.mixed == []
        assert len(heard.versions) > reloads // 2
        record_property("calls", heard.calls)
        record_property("keys", heard.steps)
        record_property("versions heard", len(heard.versions))

    tell_briefly(story, flows=flows, gates=GATES)


async def begun_before(county: County, flows: Path) -> ScriptedCall:
    """A call that stands in the menu of the first version while the next one is in force."""
    await county.clock.sleep(3)
    call = await county.caller.dial(HOTLINE)
    await walk(call, "1")
    write_folder(flows, marked(1))
    await county.clock.sleep(5)
    return call


def test_a_call_keeps_to_its_version_through_a_restart_and_a_roll_back(
    tell: Teller, flows: Path
) -> None:
    async def story(county: County) -> None:
        call = await begun_before(county, flows)
        async with county.restarted():
            await walk(call, "1")
            assert all("第1版" not in heard for heard in call.texts())
            later = await county.officer.dial(HOTLINE)
            await later.hears("第1版，您好")
            with county.service.database.writing() as connection:
                first = content_version(marked(0))
                roll_back(connection, first, actor="staff:1", why="听不清", at=NOON)
            await county.clock.sleep(3)
            await walk(later, "1")
            assert all("第0版" not in heard for heard in later.texts())
            last = await county.mediator.dial(HOTLINE)
            await last.hears("第0版，您好")
            for each in (call, later, last):
                await each.hangs_up()
            await county.quiet()

    tell(story, flows=flows, gates=GATES)


def test_a_call_keeps_to_its_version_while_the_database_is_away(
    tell_briefly: Teller, flows: Path
) -> None:
    async def story(county: County) -> None:
        call = await begun_before(county, flows)
        with county.service.database.writing() as connection:
            connection.execute(text("ALTER TABLE calls RENAME TO calls_away"))
        await walk(call, "11")
        with county.service.database.writing() as connection:
            connection.execute(text("ALTER TABLE calls_away RENAME TO calls"))
        await county.clock.sleep(5)
        await walk(call, "2")
        assert all("第1版" not in heard for heard in call.texts())
        await call.hangs_up()
        await county.quiet()

    tell_briefly(story, flows=flows, gates=GATES)

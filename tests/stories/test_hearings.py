"""Phone hearings: rung at the hour, roll and quorum, one floor at a time, a secret vote."""

import json

from app.hearings.voting import check_count
from tests.stories.assembly import Assembly
from tests.stories.conftest import Teller
from tests.stories.county import County


def test_a_hearing_from_the_first_ring_to_the_tally(tell: Teller) -> None:
    async def story(county: County) -> None:
        hearing = Assembly(county, languages=("zh-CN", "en-US"))
        await hearing.all_consent()
        one, two, three = (hearing.calls[n] for n in (1, 2, 3))
        await one.hears("听证会还没有开始")
        await two.hears("has not begun yet")
        hearing.does("open")
        await one.hears("您已进入听证会")
        await two.hears("You are in the hearing")
        hearing.does("vote")
        await one.hears("同意这份评标结果吗")
        await two.hears("Do you agree with the award")
        for call, key in ((one, "1"), (two, "2"), (three, "1")):
            await call.waits_for_prompt()
            await call.presses(key)
        await one.hears("您选的是")
        await county.clock.sleep(5)
        hearing.does("close_vote")
        await one.hears("投票结果")
        await two.hears("The result of the vote")
        await county.clock.sleep(20)
        hearing.does("end")
        for call in (one, two, three):
            await call.ended()
        await county.quiet()
        assert json.loads(hearing.voted["tally"]) == {"1": 2, "2": 1}
        with county.service.database.reading() as connection:
            assert check_count(connection, hearing.id, hearing.vote).is_sound
        assert hearing.session.state == "closed"

    tell(story)

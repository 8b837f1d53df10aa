"""`hours`: say when the office is open, and which holiday comes."""

from typing import ClassVar

from app.flows.directives import Utterance
from app.flows.hours import COUNTY_TIME
from app.flows.inputs import Input
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.opening import Holiday, Opening, county_day, next_holiday, opening
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

LISTENS = 1  # seconds after the last word: then the call goes on by itself


class HoursNode(Node):
    """Say whether the office is open, until when or from when on, and the next holiday.

    A holiday that is on, or begins within 14 days, is told with its make-up workdays. Any key goes
    on at once; without one the call goes on by itself.

    ```yaml
    tell:
      hours: {next: main.menu}
    ```
    """

    key: ClassVar[str] = "hours"

    next: NodeRef
    open: PromptRef = PromptRef("hours.open")
    always: PromptRef = PromptRef("hours.always")
    closed: PromptRef = PromptRef("hours.closed")
    holiday: PromptRef = PromptRef("hours.holiday")
    one_day: PromptRef = PromptRef("hours.holiday_of_one_day")
    workday: PromptRef = PromptRef("hours.workday")

    def enter(self, scene: Scene) -> Outcome:
        """Say it, and listen for the keys that work everywhere."""
        working = scene.library.directory.working_time()
        now = scene.context.now
        spoken = self._now(scene, opening(working, now))
        holiday = next_holiday(working, county_day(now))
        if holiday is not None:
            spoken += self._holiday(scene, holiday)
        return Wait((scene.gather(spoken, timeout=LISTENS),)) if spoken else Go(self.next)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on."""
        return Go(self.next)

    def minds_silence(self, state: State) -> bool:
        """Who listens has nothing to say."""
        return True

    def _now(self, scene: Scene, now: Opening) -> tuple[Utterance, ...]:
        moment = now.until or now.opens
        if moment is None:
            return scene.prompt(self.always) if now.is_open else ()
        local = moment.astimezone(COUNTY_TIME)
        dates = scene.locale.dates
        told = {
            "day": dates.say_day(local.date(), county_day(scene.context.now)),
            "time": dates.say_time(local),
        }
        return scene.prompt(self.open if now.is_open else self.closed, told)

    def _holiday(self, scene: Scene, holiday: Holiday) -> tuple[Utterance, ...]:
        say = scene.locale.dates.say_date
        told = {"day": say(holiday.first), "last_day": say(holiday.last)}
        prompt = self.one_day if holiday.first == holiday.last else self.holiday
        spoken = scene.prompt(prompt, told)
        for day in holiday.workdays:
            spoken += scene.prompt(self.workday, {"day": say(day)})
        return spoken

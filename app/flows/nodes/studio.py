"""`studio`: staff who call in record prompts, listen to them and put them in force."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from app.flows.context import (
    Lookup,
    NumberedPromptLookup,
    StudioDoor,
    StudioDoorLookup,
    TakeFound,
    TakeLookup,
)
from app.flows.directives import Record, Utterance
from app.flows.effects import KeepTake, MissStudioPin, OpenStudio, TakePrompt
from app.flows.inputs import Input, Pressed, Recorded
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.prompt_audio import has_fields
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

FIRST_KEY, SECOND_KEY, THIRD_KEY, LEAVE_KEY = "1", "2", "3", "*"
TRIES = 3  # of a PIN in one call
LOOKS = 10  # at a recording that is being prepared, each after LOOK_SECONDS
LOOK_SECONDS = 3
SHORTEST_SECONDS = 1
SILENCE_SECONDS = 3


class StudioNode(Node):
    """Ask for number and PIN, then which prompt; record it, play it, and let callers hear it.

    Nobody is told more than that number or PIN is wrong. `*` leads to `next`, and so does silence.
    A menu leads here by `staff`. Prompts with fields cannot be recorded.

    ```yaml
    door:
      studio: {next: main.menu}
    ```
    """

    key: ClassVar[str] = "studio"
    counters: ClassVar[tuple[str, ...]] = ("studio_tries",)

    next: NodeRef
    longest_seconds: int = Field(default=120, ge=10, le=120)
    staff: PromptRef = PromptRef("studio.staff")
    pin: PromptRef = PromptRef("studio.pin")
    wrong: PromptRef = PromptRef("studio.wrong")
    shut: PromptRef = PromptRef("studio.shut")
    unavailable: PromptRef = PromptRef("studio.unavailable")
    language: PromptRef = PromptRef("studio.language")
    number: PromptRef = PromptRef("studio.number")
    unknown: PromptRef = PromptRef("studio.unknown")
    untranslated: PromptRef = PromptRef("studio.untranslated")
    with_fields: PromptRef = PromptRef("studio.with_fields")
    present: PromptRef = PromptRef("studio.present")
    keys: PromptRef = PromptRef("studio.keys")
    record: PromptRef = PromptRef("studio.record")
    preparing: PromptRef = PromptRef("studio.preparing")
    listen: PromptRef = PromptRef("studio.listen")
    decide: PromptRef = PromptRef("studio.decide")
    kept: PromptRef = PromptRef("studio.kept")
    silent: PromptRef = PromptRef("studio.refused.silent")
    too_short: PromptRef = PromptRef("studio.refused.too_short")
    too_long: PromptRef = PromptRef("studio.refused.too_long")
    unreadable: PromptRef = PromptRef("studio.refused.unreadable")

    def enter(self, scene: Scene) -> Outcome:
        """Ask who it is; without the database nobody can be known."""
        if scene.context.degraded:
            return Go(self.next, directives=scene.say(self.unavailable))
        return self._ask(scene, "staff", scene.prompt(self.staff))

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        match scene.state.phase:
            case "pin":
                return self._ask(scene, "pin", scene.prompt(self.pin))
            case "language":
                return self._ask_language(scene)
            case "number":
                return self._ask_number(scene)
            case "present":
                return self._play_present(scene)
            case "decide":
                return self._play_take(scene, scene.variable("studio_audio"))
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on from the present question."""
        if scene.context.degraded:
            return self.enter(scene)
        if isinstance(given, Recorded):
            return self._recorded(scene, given) if scene.state.phase == "record" else NotValid()
        if scene.state.phase == "preparing":
            return self._look(scene)
        keys = given.digits if isinstance(given, Pressed) else ""
        if not keys or scene.state.phase == "record":
            return NotValid()
        if LEAVE_KEY in keys:
            return Go(self.next)
        answered: dict[str, Callable[[Scene, str], Outcome]] = {
            "staff": self._named,
            "pin": self._judged,
            "language": self._chosen,
            "number": self._numbered,
            "present": self._after_present,
            "decide": self._decided,
        }
        return answered[scene.state.phase](scene, keys)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Whether the PIN is right, which prompt is meant, whether the recording is ready."""
        keys = given.digits if isinstance(given, Pressed) else ""
        match state.phase:
            case "pin" if keys and LEAVE_KEY not in keys:
                return (StudioDoorLookup(state.variables.get("studio_staff", ""), keys),)
            case "number" if keys:
                return (NumberedPromptLookup(keys),)
            case "preparing":
                return (TakeLookup(state.variables.get("studio_recording", "")),)
        return ()

    def collects_number(self, state: State) -> bool:
        """Numbers and PINs have several digits."""
        return state.phase in ("staff", "pin", "number")

    def hides_keys(self, state: State) -> bool:
        """A PIN is kept nowhere."""
        return state.phase == "pin"

    def minds_silence(self, state: State) -> bool:
        """Who waits for a recording says nothing."""
        return state.phase == "preparing"

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Whoever came here by mistake is led back."""
        return Go(self.next)

    def _ask(self, scene: Scene, phase: str, prompts: tuple[Utterance, ...]) -> Wait:
        """Ask for a number that ends with #."""
        return Wait((scene.gather(prompts, digits=None, finish="#"),), phase=phase)

    # --- the door

    def _named(self, scene: Scene, staff: str) -> Outcome:
        asked = self._ask(scene, "pin", scene.prompt(self.pin))
        return replace(asked, variables={"studio_staff": staff})

    def _judged(self, scene: Scene, pin: str) -> Outcome:
        staff = scene.variable("studio_staff")
        found = scene.context.found.get(StudioDoorLookup(staff, pin))
        if not isinstance(found, StudioDoor) or found.state == "shut":
            return Stop(scene.say(self.shut))
        if found.state == "open":
            asked = self._ask_language(scene)
            kept = {**asked.variables, "studio_tries": ""}
            return replace(asked, effects=(OpenStudio(staff),), variables=kept)
        tries = int(scene.variable("studio_tries") or "0") + 1
        effects = (MissStudioPin(staff),)
        if tries >= TRIES:
            return Stop(scene.say(self.shut), effects)
        prompts = scene.prompt(self.wrong) + scene.prompt(self.staff)
        asked = self._ask(scene, "staff", prompts)
        return replace(asked, effects=effects, variables={"studio_tries": str(tries)})

    # --- which prompt

    def _languages(self, scene: Scene) -> list[str]:
        return list(scene.library.directory.languages)

    def _ask_language(self, scene: Scene) -> Wait:
        tags = self._languages(scene)
        if len(tags) == 1:
            return replace(self._ask_number(scene), variables={"studio_language": tags[0]})
        prompts = tuple(
            scene.library.utterance(self.language, tag, {"key": str(number)})
            for number, tag in enumerate(tags, start=1)
        )
        return Wait((scene.gather(prompts),), phase="language")

    def _chosen(self, scene: Scene, key: str) -> Outcome:
        tags = self._languages(scene)
        picked = scene.picked(Pressed(key), tags) if key else None
        if picked is None:
            return NotValid()
        return replace(self._ask_number(scene), variables={"studio_language": tags[picked]})

    def _ask_number(self, scene: Scene, *before: PromptRef) -> Wait:
        prompts = [scene.prompt(prompt) for prompt in (*before, self.number)]
        return self._ask(scene, "number", sum(prompts, ()))

    def _numbered(self, scene: Scene, number: str) -> Outcome:
        key = scene.context.found.get(NumberedPromptLookup(number))
        texts = scene.library.prompts
        if not isinstance(key, str) or not texts.has(key):
            return NotValid(self.unknown)
        template = texts.by_language.get(scene.variable("studio_language"), {}).get(key)
        if template is None:
            return NotValid(self.untranslated)
        if has_fields(template):
            return NotValid(self.with_fields)
        return self._play_present(scene, key, number)

    def _play_present(self, scene: Scene, key: str = "", number: str = "") -> Outcome:
        key = key or scene.variable("studio_prompt")
        told = {"prompt_number": number or scene.variable("studio_number")}
        spoken = scene.library.utterance(key, scene.variable("studio_language"))
        prompts = (*scene.prompt(self.present, told), spoken, *scene.prompt(self.keys))
        kept = {"studio_prompt": key, "studio_number": told["prompt_number"]}
        return Wait((scene.gather(prompts),), phase="present", variables=kept)

    def _after_present(self, scene: Scene, key: str) -> Outcome:
        if key == FIRST_KEY:
            return self._record(scene)
        return self._ask_number(scene) if key == SECOND_KEY else NotValid()

    # --- the recording

    def _record(self, scene: Scene) -> Outcome:
        record = Record(limit=self.longest_seconds, silence=SILENCE_SECONDS, finish="#")
        return Wait((*scene.say(self.record), record), phase="record")

    def _recorded(self, scene: Scene, given: Recorded) -> Outcome:
        if given.key == "hangup":
            return Stop()
        if given.seconds < SHORTEST_SECONDS or not given.sid:
            return self._refused(scene, "too_short")
        key, tag = scene.variable("studio_prompt"), scene.variable("studio_language")
        words = scene.library.prompts.text(key, tag, {})[0]
        effect = TakePrompt(scene.variable("studio_staff"), key, tag, words, given.sid)
        gather = scene.gather(scene.prompt(self.preparing), timeout=LOOK_SECONDS)
        kept = {"studio_recording": given.sid, "studio_looks": "0"}
        return Wait((gather,), phase="preparing", effects=(effect,), variables=kept)

    def _look(self, scene: Scene) -> Outcome:
        """Whether the recording is ready; asked again for half a minute."""
        found = scene.context.found.get(TakeLookup(scene.variable("studio_recording")))
        if isinstance(found, TakeFound) and found.state == "ready":
            return self._play_take(scene, found.audio)
        if isinstance(found, TakeFound) and found.state == "refused":
            return self._refused(scene, found.trouble)
        looks = int(scene.variable("studio_looks") or "0") + 1
        if looks > LOOKS:
            return self._refused(scene, "unreadable")
        gather = scene.gather(scene.prompt(self.preparing), timeout=LOOK_SECONDS)
        return Wait((gather,), phase="preparing", variables={"studio_looks": str(looks)})

    def _refused(self, scene: Scene, trouble: str) -> Outcome:
        """Say why it is no prompt, and offer to record it again."""
        why = {"silent": self.silent, "too_short": self.too_short, "too_long": self.too_long}
        prompts = scene.prompt(why.get(trouble, self.unreadable)) + scene.prompt(self.keys)
        return Wait((scene.gather(prompts),), phase="present")

    def _play_take(self, scene: Scene, audio: str) -> Outcome:
        key, tag = scene.variable("studio_prompt"), scene.variable("studio_language")
        words, spoken_in = scene.library.prompts.text(key, tag, {})
        # No prompt's key: nothing else may be heard in the place of this very recording.
        take = Utterance(words, scene.library.language(spoken_in), audio=audio)
        prompts = (*scene.prompt(self.listen), take, *scene.prompt(self.decide))
        return Wait((scene.gather(prompts),), phase="decide", variables={"studio_audio": audio})

    def _decided(self, scene: Scene, key: str) -> Outcome:
        if key == SECOND_KEY:
            return self._record(scene)
        if key == THIRD_KEY:
            return self._play_take(scene, scene.variable("studio_audio"))
        if key != FIRST_KEY:
            return NotValid()
        effect = KeepTake(scene.variable("studio_staff"), scene.variable("studio_recording"))
        return replace(self._ask_number(scene, self.kept), effects=(effect,))

"""What a telephone does, written down: a list of steps, and how it treats a ringing call.

```yaml
answers: 4              # seconds; or `ignores: true`, `busy: true`, `rejects: 2`, `machine: 您好…`
steps:
  - hears: 请按          # waits for an utterance that contains this
  - presses: "1"        # keys, one after the other
  - connected: true     # waits until somebody else can hear this phone
  - says: 占地补偿怎么算  # words, in `language` (default cmn-CN)
    language: cmn-CN
  - talks: 5            # seconds of talk nobody understands
  - waits: 3            # seconds
  - hangs_up: true
```
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.exchange.phones.scripted import PATIENCE_SECONDS, ScriptedCall, ScriptedPhone


class ScriptError(ValueError):
    """A script says something no telephone can do."""


Deed = Callable[[ScriptedCall, Any, Mapping[str, Any]], Awaitable[object]]

DEEDS: Mapping[str, Deed] = {
    "hears": lambda call, text, more: call.hears(str(text), **_patience(more)),
    "prompt": lambda call, _, more: call.waits_for_prompt(**_patience(more)),
    "connected": lambda call, _, more: call.is_connected(**_patience(more)),
    "presses": lambda call, keys, more: call.presses(str(keys), **_patience(more)),
    "says": lambda call, words, more: call.says(
        str(words), language=str(more.get("language", "cmn-CN")), **_patience(more)
    ),
    "talks": lambda call, seconds, more: call.talks(float(seconds), **_patience(more)),
    "waits": lambda call, seconds, _: call.waits(float(seconds)),
    "hangs_up": lambda call, _, __: call.hangs_up(),
    "ended": lambda call, _, more: call.ended(**_patience(more)),
}
REACTIONS: Mapping[str, Callable[[ScriptedPhone, Any], None]] = {
    "answers": lambda phone, after: phone.answers(float(after)),
    "ignores": lambda phone, _: phone.ignores(),
    "busy": lambda phone, _: phone.is_busy(),
    "rejects": lambda phone, after: phone.rejects(float(after)),
    "machine": lambda phone, greeting: phone.is_machine(str(greeting)),
}
STEP_OPTIONS = frozenset({"language", "patience"})


def _patience(more: Mapping[str, Any]) -> dict[str, Any]:
    return {"patience": float(more.get("patience", PATIENCE_SECONDS))}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do or to wait for."""

    deed: str
    value: Any
    options: Mapping[str, Any]

    async def play(self, call: ScriptedCall) -> None:
        """Do it.

        Raises:
            NotHeardError: what it waits for does not happen.
        """
        await DEEDS[self.deed](call, self.value, self.options)


@dataclass(frozen=True, slots=True)
class Script:
    """How a phone treats a ringing call, and what it does in a call."""

    steps: tuple[Step, ...]
    reaction: str = ""
    reaction_value: Any = None

    @classmethod
    def read(cls, source: object) -> "Script":
        """Read a script as it comes out of YAML: a list of steps, or a mapping with `steps`.

        Raises:
            ScriptError: it says something no telephone can do.
        """
        if isinstance(source, Mapping):
            reactions = [name for name in source if name in REACTIONS]
            strange = sorted(set(source) - set(REACTIONS) - {"steps"})
            if strange or len(reactions) > 1:
                known = ", ".join(REACTIONS)
                raise ScriptError(f"A script has `steps` and one of {known}; not {strange}.")
            reaction = reactions[0] if reactions else ""
            return cls(_steps(source.get("steps", [])), reaction, source.get(reaction))
        return cls(_steps(source))

    def prepare(self, phone: ScriptedPhone) -> None:
        """Let the phone treat its incoming calls as the script says."""
        if self.reaction:
            REACTIONS[self.reaction](phone, self.reaction_value)

    async def play(self, call: ScriptedCall) -> None:
        """Do all steps in a call that is ringing or in progress.

        Raises:
            NotHeardError: what a step waits for does not happen.
        """
        for step in self.steps:
            await step.play(call)


def _steps(source: object) -> tuple[Step, ...]:
    if not isinstance(source, list):
        raise ScriptError("The steps of a script are a list.")
    return tuple(_step(number, step) for number, step in enumerate(source, 1))


def _step(number: int, source: object) -> Step:
    deeds = [name for name in source if name in DEEDS] if isinstance(source, Mapping) else []
    if not isinstance(source, Mapping) or len(deeds) != 1:
        raise ScriptError(f"Step {number} must have exactly one of {', '.join(DEEDS)}.")
    options = {name: value for name, value in source.items() if name != deeds[0]}
    strange = sorted(set(options) - STEP_OPTIONS)
    if strange:
        raise ScriptError(f"Step {number} has {', '.join(strange)}, which mean nothing there.")
    return Step(deeds[0], source[deeds[0]], options)

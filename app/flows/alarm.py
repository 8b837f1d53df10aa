"""Words of alarm: when they lead to the emergency desk at once, and when the caller is asked first.

A short cry goes straight through. A long sentence that only mentions such a word, or one that also
speaks of money, rules or the past, may be an ordinary appeal: the caller is asked by key, and goes
on exactly where they were, with what they said, when it is none. Who says nothing is taken to be
in need.
"""

import re
from dataclasses import replace

from app.flows.inputs import Input, Pressed, Silent, Spoke
from app.flows.locale import Locale
from app.flows.node import Outcome, Wait
from app.flows.scene import Scene
from app.flows.state import State
from app.flows.words import mentions

EMERGENCY_KEY = "9"
LONGEST_CRY = 12  # Chinese characters, or words of other languages
ASKED = "alarm?"  # in front of the phase in which the caller was
SAID = "alarm_words"  # the variable that holds what they had said

_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


def is_alarm(words: str, locale: Locale) -> bool:
    """Whether a word of alarm was said."""
    return mentions(words, locale.emergency)


def is_doubtful(words: str, locale: Locale) -> bool:
    """Whether words with an alarm in them may well be an ordinary matter."""
    return len(_WORD.findall(words)) > LONGEST_CRY or mentions(words, locale.no_emergency)


def ask(scene: Scene, words: str) -> Outcome:
    """Ask whether it is an emergency, at the node where the caller is."""
    return Wait(
        (scene.gather(scene.prompt("common.alarm"), timeout=5, speech=True),),
        phase=ASKED + scene.state.phase,
        variables={SAID: words},
    )


def is_asked(state: State) -> bool:
    """Whether the caller is being asked."""
    return state.phase.startswith(ASKED)


def confirms(given: Input, locale: Locale) -> bool:
    """Whether the answer means an emergency: its key, a word of alarm, or nothing at all."""
    if isinstance(given, Spoke):
        return is_alarm(given.words, locale)
    return isinstance(given, Silent) or given == Pressed(EMERGENCY_KEY)


def undone(state: State) -> State:
    """The state as it was before the caller was asked."""
    variables = {name: value for name, value in state.variables.items() if name != SAID}
    return replace(state, phase=state.phase.removeprefix(ASKED), variables=variables)


def meant(state: State) -> Spoke:
    """What the caller had said when they were asked."""
    return Spoke(state.variables.get(SAID, ""))

"""What a caller hears in the turns of a walk: dead air, long menus, the provider's limits."""

from collections.abc import Iterator, Sequence

from app.flows.directives import Dial, Directive, Gather, JoinConference, Pause, Record, Say
from app.flows.library import FlowLibrary
from app.flows.limits import broken_limits
from app.flows.proof.exploration import Place, Turn, Walk
from app.flows.proof.violations import Violation, way_to
from app.flows.speech_length import spoken_seconds

MOST_SILENCE = 8  # seconds
LONGEST_MENU = 30  # seconds

# Where a question offers choices, by node type: its phases. Readings of articles are no menus.
CHOOSING = {
    "menu": {""},
    "policy": {"ask", "choose"},
    "ticket": {"choose"},
    "mediation": {"choose"},
}


def judge_sounds(walk: Walk, library: FlowLibrary) -> Iterator[Violation]:
    """All violations of `dead-air`, `menu-speech`, `telephony-limit` and `hints`, once a node."""
    told: set[tuple[str, str]] = set()
    for violation in (*_dead_air(walk), *_of_directives(walk, library)):
        if (violation.rule, violation.node) not in told:
            told.add((violation.rule, violation.node))
            yield violation


def _of_directives(walk: Walk, library: FlowLibrary) -> Iterator[Violation]:
    seen: set[tuple[Directive, ...]] = set()
    for turn in walk.turns:
        if turn.directives in seen:
            continue
        seen.add(turn.directives)
        yield from _long_menu(library, turn)
        for rule, sentence in broken_limits(turn.directives):
            yield Violation(rule, turn.trail[-1], sentence, way_to(walk, turn.source, turn))


def _long_menu(library: FlowLibrary, turn: Turn) -> Iterator[Violation]:
    asked, place = turn.directives[-1], turn.target
    if place is None or not isinstance(asked, Gather):
        return
    if place.phase not in CHOOSING.get(library.node(place.node).key, ()):
        return
    seconds = sum(spoken_seconds(part.text, part.language.tag) for part in asked.prompts)
    if seconds > LONGEST_MENU:
        yield Violation(
            "menu-speech",
            place.node,
            f"The choices of `{place.node}` take about {seconds:.0f} seconds in {place.language}.",
            f"At most {LONGEST_MENU}: say it in fewer words, or offer less.",
        )


def _dead_air(walk: Walk) -> Iterator[Violation]:
    """Silence within a turn, and silence that goes on from one turn to the next."""
    behind: dict[Place, int] = {}  # seconds of nothing at each place, at worst, when nobody answers
    told: set[str] = set()
    turns: Sequence[Turn] = walk.turns
    again = True
    while again:  # until nothing grows any more: a wordless question adds to the one before it
        again = False
        for turn in turns:
            before = behind.get(turn.source, 0) if turn.source and turn.kind == "silence" else 0
            longest, last = silence(turn.directives, before)
            if longest > MOST_SILENCE and turn.trail[-1] not in told:
                told.add(turn.trail[-1])
                yield Violation(
                    "dead-air",
                    turn.trail[-1],
                    f"At `{turn.trail[-1]}` nothing is heard for {longest} seconds.",
                    way_to(walk, turn.source, turn),
                )
            if turn.target and behind.get(turn.target, 0) < min(last, MOST_SILENCE + 1):
                behind[turn.target] = min(last, MOST_SILENCE + 1)
                again = True
        turns = [turn for turn in turns if turn.kind == "silence"]  # all others begin at nothing


def silence(directives: Sequence[Directive], before: int = 0) -> tuple[int, int]:
    """The longest silence of a step and the one it ends with, in seconds, when nobody answers.

    `before` is how long nothing was heard when the step began.
    """
    longest = running = before
    for directive in directives:
        match directive:
            case Pause(seconds):
                running += seconds
            case Gather(timeout=timeout):
                running = (0 if directive.prompts else running) + timeout
            case Record(silence=seconds):
                running = seconds  # the tone is heard before it
            case Say() | Dial() | JoinConference():
                running = 0
        longest = max(longest, running)
    return longest, running

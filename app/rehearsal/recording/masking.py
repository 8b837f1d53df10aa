"""Words and keys in the place of secret ones: such as lead to the same."""

from collections.abc import Iterator, Sequence

from app.flows.context import Articles
from app.flows.inputs import Pressed
from app.flows.library import FlowLibrary
from app.flows.nodes.menu import MenuNode
from app.flows.rehearsal.playing import EngineCall
from app.flows.rehearsal.transcript import Step
from app.flows.rehearsal.turns import CannotError
from app.rehearsal.recording.moments import Moment
from app.rehearsal.recording.recognising import Recogniser

NOTHING_KNOWN = "……"  # words that nobody understands


def stand_in(
    moment: Moment,
    call: EngineCall,
    library: FlowLibrary,
    articles: Articles,
    recogniser: Recogniser,
) -> Step | None:
    """A step in the place of what is masked, after which the same is heard; None without one."""
    if isinstance(moment.given, Pressed):
        steps = [Step.model_validate({"presses": keys}) for keys in ("{ticket_number}", "00000000")]
    else:
        words = [*known_words(library, articles, call.language), NOTHING_KNOWN]
        steps = [Step.model_validate({"says": said}) for said in words]
    return next(
        (step for step in steps if _leads_there(step, call, moment.heard, recogniser)), None
    )


def known_words(library: FlowLibrary, articles: Articles, language: str) -> Iterator[str]:
    """Words that mean something to the flows, and nothing of anybody's."""
    locale = library.locale(language)
    yield from locale.emergency
    for alarm, doubt in zip(locale.emergency, locale.no_emergency, strict=False):
        yield f"{alarm}, {doubt}"  # the caller is asked whether it is an emergency
    for node in library.nodes.values():
        if isinstance(node, MenuNode):
            for option in node.options.values():
                yield from next((w for tag, w in option.words.items() if tag == language), [])
    directory = library.directory
    yield from (directory.category_name(key, language) for key in directory.categories)
    yield from (directory.department_name(key, language) for key in directory.departments)
    for words in locale.satisfaction.values():
        yield from words
    titles = articles.keys()
    yield from (articles.read(key, language).title for key in titles)


def _leads_there(
    step: Step, call: EngineCall, heard: Sequence[str], recogniser: Recogniser
) -> bool:
    try:
        turn = call.copy().do(step)
    except CannotError:
        return False
    both = zip(turn.heard, heard, strict=False)
    return bool(turn.heard) and all(recogniser.alike(ours.text, said) for ours, said in both)

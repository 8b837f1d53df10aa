"""A sentence that several prompts could say is the one whose fields hold what is in it."""

import pytest
from app.rehearsal.recording.recognising import Recogniser
from tests.flows.rehearsal.county_of_tests import LIBRARY


@pytest.mark.parametrize(
    ("sentence", "prompt"),
    [
        ("征地补偿怎么算，请按 3。", "policy.option"),
        ("土地和林地纠纷，请按 2。", "ticket.option"),
        ("農業農村局，請撳 1。", "mediation.option"),
        ("普通话，请按 1。", "language.option"),
    ],
)
def test_a_choice_is_taken_for_the_menu_that_offers_it(sentence: str, prompt: str) -> None:
    recognised = Recogniser(LIBRARY).recognise(sentence)
    assert recognised is not None
    assert recognised.prompt == prompt

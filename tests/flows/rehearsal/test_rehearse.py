"""Calls on the engine: what passes, what does not, and why."""

from dataclasses import replace

import pytest
from app.flows.rehearsal.reading import read_transcripts
from app.flows.rehearsal.rehearse import rehearse
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.rehearsal.county_of_tests import LIBRARY, played, steps


def test_the_shipped_flows_are_gone_through_in_every_language() -> None:
    report = rehearse(LIBRARY, SHELF, read_transcripts(SHIPPED, LIBRARY))
    assert [str(result) for result in report.failures] == []
    assert report.coverage is not None
    assert list(report.coverage.missing()) == []
    total = report.coverage.total()
    assert total.least == 100
    assert total.nodes.all == len(LIBRARY.nodes)


GOOD = [
    steps("{hears: [main.greeting, main.menu], goes_to: main.menu, ends: false}"),
    steps("{presses: 2}", "{hears: ticket.choose}", "{hears_not: ticket.opened}"),
    steps("{presses: 21}", "{records: 9, hears: [ticket.opened, '{ticket_number}']}"),
    steps("{presses: 21}", "{records: 9, hears: 工单编号是，…。再说一遍，…。}"),
    steps("{says: 我要一条政策, hears: {zh-CN: 请用一句话, en-US: nothing of this}}"),
    steps("{presses: 3}", "{presses: 123#, hears: status.not_found}"),
    steps("{presses: 0}", "{talks: 9, hears: common.goodbye, ends: true}"),
    steps("{presses: '*', hears: main.menu}"),
    steps("{hangs: up, ends: true}"),
    steps("{database: away}", "{presses: 4, hears: mediation.unavailable}"),
    steps("{database: away}", "{database: back}", "{presses: 4, hears: mediation.choose}"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_call_that_goes_as_written(text: str) -> None:
    assert [str(result) for result in played(text).failures] == []


BAD = [
    (steps("{presses: 2, hears: main.menu}"), "4:29", "This was not heard."),
    (steps("{presses: 2, hears: [ticket.choose, 教育]}"), "4:45", "This was not heard."),
    (steps("{presses: 2, hears_not: 后期扶持}"), "4:33", "This must not be heard."),
    (steps("{presses: 2, goes_to: policy.ask}"), "4:31", "The call is at another node."),
    (steps("{presses: 2, ends: true}"), "4:28", "The hotline has not hung up."),
    (steps("{hangs: up}", "{presses: 2}"), "5:19", "The call is over"),
    (steps("{presses: 0}", "{presses: 2}"), "5:19", "Nobody listens for keys here"),
    (steps("{presses: 0}", "{stays: silent}"), "5:17", "Nothing is asked here"),
    (steps("{presses: 3}", "{says: 八}"), "5:16", "The hotline does not listen for words here."),
    (steps("{records: 9}"), "4:19", "Nothing is recorded here."),
    (steps("{talks: 9}"), "4:17", "Nobody is being rung here, and no floor is open."),
    (steps("{nobody: answers}"), "4:18", "Nobody is being rung here"),
    (steps("{others: consent}"), "4:18", "There is no mediation here."),
    (steps("{presses: '{ticket_number}'}"), "4:19", "Nothing is known of {ticket_number} here"),
]


@pytest.mark.parametrize(("text", "place", "sentence"), BAD)
def test_a_difference_is_told_where_it_stands(text: str, place: str, sentence: str) -> None:
    (failed,) = played(text).failures
    assert failed.place == f"tests/some.yaml:{place}"
    assert failed.failure is not None
    assert failed.failure.difference.sentence.startswith(sentence)


AFTERWARDS = [
    ("happened: [{open_ticket: {category: support}}]", ""),
    ("happened: [{open_ticket: {category: land}}]", "6:43: This did not happen."),
    ("happened: [{take_ticket: {}}]", "6:43: This did not happen."),
    ("never: convene_mediation", ""),
    ("never: [convene_mediation, open_ticket]", "6:45: This must not happen, and did."),
    ("rings: nobody", ""),
    ("rings: officers", "6:25: This telephone was not rung."),
    ("language: zh-CN", ""),
    ("language: en-US", "6:28: The call ended in another language."),
]


@pytest.mark.parametrize(("afterwards", "told"), AFTERWARDS)
def test_what_there_is_afterwards(afterwards: str, told: str) -> None:
    text = steps("{presses: 21}", "{records: 9}") + f"    afterwards: {{{afterwards}}}\n"
    failures = played(text).failures
    assert [str(one).partition(": A call")[0] for one in failures] == [
        f"tests/some.yaml:{told.partition(': ')[0]}" for _ in [told] if told
    ]
    assert [one.failure.difference.sentence for one in failures if one.failure] == [
        told.partition(": ")[2] for _ in [told] if told
    ]


def test_a_caller_is_played_in_each_language_that_can_be_chosen() -> None:
    text = steps("{hears: main.greeting}").replace("steps", "languages: all\n    steps")
    assert [result.language for result in played(text).results] == ["zh-CN", "en-US", "yue-HK"]
    spoken = {**LIBRARY.languages, "fr-FR": LIBRARY.languages["en-US"]}
    entries = {**LIBRARY.directory.languages, "fr-FR": LIBRARY.directory.languages["en-US"]}
    directory = LIBRARY.directory.model_copy(update={"languages": entries})
    results = played(text, replace(LIBRARY, languages=spoken, directory=directory)).results
    assert results[-1].skipped == "tests/languages.yaml does not say which keys choose fr-FR"


def test_the_same_files_give_the_same_report() -> None:
    text = steps("{presses: 21}", "{records: 9, hears: main.menu}")
    first, second = played(text).failures, played(text).failures
    assert first[0].failure == second[0].failure


def test_an_appeal_and_an_incident_of_one_step_have_numbers_of_their_own() -> None:
    text = steps("{presses: 21}", "{records: {seconds: 9, ends_with: '9'}, hears: main.menu}")
    (failed,) = played(text.replace("hears: main.menu", "goes_to: emergency.start")).results
    assert failed.failure is None

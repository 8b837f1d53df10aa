"""Transcripts through the whole service: what people do with telephones, what stands in SQL."""

from pathlib import Path

import pytest
from app.flows.rehearsal.reading import read_documents
from app.flows.rehearsal.report import Report
from app.flows.source import parse
from app.rehearsal.run import INVITED_OTHERWISE, rehearse_on_exchange
from tests.flows.folders import SHIPPED
from tests.flows.rehearsal.county_of_tests import LIBRARY

GOOD = """
calls:
  An appeal at night, in English:
    languages: en-US
    when: night
    steps:
      - presses: 21
        hears: Your appeal is about support money
      - records: 9
        hears: [ticket.opened, "{ticket_number}"]
        goes_to: appeal.leave
      - presses: 0
        hears: person.ringing
      - talks: 30
        hears: common.goodbye
        ends: true
    afterwards:
      happened: [{open_ticket: {kind: appeal, category: support, language: en-US}}]
      rings: officers
      language: en-US
  A mediation that all consent to:
    steps:
      - presses: 411
        hears: mediation.calling
      - others: consent
        hears: mediation.opening
      - talks: 60
        hears: mediation.thanks
    afterwards:
      happened: [{convene_mediation: {department: agriculture}}]
      never: open_ticket
  What the whole service cannot be given:
    only: engine
    because: nobody can be made to press a key at a certain millisecond
    steps: [{hears: main.greeting}]
"""
OF_DEPARTMENTS = """
calls:
  A department that refuses:
    languages: en-US
    entry: invitation
    department: agriculture
    steps:
      - presses: 2
        hears: invitation.refused
"""
BAD = """
calls:
  A caller who is expected to reach nobody:
    steps:
      - presses: 0
      - nobody: answers
        hears: person.message_kept
"""


def on_exchange(text: str) -> Report:
    """How the calls of a text go through the whole service."""
    document = parse(text.encode(), "tests/some.yaml")
    choices = parse(b'en-US: "52"\n', "tests/languages.yaml")
    documents = {"some.yaml": document, "languages.yaml": choices}
    transcripts = read_documents(documents, LIBRARY, [])
    return rehearse_on_exchange(SHIPPED, LIBRARY, transcripts)


def test_calls_go_as_written_and_what_is_only_for_the_engine_is_told() -> None:
    report = on_exchange(GOOD)
    assert [str(result) for result in report.failures] == []
    assert [result.skipped for result in report.skipped] == [
        "nobody can be made to press a key at a certain millisecond"
    ]
    assert report.coverage is None


def test_a_difference_is_told_as_on_the_engine() -> None:
    (failed,) = on_exchange(BAD).failures
    assert failed.place == "tests/some.yaml:7:16"
    assert failed.failure is not None
    assert failed.failure.did == "nobody answers"
    heard = [one.text for one in failed.failure.difference.heard]
    assert len(heard) == 1
    assert heard[0].startswith("现在没有工作人员能接电话。")
    assert failed.failure.difference.node == "person.ring"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counties are put up in the test's own folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_language_that_no_department_is_rung_in_is_told() -> None:
    (result,) = on_exchange(OF_DEPARTMENTS).skipped
    assert result.skipped == INVITED_OTHERWISE

"""Machine-made remarks are read in the reader's language, every one that the code can make."""

import pytest
from app.console.calls.places import Places
from app.console.naming import Names
from app.console.tickets.remarks import REASONS, remark
from tests.fixtures.office import Office

NOTES = (
    "left while the service was not itself",
    "asked to be called back on the portal",
    "the text carried 2 pictures",
    "missed call: abandoned at main.menu",
    "missed call: unanswered",
    *(f"mediation: {reason}" for reason in REASONS),
)


@pytest.mark.parametrize("note", NOTES)
def test_every_remark_is_a_sentence(office: Office, note: str) -> None:
    for language in ("zh-CN", "en-US"):
        names = Names(office.library.current.directory, language)
        said = remark(note, names, Places(office.library, language))
        assert said != note
        assert ":" not in said.split("：")[0] or language == "en-US"


def test_what_nobody_knows_is_shown_as_it_stands(office: Office) -> None:
    names = Names(office.library.current.directory, "zh-CN")
    places = Places(office.library, "zh-CN")
    assert remark("something new", names, places) == "something new"
    assert "选择菜单" in remark("missed call: abandoned at main.menu", names, places)

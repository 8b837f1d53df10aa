"""Which place of the navigation a page belongs to."""

import pytest
from app.web.navigation import place_of


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/console/flows", "flows"),
        ("/console/flows/main", "flows"),
        ("/console/flows/prompts/main.menu", "prompts"),
        ("/console/flows/promptsandmore", "flows"),
        ("/console/tickets/12345678", "tickets"),
        ("/console/account", ""),
        ("/", ""),
    ],
)
def test_a_page_belongs_to_the_innermost_place(path: str, place: str) -> None:
    assert place_of(path) == place

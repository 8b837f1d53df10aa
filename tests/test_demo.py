"""What the demonstration says when it is up."""

from pathlib import Path

import pytest
from app.demo import DEFAULT_PORT, DEFAULT_VAR, welcome


@pytest.mark.parametrize(
    ("port", "var", "call", "export"),
    [
        (DEFAULT_PORT, DEFAULT_VAR, 'hotline call --keys "2,1,#"', "export calls\n"),
        (8131, Path("else/where"), 'hotline call --port 8131 --keys "2,1,#"',
         "export calls --var else/where\n"),
    ],
)  # fmt: skip
def test_its_commands_work_as_they_stand(port: int, var: Path, call: str, export: str) -> None:
    said = welcome(port, var, "pass-word")
    assert call in said
    assert export in said

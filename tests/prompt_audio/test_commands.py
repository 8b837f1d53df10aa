"""`hotline flows prompts` and `hotline flows audio`."""

from pathlib import Path
from shutil import copytree

from app.cli import app
from app.flows.compiler import check_folder
from tests.flows.folders import SHELF, SHIPPED
from tests.prompt_audio.sounds import tone
from typer.testing import CliRunner


def hotline(*arguments: str) -> tuple[int, str]:
    """Run a command; returns its exit status and what it wrote."""
    result = CliRunner().invoke(app, ["flows", *arguments])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_a_file_of_the_flows_is_made_named_and_listed(tmp_path: Path) -> None:
    folder = copytree(SHIPPED, tmp_path / "flows")
    source = tmp_path / "said.wav"
    source.write_bytes(tone())
    here = ("--folder", str(folder))
    status, told = hotline("audio", "common.goodbye", str(source), *here)
    assert (status, "common.goodbye.wav" in told) == (0, True)
    prompts = folder / "prompts" / "zh-CN.yaml"
    text = prompts.read_text().replace(
        "common.goodbye: 感谢来电。您的事，我们记着。再见。",
        "common.goodbye: {text: 感谢来电。您的事，我们记着。再见。, audio: common.goodbye.wav}",
    )
    prompts.write_text(text)
    assert check_folder(folder, SHELF) == []
    _, listed = hotline("prompts", "--language", "zh-CN", *here)
    assert "common.goodbye\tzh-CN\tcommon.goodbye.wav\t感谢来电" in listed
    assert hotline("prompts", "--missing", *here) == (0, "")
    assert "has fields" in hotline("audio", "ticket.opened", str(source), *here)[1]
    assert "there is no prompt" in hotline("audio", "nothing", str(source), *here)[1]
    assert "there is no language `xx`" in hotline("prompts", "--language", "xx", *here)[1]
    source.write_bytes(b"<html>")
    assert "is no prompt: not audio" in hotline("audio", "common.goodbye", str(source), *here)[1]

"""The page of prompts: what callers hear, files for it, and what is not translated."""

from dataclasses import replace
from io import BytesIO

import openpyxl
from app.flows.audio_files import AudioFile
from app.flows.library import FlowLibrary
from app.people.audit.models import AuditEntry
from app.prompt_audio.queries import Take, in_force
from app.prompt_audio.service import Spoken, keep_file
from app.publishing.editions import Edition
from app.web.words import all_words
from sqlalchemy import select
from starlette.testclient import TestClient
from tests.console.cases import post
from tests.fixtures.office import NOON, Office
from tests.prompt_audio.sounds import tone

HERE = "/console/flows/prompts"
GREETING = f"{HERE}/main.greeting"


def send(browser: TestClient, data: bytes, path: str = GREETING, language: str = "zh-CN") -> str:
    """Upload a file; returns the page, or where the browser is led."""
    sound = {"file": ("greeting.wav", data, "audio/wav")}
    answer = post(browser, f"{path}/file", language=language, files=sound)
    return answer.headers.get("location") or answer.text


def test_every_prompt_is_listed_and_filtered_by_the_address(office: Office) -> None:
    ops = office.client("ops")
    page = ops.get(HERE).text
    assert "您好，这里是水库移民服务热线" in page
    assert "Hello, this is Huixiang" in page
    groups = {key.partition(".")[0] for key in office.library.current.prompts.by_language["zh-CN"]}
    assert page.count('<details class="card-like prompts">') == len(groups)  # all folded away
    assert {group for group in groups if not all_words().has(f"prompts.group.{group}")} == set()
    assert "<b>问候和主菜单</b> <code>main</code>" in page
    only = ops.get(f"{HERE}?language=en-US&q=hello,%20this").text
    assert "Hello, this is Huixiang" in only
    assert "您好，这里是" not in only
    assert 'class="card-like prompts" open>' in only
    assert 'class="card-like prompts">' not in only
    assert "每一句话都有译文" in ops.get(f"{HERE}?state=missing").text
    assert ops.get(f"{HERE}?language=xx&state=yy").status_code == 200
    assert ops.get(f"{HERE}/nothing.here").status_code == 404


def test_a_file_is_heard_at_once_replaced_brought_back_and_withdrawn(office: Office) -> None:
    ops = office.client("ops")
    assert send(ops, tone()).endswith("done=in_force")
    (first,) = takes(office)
    shelf, library = office.service.audio, office.library.current
    assert shelf.at_hand(first.sha256) is not None
    answer = ops.get(f"/voice/audio/{first.sha256}.wav")
    assert answer.headers["content-type"] == "audio/wav"
    assert "immutable" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    tag = {"if-none-match": answer.headers["etag"]}
    assert ops.get(f"/voice/audio/{first.sha256}.wav", headers=tag).status_code == 304
    assert ops.get(f"/voice/audio/{'0' * 64}.wav").status_code == 404
    assert ops.get("/voice/audio/x.wav").status_code == 404

    again = AudioFile("b" * 64, 1.0)
    with office.database.writing() as connection:
        keep_file(connection, Spoken(first.prompt, "zh-CN", first.words), again, "staff:1", NOON)
    (second,) = takes(office)
    assert second.id != first.id
    assert post(ops, f"{GREETING}/takes/{first.id}/use").status_code == 303
    assert [take.id for take in takes(office)] == [first.id]
    assert post(ops, f"{GREETING}/takes/{first.id}/withdraw").status_code == 303
    assert takes(office) == []
    assert post(ops, f"{GREETING}/takes/{first.id}/withdraw").status_code == 422
    assert post(ops, f"{HERE}/main.menu/takes/{first.id}/use").status_code == 404
    with office.database.reading() as connection:
        acts = list(connection.execute(select(AuditEntry.act).order_by(AuditEntry.id)).scalars())
    assert acts == ["prompt.audio_in_force"] * 3 + ["prompt.audio_withdrawn"]
    assert spoken(library) == first.words


def takes(office: Office) -> list[Take]:
    with office.database.reading() as connection:
        return list(in_force(connection))


def spoken(library: FlowLibrary) -> str:
    return library.utterance("main.greeting", "zh-CN").text


def test_a_refused_file_is_answered_by_a_sentence(office: Office) -> None:
    assert "这不是录音文件" in send(office.client("ops"), b"<html>")
    assert takes(office) == []


def test_a_prompt_with_fields_cannot_be_recorded(office: Office) -> None:
    ops = office.client("ops")
    page = send(ops, tone(), f"{HERE}/ticket.opened")
    assert "一段录音说不全" in page


def test_only_those_change_prompts_who_may(office: Office) -> None:
    auditor = office.client("auditor")
    assert auditor.get(GREETING).status_code == 200
    assert "上传并启用" not in auditor.get(GREETING).text
    assert post(auditor, f"{GREETING}/takes/1/use").status_code == 403
    assert office.client("agent").get(HERE).status_code == 403


def test_what_is_not_translated_goes_to_a_translator(office: Office) -> None:
    library = office.library.current
    texts = dict(library.prompts.by_language)
    texts["en-US"] = {key: text for key, text in texts["en-US"].items() if key != "main.greeting"}
    lacking = replace(library, prompts=replace(library.prompts, by_language=texts))
    office.library.put_in_force(Edition(lacking, office.library.shelf))
    ops = office.client("ops")
    written = ops.get(f"{HERE}/export?format=csv").content.decode("utf-8-sig")
    assert "main.greeting,en-US,您好，这里是水库移民服务热线" in written
    book = openpyxl.load_workbook(BytesIO(ops.get(f"{HERE}/export?format=xlsx").content))
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert "main.greeting" in cells
    assert "main.menu" not in cells
    assert "没有译文" in ops.get(f"{HERE}?state=missing").text
    assert "先把文字译好" in send(ops, tone(), language="en-US")

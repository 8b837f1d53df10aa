"""A call becomes a transcript: it passes at once, keeps no secret, and notices a changed prompt."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app.flows.compiler import compile_folder
from app.flows.inputs import DialEnded, Pressed, Recorded, Silent, Spoke, Started
from app.rehearsal.recording.from_log import call_of_log
from app.rehearsal.recording.from_phone import Witness
from app.rehearsal.recording.moments import Moment, RecordedCall, RecordingError
from app.rehearsal.recording.record import play_file, record
from app.rehearsal.recording.writing import Writer
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.rehearsal.county_of_tests import LIBRARY
from tests.stories.callers import call_hotline, leave_appeal
from tests.stories.county import County, play

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MENU = (
    "查询政策，请按 1。反映诉求，请按 2。查询办理进度，请按 3。三方电话调解，请按 4。"
    "办公时间和其他语言，请按 5。人工服务，请按 0。紧急情况，请按 9。您也可以直接说出要办的事。",
    "For English, press 5.",
    "廣東話，請撳 5。",
)
GREETING = (
    "您好，这里是水库移民服务热线，回响，二十四小时为您服务。通话会被记录。",
    *MENU,
)


def test_from_a_call_in_the_simulator_to_a_changed_prompt(sqlite_url: str, tmp_path: Path) -> None:
    """Record a call, run it, change a prompt, and see it fail with the right words."""
    sids: list[str] = []
    folder = tmp_path / "flows"
    shutil.copytree(SHIPPED, folder)

    async def story(county: County) -> None:
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("您的诉求已经登记")
        await call.presses("2")
        await call.waits_for_prompt()
        await call.presses("1")
        await call.waits_for_prompt()
        await call.says("我叫王小明，我家的补助没有发，后山也塌方了")
        await call.hears("可能是紧急情况")
        await call.presses("9")
        await call.hears("危险时先离开")
        await call.hangs_up()
        await county.quiet()
        sids.append(call.leg.sid)
        path = folder / "tests" / "recorded.yaml"
        with county.service.database.reading() as connection:
            recorded = call_of_log(connection, sids[0])
        written, report = record(recorded, path, LIBRARY, SHELF)
        assert written.stopped == ""
        assert [str(result) for result in report.failures] == []

    play(story, sqlite_url, tmp_path)
    path = folder / "tests" / "recorded.yaml"
    text = path.read_text()
    assert "王小明" not in text
    assert "13800138000" not in text
    assert "# ticket.opened" in text
    assert "工单编号是，…。再说一遍，…。" in text
    assert "- open_ticket: {kind: incident, category: danger}" in text

    prompts = folder / "prompts" / "zh-CN.yaml"
    prompts.write_text(prompts.read_text().replace("三十分钟内响应", "一小时内响应"))
    report = play_file(path, compile_folder(folder, SHELF), SHELF)
    (failed,) = report.failures
    assert failed.failure is not None
    assert "三十分钟内响应" in failed.failure.difference.expected
    assert any("一小时内响应" in one.text for one in failed.failure.difference.heard)
    line = path.read_text().splitlines()[int(failed.place.split(":")[1]) - 1]
    assert "# ticket.opened" in line


def written(*moments: Moment, caller: str = "+8613912345678") -> tuple[str, str]:
    """The steps of a call that began at the menus, and why it stops."""
    call = RecordedCall(MORNING, caller, [Moment(Started(), GREETING), *moments])
    file = Writer(call, LIBRARY, SHELF).write()
    return file.text, file.stopped


RINGING = "正在为您接通值班人员，请稍候。"
OFFER = (
    "现在没有工作人员能接电话。按 1，或者不按键，我们保留您的位置，尽快给您回电话。要留言，请按 2。"
)
LEAVE = (
    "值班人员暂时接不了电话。请在嘀声后留言，说出您的姓名和事情，说完按任意键。我们会尽快回电话。"
)
KEPT = "您的留言已经登记，工单编号是，1 2 3。再说一遍，1 2 3。我们会给您回电话。"
GOODBYE = "感谢来电。您的事，我们记着。再见。"
ASK_NUMBER = "请输入八位工单编号，按井号键结束。"
STANDS = "您的工单 7 5 5 4 5 4 3 9，事项是后期扶持资金，已经登记，正在等工作人员响应。"


def test_nobody_answers_and_a_message_is_left() -> None:
    """All who are rung one after another are one deed: nobody answers."""
    text, stopped = written(
        Moment(Pressed("0"), (RINGING,)),
        Moment(DialEnded("no-answer", bridged=False), ()),
        Moment(DialEnded("no-answer", bridged=False), (OFFER,)),
        Moment(Pressed("2"), (LEAVE,)),
        Moment(Recorded("RE", 5, "#"), (KEPT, GOODBYE)),
    )
    assert stopped == ""
    for part in ('presses: "0"', "nobody: answers", "seconds: 5", "ends: true", "…。再说一遍，…"):
        assert part in text


def test_a_conversation_and_a_landline_that_is_not_written_down() -> None:
    text, _ = written(
        Moment(Pressed("0"), (RINGING,)),
        Moment(DialEnded("completed", bridged=True, seconds=45), (GOODBYE,)),
        caller="+867457654321",
    )
    assert "talks: 45" in text
    assert 'caller: "+867451234567"' in text
    assert 'caller: "withheld"' in written(caller="anonymous")[0]


def test_a_number_that_is_hidden_becomes_the_ticket_that_was_told_of() -> None:
    text, stopped = written(
        Moment(Pressed("3"), (ASK_NUMBER,)),
        Moment(Pressed("••••"), (STANDS, *MENU), masked=True),
    )
    assert stopped == ""
    assert 'presses: "{ticket_number}"' in text
    assert '"state": "new", "category": "support"' in text


def test_words_become_others_that_lead_to_the_same() -> None:
    text, stopped = written(
        Moment(Spoke("我姓张，想问问我家的事办理情况"), (ASK_NUMBER,), masked=True)
    )
    assert stopped == ""
    assert "张" not in text
    assert "says:" in text


def test_a_call_that_went_elsewhere_is_written_as_far_as_the_flows_go_with_it() -> None:
    text, stopped = written(
        Moment(Silent(), ("我没有听到您的选择。不着急，请再听一遍。", *MENU)),
        Moment(Pressed("2"), ("这里以前说的是别的。",)),
    )
    assert stopped == "From here on these flows lead elsewhere than the call went."
    assert "stays: silent" in text
    assert "presses" not in text


def test_what_cannot_be_written_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(RecordingError, match="did not begin as calls begin"):
        Writer(RecordedCall(MORNING, "", [Moment(Started(), ("别处。",))]), LIBRARY, SHELF).write()
    with pytest.raises(RecordingError, match="is not known"):
        Writer(RecordedCall(MORNING, "", []), LIBRARY, SHELF).write()
    there = tmp_path / "there.yaml"
    there.write_text("")
    with pytest.raises(RecordingError, match="is there already"):
        record(RecordedCall(MORNING, "", []), there, LIBRARY, SHELF)


def test_a_telephone_is_witnessed() -> None:
    witness = Witness("+8613800138000")
    with pytest.raises(RecordingError, match="No call was answered"):
        witness.call()
    said = {"event": "utterance", "speaker": "", "audio": False}
    ready = {"event": "listening", "ready": True}
    for message in (
        {"event": "answered"},
        said | {"text": "一"},
        ready | {"kind": "gather"},
        {"do": "press", "keys": "2"},
        said | {"text": "二"},
        ready | {"kind": "record"},
        {"do": "talk", "seconds": 3.0},
        {"do": "press", "keys": "#"},
        said | {"text": "三"},
        ready | {"kind": "gather"},
        said | {"text": "四"},
        ready | {"kind": "gather"},
        {"do": "say", "words": "好"},
        {"event": "bridged", "other": "+86"},
        {"event": "bridged", "other": ""},
        said | {"text": "五"},
        {"event": "ended"},
    ):
        witness(message)
    assert [(one.given, one.heard) for one in witness.call().moments] == [
        (Started(), ("一",)),
        (Pressed("2"), ("二",)),
        (Recorded("RE", 3, "#"), ("三",)),
        (Silent(), ("四",)),
        (Spoke("好"), ()),
        (DialEnded("completed", bridged=True, seconds=1), ("五",)),
    ]

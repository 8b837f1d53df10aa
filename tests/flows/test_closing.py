"""Return visits, call backs and the caller's word by telephone, step by step."""

import pytest
from app.flows import engine
from app.flows.context import (
    CallBackFound,
    CallBackLookup,
    Lookup,
    ReturnVisitFound,
    ReturnVisitLookup,
    TicketFound,
    TicketLookup,
)
from app.flows.directives import WAITING, Dial, Directive, HangUp, JoinConference, Record, Say
from app.flows.effects import (
    AddComment,
    AnswerOutbound,
    NoteCallBack,
    RecordSatisfaction,
    TellStatus,
)
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.flows.satisfaction import written_word
from app.flows.state import State
from app.flows.written import written_in
from hypothesis import given as any_of
from hypothesis import strategies as st
from tests.flows.folders import MONDAY_MORNING, context, shipped
from tests.flows.test_engine import anything

LIBRARY = shipped()
LOCALES = [LIBRARY.locale(tag) for tag in LIBRARY.languages]
NUMBER = "12345674"
OPEN = ReturnVisitFound(NUMBER, "utilities", "水管已经修好。", sealed=False)
SEALED = ReturnVisitFound(NUMBER, "complaint", "已经查清。", sealed=True)


def play(entry: str, variables: dict[str, str], found: object, *inputs: Input,
         answered_by: str = "human", language: str = "zh-CN") -> list[engine.Step]:  # fmt: skip
    """The steps of a call that begins at an entry."""
    state = engine.begin(LIBRARY, entry, language, variables)
    steps = [engine.step(LIBRARY, state, Started(answered_by), context(found))]
    for given in inputs:
        steps.append(engine.step(LIBRARY, steps[-1].state, given, context(found)))
    return steps


def visit(*inputs: Input, found: ReturnVisitFound = OPEN, **world: str) -> list[engine.Step]:
    """The steps of a return visit."""
    known = {ReturnVisitLookup("7"): found}
    return play("return_visit", {"visit": "7"}, known, *inputs, **world)


def texts(directives: tuple[Directive, ...]) -> str:
    """Everything that is spoken."""
    spoken = [u.text for d in directives if isinstance(d, Say) for u in d.utterances]
    spoken += [u.text for d in directives for u in getattr(d, "prompts", ())]
    return " ".join(spoken)


def effects(steps: list[engine.Step]) -> list[object]:
    return [effect for step in steps for effect in step.effects]


WORDS = [
    (Pressed("1"), "satisfied"),
    (Pressed("2"), "not_satisfied"),
    (Pressed("3"), "not_settled"),
    (Spoke("满意"), "satisfied"),
    (Spoke("我不满意"), "not_satisfied"),
    (Spoke("还没解决呢"), "not_settled"),
    (Spoke("二"), "not_satisfied"),
]


@pytest.mark.parametrize(("given", "word"), WORDS)
def test_a_word_by_key_or_speech(given: Input, word: str) -> None:
    asked, said = visit(given)
    assert "水管已经修好" in texts(asked.directives)
    assert "1 2 3 4 5 6 7 4" in texts(asked.directives)
    assert "水电路" in texts(asked.directives)
    assert said.effects == (RecordSatisfaction(NUMBER, word, "call"),)


def test_a_machine_hears_nothing() -> None:
    (step,) = visit(answered_by="machine_start")
    assert step.directives == (HangUp(),)
    assert step.effects == (AnswerOutbound("machine"),)


def test_a_sealed_ticket_is_spoken_of_only_to_the_one_who_called() -> None:
    asked, told, said = visit(Pressed("1"), Pressed("1"), found=SEALED)
    assert "投诉" not in texts(asked.directives)
    assert NUMBER not in texts(asked.directives).replace(" ", "")
    assert "查清" not in texts(asked.directives)
    assert "已经查清" in texts(told.directives)
    assert said.effects == (RecordSatisfaction(NUMBER, "satisfied", "call"),)


@pytest.mark.parametrize("given", [Pressed("3"), Spoke("满意"), Pressed("5"), Pressed("4")])
def test_before_the_confirmation_nothing_else_counts(given: Input) -> None:
    steps = visit(given, found=SEALED)
    assert not any(isinstance(effect, RecordSatisfaction) for effect in effects(steps))
    assert "查清" not in texts(steps[-1].directives)


def test_somebody_else_hears_an_excuse() -> None:
    _, last = visit(Pressed("2"), found=SEALED)
    assert last.effects == (AnswerOutbound("somebody_else"),)
    assert "对不起" in texts(last.directives)
    assert isinstance(last.directives[-1], HangUp)


def test_again_and_repeat_say_the_outcome_again() -> None:
    for key in "4*":
        assert "水管已经修好" in texts(visit(Pressed(key))[-1].directives)


def test_a_word_recorded_before_the_answer_leads_back_to_the_question() -> None:
    steps = visit(Pressed("5"), Recorded("RE1", 6, "#"), Pressed("1"))
    assert isinstance(steps[1].directives[-1], Record)
    assert effects(steps) == [
        AddComment(NUMBER, "RE1", 6), RecordSatisfaction(NUMBER, "satisfied", "call")
    ]  # fmt: skip


def test_a_word_recorded_after_the_answer_ends_the_call() -> None:
    steps = visit(Pressed("3"), Pressed("5"), Recorded("RE1", 6, "hangup"))
    assert effects(steps) == [
        RecordSatisfaction(NUMBER, "not_settled", "call"), AddComment(NUMBER, "RE1", 6)
    ]  # fmt: skip
    assert isinstance(steps[-1].directives[-1], HangUp)


def test_an_empty_recording_is_no_comment() -> None:
    assert effects(visit(Pressed("5"), Recorded("", 0, ""))) == []


def test_silence_ends_the_call_without_a_word() -> None:
    steps = visit(Silent(), Silent())
    assert "没有听到您的选择" in texts(steps[1].directives)
    assert isinstance(steps[-1].directives[-1], HangUp)
    assert effects(steps) == []


def test_zero_is_a_person_and_nine_the_emergency_desk() -> None:
    assert visit(Pressed("0"))[-1].state.node == "person.ring"
    assert visit(Pressed("9"))[-1].state.node == "emergency.start"


def test_an_outcome_is_read_by_a_voice_that_can() -> None:
    (step,) = visit(language="en-US")
    languages = {u.text: u.language.tag for d in step.directives for u in getattr(d, "prompts", ())}
    assert languages["水管已经修好。"] == "zh-CN"
    assert {tag for text, tag in languages.items() if text != "水管已经修好。"} == {"en-US"}


WRITTEN = [
    ("修好了", "zh-CN", "zh-CN"),
    ("修好了", "en-US", "zh-CN"),
    ("The pipe is mended.", "en-US", "en-US"),
    ("The pipe is mended.", "zh-CN", "en-US"),
    ("已联系 China Mobile", "en-US", "zh-CN"),
    ("修好了", "yue-HK", "yue-HK"),
    ("The pipe is mended.", "yue-HK", "en-US"),
    ("12:30", "zh-CN", "zh-CN"),
    ("12:30", "en-US", "en-US"),
]


@pytest.mark.parametrize(("text", "preferred", "language"), WRITTEN)
def test_the_language_of_a_text(text: str, preferred: str, language: str) -> None:
    assert written_in(text, preferred, LIBRARY.directory.scripts) == language


TEXTS = [
    ("1", "satisfied", ""),
    (" 2。", "not_satisfied", ""),
    ("不满意！", "not_satisfied", ""),
    ("没解决", "not_settled", ""),
    ("Not  Settled.", "not_settled", ""),
    ("“满意”", "satisfied", ""),
    ("唔滿意。", "not_satisfied", ""),
    ("未搞掂，仲係冇水", "not_settled", "仲係冇水"),
    ("3，水又停了。", "not_settled", "水又停了"),
    ("没解决：还是没有水", "not_settled", "还是没有水"),
    ("2 nobody came", "not_satisfied", "nobody came"),
    ("我家水管又坏了，不满意", None, ""),
    ("满意的答复还没有收到", None, ""),
    ("12345674", None, ""),
    ("2个月没有水", None, ""),
    ("", None, ""),
    ("4", None, ""),
]


@pytest.mark.parametrize(("text", "word", "rest"), TEXTS)
def test_a_text_that_begins_with_the_word(text: str, word: str | None, rest: str) -> None:
    assert written_word(text, LOCALES) == (word, rest)


def status(state: str, *inputs: Input) -> list[engine.Step]:
    """The caller asks after a ticket, and what then."""
    found = TicketFound(NUMBER, state, "utilities", MONDAY_MORNING, MONDAY_MORNING, OPEN.outcome)
    known = {TicketLookup(NUMBER): found}
    return play("inbound", {}, known, Pressed("3"), Pressed(NUMBER), *inputs, answered_by="")


def test_who_asks_after_a_resolved_ticket_may_answer_at_once() -> None:
    told, said = status("resolved", Pressed("3"))[-2:]
    assert "满意请按 1" in texts(told.directives)
    assert told.effects == (TellStatus(NUMBER),)
    assert said.effects == (RecordSatisfaction(NUMBER, "not_settled", "status"),)
    assert said.state.node == "main.menu"


@pytest.mark.parametrize(
    ("state", "is_told"), [("resolved", True), ("closed", True), ("reopened", False)]
)
def test_who_asks_after_a_settled_ticket_hears_what_came_of_it(state: str, is_told: bool) -> None:
    told = texts(status(state)[-1].directives)
    assert (f"办理结果是： {OPEN.outcome}" in told) == is_told


def test_who_says_nothing_comes_to_the_menu() -> None:
    last = status("resolved", Silent())[-1]
    assert (last.state.node, last.effects) == ("main.menu", ())


def test_the_question_can_be_heard_again_and_wrong_keys_are_forgiven() -> None:
    for key in "*7":
        last = status("resolved", Pressed(key))[-1]
        assert "满意请按 1" in texts(last.directives)
        assert last.state.phase == "satisfied"


def test_no_word_is_asked_for_an_unresolved_ticket() -> None:
    last = status("in_progress")[-1]
    assert (last.state.node, last.effects) == ("main.menu", (TellStatus(NUMBER),))


def call_back(*inputs: Input, known: bool = True, answered_by: str = "human") -> list[engine.Step]:
    """A member of the staff is rung to call somebody back."""
    found = {CallBackLookup("3"): CallBackFound(NUMBER, "", "+8613800138000")} if known else {}
    return play("call_back", {"call": "3"}, found, *inputs, answered_by=answered_by)


def test_the_staff_press_1_to_be_connected() -> None:
    asked, dialled, ended = call_back(Pressed("1"), DialEnded("completed", bridged=True))
    assert "1 2 3 4 5 6 7 4" in texts(asked.directives)
    (dial,) = [d for d in dialled.directives if isinstance(d, Dial)]
    assert (dial.numbers, dial.whisper) == (("+8613800138000",), ())
    assert effects([dialled, ended]) == [NoteCallBack("accepted"), NoteCallBack("reached")]


def test_a_talk_that_was_moved_to_a_conference_is_followed_there_once() -> None:
    found = CallBackFound(NUMBER, "", "+8613800138000", room="room-7", label="agent-3")
    ended = DialEnded("completed", bridged=True)
    steps = play(
        "call_back", {"call": "3"}, {CallBackLookup("3"): found}, Pressed("1"), ended, ended,
        answered_by="human",
    )  # fmt: skip
    *_, moved, over = steps
    (join,) = moved.directives
    assert isinstance(join, JoinConference)
    assert (join.name, join.label, join.closes) == ("room-7", "agent-3", False)
    assert moved.effects == ()
    assert over.effects == (NoteCallBack("reached"),)


def test_a_caller_who_does_not_answer_is_noted() -> None:
    last = call_back(Pressed("1"), DialEnded("no-answer", bridged=False))[-1]
    assert last.effects == (NoteCallBack("not_reached"),)


@pytest.mark.parametrize("inputs", [(Pressed("2"),), (Silent(), Silent()), (Pressed("0"),) * 3])
def test_without_the_key_nobody_is_rung(inputs: tuple[Input, ...]) -> None:
    steps = call_back(*inputs)
    assert effects(steps) == []
    assert isinstance(steps[-1].directives[-1], HangUp)


def test_a_machine_or_a_ticket_that_is_gone_ends_the_call_back() -> None:
    (machine,) = call_back(answered_by="machine_start")
    assert machine.effects == (AnswerOutbound("machine"),)
    (gone,) = call_back(known=False)
    assert isinstance(gone.directives[-1], HangUp)


@any_of(
    st.lists(anything, max_size=10),
    st.sampled_from(["return_visit", "call_back", "challenge", "banned"]),
    st.sampled_from([OPEN, SEALED, None]),
    st.sampled_from(["", "human", "machine_start"]),
)
def test_any_walk_ends_each_step_waiting_or_hung_up(
    walk: list[Input], entry: str, ticket: ReturnVisitFound | None, answered_by: str
) -> None:
    found: dict[Lookup, object] = {
        CallBackLookup("3"): CallBackFound(NUMBER, "no such category", "+8613800138000")
    }
    if ticket is not None:
        found[ReturnVisitLookup("7")] = ticket
    steps = play(entry, {"visit": "7", "call": "3"}, found, *walk, answered_by=answered_by)
    for step in steps:
        assert isinstance(step.directives[-1], (*WAITING, HangUp))
        assert not any(isinstance(d, (*WAITING, HangUp)) for d in step.directives[:-1])
        assert State.from_json(step.state.to_json()) == step.state

"""Following a ticket: a code to the telephone, the same answers for everybody else."""

import re
from datetime import timedelta

import pytest
from app.messages.codes.limits import DAY, Limit, count
from app.messages.codes.service import FAILED
from app.portal.page import composer_of
from app.tickets.links.merging import merge
from app.tickets.notes.service import add_note
from app.tickets.service import transition
from tests.fixtures.office import Office
from tests.portal.visitor import LANDLINE, MOBILE, OTHER, Visitor, png


def move(office: Office, number: str, *states: str) -> None:
    for state in states:
        with office.database.writing() as connection:
            why = "已派人修好" if state == "resolved" else ""
            transition(connection, number, state, "staff:1", why, office.clock.now())  # type: ignore[arg-type]


def test_the_caller_sees_what_was_told_and_nothing_else(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    move(office, number, "acknowledged", "in_progress")
    with office.database.writing() as connection:
        now = office.clock.now()
        add_note(connection, number, "内部：此人多次来访", "staff:1", now, key="a")
        add_note(connection, number, "明天上午来修", "staff:1", now, key="b", told_by="call")
    page = visitor.follow(number).text
    assert "明天上午来修" in page
    assert "此人多次来访" not in page
    assert "正在办理" in page
    assert "安置房漏水，没人来修" in page
    assert "staff" not in re.sub(r'href="[^"]*"', "", page)


def test_a_word_and_a_photo_are_added(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    page = visitor.follow(number).text
    answer = visitor.send(
        "/follow/ticket", "/follow/ticket/words", [("b.png", png(), "image/png")],
        page=page, words="二楼也漏了",
    )  # fmt: skip
    assert "已经补充进去了" in answer.text
    assert "二楼也漏了" in answer.text
    assert "b.png" in answer.text
    nothing = visitor.send("/follow/ticket", "/follow/ticket/words", words=" ")
    assert nothing.status_code == 422


@pytest.mark.parametrize(
    ("word", "state"),
    [("satisfied", "已结束"), ("not_satisfied", "已结束"), ("not_settled", "重新办理")],
)
def test_the_caller_has_the_last_word(office: Office, word: str, state: str) -> None:
    assert office.hire("agent") == 1
    visitor = Visitor(office)
    number = visitor.appeal()
    move(office, number, "acknowledged", "in_progress", "resolved")
    page = visitor.follow(number).text
    assert "已派人修好" in page
    answer = visitor.send(
        "/follow/ticket", "/follow/ticket/word", page=page, word=word, words="修得很快"
    )
    assert (
        f'class="chip {"reopened" if word == "not_settled" else "closed"}">{state}' in answer.text
    )
    assert "修得很快" in answer.text


def test_wrong_number_wrong_telephone_and_landline_look_the_same(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    visitor.appeal(phone=LANDLINE)
    office.clock.at += timedelta(hours=1)
    pages = []
    for digits, phone in [
        (number, MOBILE),
        (number, OTHER),
        ("10000005", MOBILE),
        (number, LANDLINE),
    ]:
        asker = Visitor(office, f"198.51.100.{len(pages)}")
        answer = asker.send("/follow", number=digits, phone=phone)
        wrong = asker.send("/follow/code", page=answer.text, code="000000")
        pages += [(plain(answer.text), answer.status_code, plain(wrong.text), wrong.status_code)]
    assert len(set(pages)) == 1
    assert visitor.texts(OTHER) == visitor.texts(LANDLINE) == []


def plain(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_five_tries_ten_minutes_and_one_browser(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    page = visitor.send("/follow", number=number, phone=MOBILE).text
    code = visitor.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    stranger = Visitor(office)
    stranger.get("/follow")
    csrf = re.search(r'name="csrf" value="([^"]+)"', stranger.get("/appeal"))
    assert csrf
    taken = stranger.browser.post("/follow/code", data={"csrf": csrf.group(1), "code": code})
    assert taken.status_code == 422
    for _ in range(5):
        assert visitor.send("/follow/code", page=page, code=wrong).status_code == 422
    assert visitor.send("/follow/code", page=page, code=code).status_code == 422
    page = visitor.send("/follow", number=number, phone=MOBILE).text
    office.clock.at += timedelta(minutes=11)
    assert visitor.send("/follow/code", page=page, code=visitor.code()).status_code == 422


def test_a_code_is_good_for_one_ticket_and_half_an_hour(office: Office) -> None:
    visitor = Visitor(office)
    first, second = visitor.appeal(), visitor.appeal(words="另一件事，路断了")
    page = visitor.follow(first).text
    assert "路断了" not in page
    assert second not in page.replace(" ", "")
    office.clock.at += timedelta(minutes=31)
    assert visitor.browser.get("/follow/ticket").url.path == "/follow"


def test_leaving_ends_it(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.follow(visitor.appeal()).text
    visitor.send("/follow/ticket", "/follow/leave", page=page)
    assert visitor.browser.get("/follow/ticket").url.path == "/follow"


def test_one_can_come_back(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    for _ in range(2):
        page = visitor.follow(number).text
        assert "安置房漏水" in page
        visitor.send("/follow/ticket", "/follow/leave", page=page)


def test_a_telephone_gets_three_codes_an_hour(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    before = len(visitor.texts())
    for _ in range(5):
        answer = visitor.send("/follow", number=number, phone=MOBILE)
        assert "验证码已经发出" in answer.text  # and looks as if there were more
    assert len(visitor.texts()) == before + 3


def test_one_address_asks_twenty_times_an_hour(office: Office) -> None:
    visitor = Visitor(office)
    for _ in range(20):
        assert visitor.send("/follow", number="10000005", phone=OTHER).status_code == 200
    assert visitor.send("/follow", number="10000005", phone=OTHER).status_code == 429


def test_guessing_at_one_telephone_shuts_nobody_else_out(office: Office) -> None:
    number = Visitor(office).appeal()
    for turn in range(41):
        guesser = Visitor(office, f"198.51.{turn}.1")
        page = guesser.send("/follow", number=number, phone=MOBILE).text
        for _ in range(5):
            answer = guesser.send("/follow/code", page=page, code="999999", seconds=0)
            assert answer.status_code == 422
    other = Visitor(office, "203.0.113.99")
    own = other.appeal(phone=OTHER)
    assert other.follow(own, OTHER).status_code == 200


def test_guessing_stops_for_the_whole_hotline(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.send("/follow", number=visitor.appeal(), phone=MOBILE).text
    with office.database.writing() as connection:
        for _ in range(200):
            count(connection, (Limit(FAILED, "purpose follow", DAY, 200),), office.clock.now())
    answer = visitor.send("/follow/code", page=page, code=visitor.code())
    assert answer.status_code == 429


def test_nothing_personal_stands_in_an_address(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal()
    answer = visitor.follow(number)
    for step in (*answer.history, answer):
        assert "138" not in str(step.url)
        assert number not in str(step.url)


def test_without_a_code_there_is_nothing(office: Office) -> None:
    visitor = Visitor(office)
    for path in ("/follow/ticket", "/follow/code"):
        assert visitor.browser.get(path).url.path == "/follow"
    csrf = re.search(r'name="csrf" value="([^"]+)"', visitor.get("/follow"))
    assert csrf
    for path in ("/follow/ticket/words", "/follow/ticket/word"):
        answer = visitor.browser.post(
            path, data={"csrf": csrf.group(1), "words": "x", "word": "satisfied"}
        )
        assert answer.url.path == "/follow"


def test_whose_tickets_were_merged_see_the_matter_but_not_each_others_words(
    office: Office,
) -> None:
    first, second = Visitor(office, "203.0.113.7"), Visitor(office, "203.0.113.8")
    stays = first.appeal(words="邻居家的猪圈漏粪水", place="沙溪村三组", phone=MOBILE)
    goes = second.appeal(words="村口的臭水沟没人管", phone=OTHER)
    with office.database.writing() as connection:
        now = office.clock.now()
        add_note(connection, stays, "明天到您家里看", "staff:1", now, key="a", told_by="call")
        composer = composer_of(office.service.site)
        merge(connection, goes, stays, "staff:1", "同一条水沟", now, composer)
    move(office, stays, "acknowledged", "in_progress")
    page = second.follow(goes, OTHER).text
    assert f"{stays[:4]} {stays[4:]}" in page
    assert "正在办理" in page
    assert "村口的臭水沟没人管" in page
    for others in ("猪圈", "沙溪村", "明天到您家里看"):
        assert others not in page
    added = second.send("/follow/ticket", "/follow/ticket/words", page=page, words="我家也臭")
    assert "我家也臭" in added.text
    move(office, stays, "resolved")
    asked = second.get("/follow/ticket")
    assert "已派人修好" in asked
    assert "/follow/ticket/word" not in asked.replace("/follow/ticket/words", "")
    forged = asked.replace('action="/follow/ticket/words"', 'action="/follow/ticket/word"')
    refused = second.send("/follow/ticket", "/follow/ticket/word", page=forged, word="satisfied")
    assert refused.status_code == 422
    own = first.follow(stays).text
    assert "邻居家的猪圈漏粪水" in own
    assert "明天到您家里看" in own
    assert "我家也臭" not in own


def test_numbers_and_codes_are_read_as_old_people_type_them(office: Office) -> None:
    """Full-width digits, spaces, words around them."""
    visitor = Visitor(office)
    number = visitor.appeal()
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    typed = f"编号：{number[:4]}　{number[4:]}".translate(wide)
    page = visitor.send("/follow", number=typed, phone="１３８－００１３－８０００").text
    code = visitor.code().translate(wide)
    for _ in range(2):  # and pressed twice
        opened = visitor.send("/follow/code", page=page, code=f" {code[:3]} {code[3:]} ")
        assert opened.url.path == "/follow/ticket"

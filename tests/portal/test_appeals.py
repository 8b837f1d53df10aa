"""Bringing an appeal on the portal."""

from datetime import timedelta

import pytest
from app.blobs import BlobStore
from app.tickets.attachments.models import TicketAttachment
from app.tickets.models import Ticket
from sqlalchemy import select
from tests.fixtures.office import Office
from tests.portal.visitor import LANDLINE, MOBILE, Visitor, hidden, number_on, png


def tickets(office: Office) -> list:
    with office.database.reading() as connection:
        return list(connection.execute(select(Ticket.__table__).order_by(Ticket.id)).all())


def test_an_appeal_with_a_photo_becomes_a_ticket(office: Office) -> None:
    visitor = Visitor(office)
    number = visitor.appeal(
        files=[("漏水.png", png(), "image/png")],
        place="清水镇 三组",
        name="王大爷",
        confidential="true",
    )
    (ticket,) = tickets(office)
    told = {name: getattr(ticket, name) for name in ("number", "category", "words", "place")}
    assert told == {
        "number": number,
        "category": "housing",
        "words": "安置房漏水，没人来修",
        "place": "清水镇 三组",
    }
    assert (ticket.channel, ticket.caller, ticket.caller_name) == ("portal", MOBILE, "王大爷")
    assert ticket.confidential is True
    assert (ticket.opened_by, ticket.language) == ("caller", "zh-CN")
    with office.database.reading() as connection:
        file = connection.execute(select(TicketAttachment.__table__)).one()
    kept = BlobStore(office.app.state.site.settings.recordings_url).open(file.blob)
    assert (file.actor, file.name) == ("caller", "漏水.png")
    assert b"GPS" not in kept
    assert visitor.texts()[-1].startswith("【移民热线】您反映的“住房和安置点”已登记")


def test_a_form_sent_twice_is_one_ticket(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.get("/appeal")
    first = visitor.send("/appeal", page=page, category="land", words="地界不清", phone=MOBILE)
    again = visitor.send("/appeal", page=page, category="land", words="地界不清", phone=MOBILE)
    assert number_on(first.text) == number_on(again.text)
    assert len(tickets(office)) == len(visitor.texts()) == 1


def test_the_number_is_shown_to_that_browser_only(office: Office) -> None:
    visitor = Visitor(office)
    answer = visitor.send("/appeal", category="land", words="地界不清", phone=MOBILE)
    number_on(answer.text)
    stranger = Visitor(office)
    stranger.get("/appeal")
    elsewhere = stranger.browser.get(str(answer.url))
    assert elsewhere.url.path == "/follow"
    assert MOBILE.removeprefix("+86") not in str(answer.url)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"category": "nonsense"}, "category"),
        ({"category": ""}, "category"),
        ({"words": " 。 "}, "words"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "+1 900 555 0123"}, "phone"),
        ({"phone": "110"}, "phone"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    office: Office, fields: dict[str, str], wrong: str
) -> None:
    visitor = Visitor(office)
    filled = {"category": "housing", "words": "安置房漏水", "place": "三组", "phone": MOBILE}
    answer = visitor.send("/appeal", **filled | fields)
    assert answer.status_code == 422
    assert f'href="#{wrong}"' in answer.text
    assert 'value="三组"' in answer.text
    assert tickets(office) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.exe", b"MZ\x90"), ("a.jpg", b"<svg onload=alert(1)>"), ("a.png", png()[:40])],
)
def test_files_that_are_no_photos_are_refused(office: Office, name: str, data: bytes) -> None:
    visitor = Visitor(office)
    answer = visitor.send(
        "/appeal", files=[(name, data, "image/png")], category="housing", words="安置房漏水"
    )
    assert answer.status_code == 422
    assert 'href="#photos"' in answer.text


def test_six_photos_are_too_many(office: Office) -> None:
    files = [(f"{n}.png", png(), "image/png") for n in range(6)]
    answer = Visitor(office).send("/appeal", files=files, category="housing", words="安置房漏水")
    assert "最多选 5 个文件" in answer.text


@pytest.mark.parametrize(
    ("extra", "seconds"),
    [({}, 0.5), ({"website": "http://spam"}, 30), ({"form": "forged.1.2"}, 30)],
)
def test_machines_are_asked_once_more_and_people_lose_nothing(
    office: Office, extra: dict[str, str], seconds: float
) -> None:
    visitor = Visitor(office)
    filled = {"category": "housing", "words": "安置房漏水", "phone": MOBILE}
    answer = visitor.send("/appeal", seconds=seconds, **filled | extra)
    assert answer.status_code == 422
    assert "再按一次提交" in answer.text
    assert tickets(office) == []
    again = visitor.send("/appeal", page=answer.text, **filled)
    number_on(again.text)


def test_a_form_of_yesterday_is_asked_once_more(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.get("/appeal")
    office.clock.at += timedelta(hours=25)
    answer = visitor.send("/appeal", page=page, category="housing", words="安置房漏水")
    assert answer.status_code == 422


def test_without_our_token_or_from_another_site_nothing_is_taken(office: Office) -> None:
    visitor = Visitor(office)
    kept = hidden(visitor.get("/appeal"), "/appeal") | {"category": "land", "words": "地界不清"}
    assert visitor.browser.post("/appeal", data=kept | {"csrf": "x"}).status_code == 403
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert visitor.browser.post("/appeal", data=kept, headers=elsewhere).status_code == 403
    assert tickets(office) == []


def test_an_anonymous_appeal_and_one_from_a_landline_get_no_text(office: Office) -> None:
    visitor = Visitor(office)
    visitor.appeal(phone="")
    visitor.appeal(phone=LANDLINE)
    assert [ticket.caller for ticket in tickets(office)] == ["", LANDLINE]
    assert visitor.texts("") == visitor.texts(LANDLINE) == []


def test_a_strangers_telephone_is_not_flooded(office: Office) -> None:
    visitor = Visitor(office)
    for _ in range(6):
        visitor.appeal()
    assert len(tickets(office)) == 6
    assert len(visitor.texts()) == 3


def test_one_address_brings_only_so_many(office: Office) -> None:
    visitor = Visitor(office)
    for _ in range(20):
        visitor.appeal(phone="")
    answer = visitor.send("/appeal", category="land", words="地界不清")
    assert answer.status_code == 429
    assert "地界不清" in answer.text
    Visitor(office, "198.51.100.9").appeal()
    office.clock.at += timedelta(hours=1)
    visitor.appeal()


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_words_come_back_as_words(office: Office, payload: str) -> None:
    visitor = Visitor(office)
    answer = visitor.send("/appeal", words=payload, place=payload, phone=payload)
    assert answer.status_code == 422
    assert payload not in answer.text
    number = visitor.appeal(words=f"{payload} 漏水了", place=payload)
    assert payload not in visitor.follow(number).text


def test_the_page_may_run_no_foreign_script(office: Office) -> None:
    answer = Visitor(office).browser.get("/appeal")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["cache-control"] == "no-store"


def test_english(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.get("/language/en-US?back=/appeal")
    assert "What has happened?" in page
    answer = visitor.send(
        "/appeal", category="land", words="The border stone was moved", phone=MOBILE
    )
    assert "It is registered" in answer.text
    assert visitor.texts()[-1].startswith("[Migrants' hotline] Your appeal about land")
    assert tickets(office)[0].language == "en-US"

"""The agreement as the form 人民调解协议书: the same for the printed page and the PDF.

What it holds is what article 29 of the People's Mediation Law names: who the parties are; the main
facts, what is in dispute and who answers for what; what was agreed, how and until when it is done.
It takes effect when the parties have signed, sealed or put their fingerprints, and the mediator has
signed and the committee sealed it. Each party keeps one, the committee one. A legal paper, it is in
Chinese whatever language the pages are in; blanks are left for the pen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.mediation.cases.queries import AgreementView, CaseView, PartyView
from app.mediation.cases.states import SIGNING
from app.web.telephones import telephone

TITLE = "人民调解协议书"
AGREED = "经调解，双方当事人自愿达成如下协议："
NUMERALS = "零一二三四五六七八九十"
WIDE = 2  # of a party's fields, the last ones take a whole line each
PERSON = (
    ("姓名或名称", "name"),
    ("性别", "gender"),
    ("民族", "ethnicity"),
    ("年龄", "age"),
    ("职业或职务", "occupation"),
    ("联系方式", "phone"),
    ("公民身份号码", "id_number"),
    ("单位或住址", "address"),
)
RIGHTS = (
    "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效，"
    "具有法律约束力，当事人应当按照约定履行（《中华人民共和国人民调解法》第二十九条、第三十一条）。"
    "双方当事人认为有必要的，可以自本协议生效之日起三十日内共同向人民法院申请司法确认"
    "（第三十三条）。"
)
SIGNATURES = (
    ("当事人（签名、盖章或按指印）", ""),
    ("人民调解员（签名）", "mediator"),
    ("记录人（签名）", "recorder"),
)
SEAL = "（人民调解委员会印章）"


@dataclass(frozen=True, slots=True)
class FormParty:
    """A party on the form: its fields in order, each with its heading; an empty one is a blank."""

    heading: str
    fields: Sequence[tuple[str, str]]
    name: str


@dataclass(frozen=True, slots=True)
class AgreementForm:
    """All that stands on the paper."""

    number: str
    version: int
    parties: Sequence[FormParty]
    sections: Sequence[tuple[str, str]]
    terms: str
    performance: str
    closing: str
    mediator: str
    recorder: str
    signed_on: str


def form_of(
    case: CaseView, parties: Sequence[PartyView], agreement: AgreementView, mediator: str
) -> AgreementForm:
    """The form of a version of the agreement, with the parties who sign it."""
    signing = [one for one in parties if one.role in SIGNING and one.removed_at is None]
    return AgreementForm(
        number=case.number,
        version=agreement.version,
        parties=[_party(number, party) for number, party in enumerate(signing, start=1)],
        sections=(
            ("纠纷主要事实", agreement.facts),
            ("争议事项及各方责任", agreement.matters),
        ),
        terms=agreement.terms,
        performance=agreement.performance,
        closing=f"本协议一式{_copies(agreement.copies)}份，当事人、人民调解委员会各持一份。",
        mediator=mediator,
        recorder=agreement.recorder,
        signed_on=chinese_day(case.effective_on),
    )


def chinese_day(day: date | None) -> str:
    """A day as papers say it; a blank to be filled in when there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "______年____月____日"


def paragraphs(text: str) -> Sequence[str]:
    """The lines of a part, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def name_of(party: PartyView) -> str:
    """A party's name; "" for whoever is known by their telephone alone."""
    return "" if party.name == party.phone else party.name


def _party(number: int, party: PartyView) -> FormParty:
    values = {key: getattr(party, key) for _, key in PERSON}
    values |= {"phone": telephone(party.phone), "name": name_of(party)}
    heading = f"当事人{NUMERALS[number] if number < len(NUMERALS) else number}"
    if party.role == "applicant":
        heading += "（申请人）"
    elif party.role == "respondent":
        heading += "（被申请人）"
    return FormParty(heading, [(title, values[key]) for title, key in PERSON], name_of(party))


def _copies(count: int) -> str:
    return NUMERALS[count] if count < len(NUMERALS) else str(count)

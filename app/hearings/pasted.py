"""Lists of members as people paste them: a line each, from a spreadsheet or typed by hand."""

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from io import StringIO

from app.flows.hearing import Attendance
from app.hearings.errors import HearingError
from app.hearings.service import MOST_MEMBERS, MemberWish
from app.tickets.phones import e164

ROLES: Mapping[str, Attendance] = {
    "": "representative",
    "代表": "representative",
    "representative": "representative",
    "旁听": "observer",
    "观察员": "observer",
    "observer": "observer",
    "主持": "moderator",
    "主持人": "moderator",
    "moderator": "moderator",
}
LONGEST_NAME = 40
_SEPARATORS = re.compile('("[^"]*")|[，、；;\t]')  # not those within quotation marks
_HEADS = ("姓名", "name")


def members_of(text: str, languages: Collection[str], default_language: str) -> list[MemberWish]:
    """The members of a list: `name, telephone, role, language`, the last two may be missing.

    Raises HearingError that names the first line that cannot be read, and what to do.
    """
    lines = StringIO(_SEPARATORS.sub(lambda found: found[1] or ",", text))
    wishes: list[MemberWish] = []
    for number, cells in enumerate(csv.reader(lines), start=1):
        found = [cell.strip() for cell in cells]
        if not any(found) or found[0].lower() in _HEADS:
            continue
        wishes.append(_member(number, found, languages, default_language))
        if len(wishes) > MOST_MEMBERS:
            raise HearingError(
                f"名单最多 {MOST_MEMBERS} 行。", f"A list has at most {MOST_MEMBERS} lines."
            )
    if not wishes:
        raise HearingError(
            "请粘贴名单，每行一人：姓名，电话。", "Paste a list, a line each: name, telephone."
        )
    return wishes


def as_pasted(members: Iterable[MemberWish], language: str) -> str:
    """A list as it would be pasted, with roles in Chinese or English; `members_of` reads it."""
    words = [word for word in ROLES if word and word.isascii() != language.startswith("zh")]
    names = {ROLES[word]: word for word in reversed(words)}  # the first of each
    comma = "，" if language.startswith("zh") else ", "
    return "\n".join(
        comma.join((_quoted(one.name), one.phone, names[one.role], one.language)) for one in members
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if _SEPARATORS.search(name) or "," in name else name


def _member(
    number: int, cells: list[str], languages: Collection[str], default_language: str
) -> MemberWish:
    name, phone, role, language = (*cells, "", "", "", "")[:4]
    if not name or len(name) > LONGEST_NAME:
        raise HearingError(f"第 {number} 行没有姓名。", f"Line {number} has no name.")
    known = e164(phone)
    if not known:
        raise HearingError(
            f"第 {number} 行的电话“{phone}”不对：请核对后再粘贴。",
            f"Line {number}: “{phone}” is no telephone; look at it again.",
        )
    if role.lower() not in ROLES:
        raise HearingError(
            f"第 {number} 行的身份“{role}”不对：请写 代表、旁听 或 主持。",
            f"Line {number}: “{role}” is no role; write representative, observer or moderator.",
        )
    if language and language not in languages:
        known_tags = "、".join(languages)
        raise HearingError(
            f"第 {number} 行的语言“{language}”不对：请写 {known_tags}。",
            f"Line {number}: “{language}” is no language of the hotline; write {known_tags}.",
        )
    return MemberWish(name, known, ROLES[role.lower()], language or default_language)

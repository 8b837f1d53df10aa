"""Why a leg is not let out: sentences for people, in both languages, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.flows.hours import COUNTY_TIME
from app.flows.numbering import NumberRefusal

TWICE, OURSELVES = "twice", "ourselves"
Sentence = tuple[str, str]  # Chinese, English

_RULES: Mapping[str, Sentence] = {
    NumberRefusal.malformed: (
        "这不是一个电话号码，没有拨出。",
        "That is no telephone number: it was not dialled.",
    ),
    NumberRefusal.short: (
        "短号码和服务号码一律不拨。",
        "Short codes and service numbers are never dialled.",
    ),
    NumberRefusal.satellite: (
        "卫星电话一律不拨：费用过高。",
        "Satellite telephones are never dialled: they cost too much.",
    ),
    NumberRefusal.premium: (
        "收费服务号码一律不拨。",
        "Numbers that cost extra are never dialled.",
    ),
    NumberRefusal.country: (
        "不拨这个国家或地区的号码：允许的写在 directory.yaml 的 dialling 里。",
        "Numbers of that country are not dialled: `dialling` in directory.yaml says which are.",
    ),
    NumberRefusal.kind: (
        "只拨固定电话和手机。",
        "Only fixed and mobile telephones are dialled.",
    ),
    NumberRefusal.unassigned: (
        "没有这样的号码：请逐位核对。",
        "No telephone has that number: compare it digit by digit.",
    ),
    OURSELVES: (
        "不能拨热线自己的号码。",
        "The hotline does not dial itself.",
    ),
    TWICE: (
        "这通电话已经拨过，结果不明的电话不会再拨。",
        "This call was placed before: one whose outcome is unknown is never placed again.",
    ),
}  # fmt: skip

_CAPS: Mapping[str, Sentence] = {
    "number": ("这个号码拨得太多了", "That number was dialled too often"),
    "own_number": ("这部值班电话拨得太多了", "That duty telephone was dialled too often"),
    "staff": ("您拨出的电话已到上限", "You have placed as many calls as one person may"),
    "calls": ("热线拨出的电话已到上限", "The hotline has placed as many calls as it may"),
    "minutes": ("热线的通话时长已到上限", "The hotline has used as many minutes as it may"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A leg is not let out. `rule` is the number's fault or the name of the cap that is reached.

    `until` is when it may be asked for again; None when asking again is useless.
    """

    rule: str
    until: datetime | None = None

    @property
    def is_cap(self) -> bool:
        """Whether it is only a matter of time."""
        return "_per_" in self.rule

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return said(self.rule, language, self.until)


def said(rule: str, language: str, until: datetime | None = None) -> str:
    """What a rule says to whoever asked, in Chinese or English."""
    is_chinese = language.startswith("zh")
    scope, is_cap, _ = rule.partition("_per_")
    if not is_cap:
        zh, en = _RULES[rule]
        return zh if is_chinese else en
    zh, en = _CAPS[scope]
    if until is None:
        return f"{zh}。" if is_chinese else f"{en}."
    when = until.astimezone(COUNTY_TIME).strftime("%m-%d %H:%M")
    return f"{zh}：请在 {when} 以后再拨。" if is_chinese else f"{en}: call after {when}."

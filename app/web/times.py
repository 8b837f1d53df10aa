"""Times as people say them, in the county's own time; the exact one stands beside on hover."""

from datetime import date, datetime, timedelta

from app.flows.hours import COUNTY_TIME
from app.web.words import CHINESE

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MINUTE, HOUR, DAY = 60, 3600, 86400


def when(instant: datetime, now: datetime, language: str) -> str:
    """An instant near or far: 今天 14:05, 周三 10:00, 11月3日 10:00, 2025年3月1日.

    What is still to come always has its hour.
    """
    local, today = instant.astimezone(COUNTY_TIME), now.astimezone(COUNTY_TIME)
    days = (today.date() - local.date()).days
    clock = f"{local:%H:%M}"
    if language == CHINESE:
        named = {0: "今天", 1: "昨天", -1: "明天"}.get(days)
        weekday, dated = _WEEKDAYS[local.weekday()], day_of_year(local, language)
        full = f"{local.year}年{dated}"
    else:
        named = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days)
        weekday, dated = f"{local:%a}", day_of_year(local, language)
        full = f"{dated} {local.year}"
    if named:
        return f"{named} {clock}"
    if abs(days) < 7:
        return f"{weekday} {clock}"
    if local.year == today.year:
        return f"{dated} {clock}"
    return f"{full} {clock}" if days < 0 else full


def day_of_year(day: date, language: str) -> str:
    """A day without its year: 11月3日, 3 Nov."""
    return f"{day.month}月{day.day}日" if language == CHINESE else f"{day.day} {day:%b}"


def exact(instant: datetime) -> str:
    """The exact instant in the county's time: 2026-11-24 14:05:09."""
    return f"{instant.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M:%S}"


def span(seconds: float, language: str) -> str:
    """A length of time in its two largest parts: 3 天 4 小时, 1 小时 5 分, 12 分, 40 秒."""
    units = (
        ((DAY, "天"), (HOUR, "小时"), (MINUTE, "分"), (1, "秒"))
        if language == CHINESE
        else ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))
    )
    left = int(abs(seconds))
    if left >= DAY:
        left -= left % HOUR
    elif left >= HOUR:
        left -= left % MINUTE
    elif left >= MINUTE:
        left -= left % MINUTE if left >= 10 * MINUTE else 0
    parts = []
    for size, name in units:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or f"0 {units[-1][1]}"


def countdown(due: datetime, now: datetime, language: str) -> str:
    """How long is left until an instant, or by how much it is over: 剩 12 分, 超时 1 小时 5 分."""
    left = (due - now).total_seconds()
    over, rest = ("超时 ", "剩 ") if language == CHINESE else ("late by ", "")
    return (over if left < 0 else rest) + span(left, language)


def countdown_tone(due: datetime, now: datetime, warn: int) -> str:
    """How a countdown looks: `late`, `soon` within `warn` seconds of its end, or `calm`."""
    left = (due - now).total_seconds()
    return "late" if left < 0 else "soon" if left < warn else "calm"


def clock_span(seconds: int | None) -> str:
    """The length of a call: 0:07, 12:40, 1:05:00; a dash when unknown."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def iso(instant: datetime) -> str:
    """For `<time datetime>` and scripts."""
    return instant.isoformat(timespec="seconds")


def until(due: datetime, now: datetime) -> timedelta:
    """How long until an instant; negative when it has passed."""
    return due - now

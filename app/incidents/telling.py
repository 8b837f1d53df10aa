"""What people are told about an incident, by language; nothing in it is about its caller."""

from collections.abc import Mapping

from app.flows.directory import Directory
from app.incidents.states import Standing

ALARM, TAKEN, JOINED = "incident.alarm", "incident.taken", "incident.joined"
WAYS = ("console", "sms", "push")


def alarm(directory: Directory, incident: Standing, number: str) -> dict[str, str]:
    """That there is an emergency, and what is to be done."""
    about = _about(directory, incident, number)
    return {
        "zh-CN": f"{about['zh-CN']}请立即接手：接听来电按 1，或打开控制台“应急”。",
        "en-US": f"{about['en-US']} Take charge now: press 1 when you are rung, or open Incidents.",
    }


def taken(directory: Directory, incident: Standing, number: str, name: str) -> dict[str, str]:
    """Who is in charge."""
    about = _about(directory, incident, number)
    return {
        "zh-CN": f"{about['zh-CN']}已由{name or '值班电话'}接手。",
        "en-US": f"{about['en-US']} {name or 'A duty telephone'} is in charge.",
    }


def joined(directory: Directory, incident: Standing, number: str) -> dict[str, str]:
    """That somebody else has reported the same."""
    about = _about(directory, incident, number)
    return {
        "zh-CN": f"{about['zh-CN']}与您负责的紧急报告地点相同，已关联。",
        "en-US": f"{about['en-US']} It is about the same place as yours and is linked to it.",
    }


def _about(directory: Directory, incident: Standing, number: str) -> Mapping[str, str]:
    drill = ("【演练】", "[DRILL] ") if incident.is_drill else ("", "")
    place = [directory.place_name(incident.place, tag) for tag in ("zh-CN", "en-US")]
    zh = [f"紧急报告 {number}", place[0] and f"地点{place[0]}"]
    en = [f"Emergency {number}", place[1] and f"at {place[1]}"]
    if incident.people is not None:
        zh.append(f"{incident.people} 人")
        en.append(f"{incident.people} people")
    return {
        "zh-CN": drill[0] + "，".join(part for part in zh if part) + "。",
        "en-US": drill[1] + ", ".join(part for part in en if part) + ".",
    }

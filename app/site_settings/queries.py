"""The site's settings as they stand."""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from app.site_settings.models import SiteSetting


class SiteSettings(BaseModel):
    """Every setting with its type and default.

    `challenge` asks callers to press the number they hear: never (`off`), those who call more than
    `challenge_calls_per_hour` times within an hour (`busy`), or everybody (`all`). `set_up` says
    whether an administrator is led to the set-up at sign-in (`begun`), or has left it for later.
    With `flows_need_second_person` whoever changed the menus cannot put the change in force alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    challenge: Literal["off", "busy", "all"] = "off"
    challenge_calls_per_hour: int = Field(default=6, ge=1, le=1_000)
    set_up: Literal["begun", "left", "finished"] = "begun"
    flows_need_second_person: bool = False


def site_settings(connection: Connection) -> SiteSettings:
    """The settings in force; one that a newer version wrote and this one does not know is left."""
    rows = connection.execute(select(SiteSetting.key, SiteSetting.value))
    known = SiteSettings.model_fields
    return SiteSettings(**{row.key: json.loads(row.value) for row in rows if row.key in known})

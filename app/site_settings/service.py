"""Switching the site's settings; the only writer of their table."""

import json
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, update

from app.database import insert_once
from app.people.audit.service import record
from app.site_settings.models import SiteSetting
from app.site_settings.queries import SiteSettings, site_settings


class SettingError(Exception):
    """A setting cannot be so. `str` is the English sentence, `zh` the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh

    def said(self, language: str) -> str:
        """The sentence in a language: Chinese or English."""
        return self.zh if language.startswith("zh") else str(self)


def change_setting(
    connection: Connection, key: str, value: object, actor: str, at: datetime
) -> SiteSettings:
    """Change one setting; returns all as they stand then. In force within seconds, everywhere.

    Raises SettingError for an unknown key or a value that does not fit it.
    """
    before = site_settings(connection)
    after = _checked(before, key, value)
    kept = json.dumps(getattr(after, key))
    row = {"value": kept, "changed_at": at, "changed_by": actor}
    if not insert_once(connection, SiteSetting, key=key, **row):
        connection.execute(update(SiteSetting).where(SiteSetting.key == key).values(**row))
    detail = {"before": getattr(before, key), "after": getattr(after, key)}
    record(connection, actor=actor, act="site.changed", target=f"setting:{key}",
           detail=detail, at=at)  # fmt: skip
    return after


def _checked(before: SiteSettings, key: str, value: object) -> SiteSettings:
    if key not in SiteSettings.model_fields:
        raise SettingError(f"没有“{key}”这个设置。", f"There is no setting `{key}`.")
    try:
        return SiteSettings.model_validate(before.model_dump() | {key: value})
    except ValidationError as error:
        why = error.errors()[0]["msg"]
        raise SettingError(
            f"“{key}”不能设成 {value}：请换一个值。", f"`{key}` cannot be {value}: {why}."
        ) from error

"""A new password as typed twice into a form, and what is said of it."""

from dataclasses import dataclass
from datetime import datetime

from app.database import Database
from app.people.access.visitor import Visitor
from app.people.account.service import SamePasswordError, set_password
from app.people.credentials.rules import WeakPasswordError


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password, twice."""

    new: str
    again: str


def new_password_error(
    database: Database, visitor: Visitor, typed: NewPassword, at: datetime
) -> str:
    """Set the password, or the key of the sentence that says why not (`people.error.<key>`)."""
    if typed.new != typed.again:
        return "not_again"
    try:
        set_password(database, visitor, typed.new, at)
    except WeakPasswordError as error:
        return f"password_{error.weakness}"
    except SamePasswordError:
        return "password_same"
    return ""

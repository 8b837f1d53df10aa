"""Pages and acts about one person of the staff."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field
from sqlalchemy import Connection

from app.people.access.scope import ALL
from app.people.access.visitor import Visitor
from app.people.credentials.passwords import hash_password, one_time_password
from app.people.skills.service import set_skills
from app.people.staff import service
from app.people.staff.areas import insist_on_area, role_named
from app.people.staff.authority import may_see
from app.people.staff.errors import StaffError
from app.people.staff.pages import person_page, skills_offered
from app.people.staff.queries import Person
from app.people.staff.service import Profile
from app.web.access import EditStaff, ViewStaff
from app.web.problems import ProblemError
from app.web.site import site_of
from app.web.words import CHINESE, LANGUAGES

router = APIRouter()

Text = Annotated[str, Form(max_length=200)]
Skill = Annotated[str, Field(max_length=64)]


@router.get("/{staff_id}")
def show(request: Request, visitor: ViewStaff, staff_id: int, done: str = "") -> Response:
    """One person: profile, grants, where they are signed in."""
    return person_page(request, visitor, staff_id, done=done)


@router.post("/{staff_id}/profile")
def profile(
    request: Request,
    visitor: EditStaff,
    staff_id: int,
    name: Text = "",
    phone: Text = "",
    language: Text = CHINESE,
) -> Response:
    """Change somebody's name, telephone and language."""
    wished = Profile(name, language if language in LANGUAGES else CHINESE, phone)
    return _changed(
        request, visitor, staff_id, "profile",
        lambda c, person, at: service.change_profile(c, person, wished, by=visitor, at=at),
    )  # fmt: skip


@router.post("/{staff_id}/grants")
def grant(
    request: Request,
    visitor: EditStaff,
    staff_id: int,
    role: Text = "",
    department: Text = ALL,
    region: Text = ALL,
) -> Response:
    """Grant a role."""
    site = site_of(request)

    def give(connection: Connection, person: Person, at: datetime) -> None:
        insist_on_area(site, department)
        service.give_grant(
            connection, person, role_named(role), department, region, by=visitor, at=at
        )

    return _changed(request, visitor, staff_id, "granted", give)


@router.post("/{staff_id}/grants/take")
def revoke(
    request: Request,
    visitor: EditStaff,
    staff_id: int,
    role: Text = "",
    department: Text = ALL,
    region: Text = ALL,
) -> Response:
    """Take a role away."""
    return _changed(
        request, visitor, staff_id, "revoked",
        lambda c, person, at: service.take_grant(
            c, person, role_named(role), department, region, by=visitor, at=at
        ),
    )  # fmt: skip


@router.post("/{staff_id}/skills")
def skills(
    request: Request,
    visitor: EditStaff,
    staff_id: int,
    skill: Annotated[tuple[Skill, ...], Form()] = (),
) -> Response:
    """Say which languages somebody speaks besides their own, and what else they can do."""
    known = [one for one in skill if one in skills_offered(site_of(request))]
    return _changed(
        request, visitor, staff_id, "skills",
        lambda c, person, at: set_skills(c, person, known, by=visitor, at=at),
    )  # fmt: skip


@router.post("/{staff_id}/deactivate")
def deactivate(request: Request, visitor: EditStaff, staff_id: int) -> Response:
    """Let somebody in no more."""
    return _changed(
        request, visitor, staff_id, "deactivated",
        lambda c, person, at: service.deactivate(c, person, by=visitor, at=at),
    )  # fmt: skip


@router.post("/{staff_id}/reactivate")
def reactivate(request: Request, visitor: EditStaff, staff_id: int) -> Response:
    """Let somebody in again."""
    return _changed(
        request, visitor, staff_id, "reactivated",
        lambda c, person, at: service.reactivate(c, person, by=visitor, at=at),
    )  # fmt: skip


@router.post("/{staff_id}/sign-out")
def sign_out(request: Request, visitor: EditStaff, staff_id: int) -> Response:
    """Sign somebody out everywhere."""
    return _changed(
        request, visitor, staff_id, "signed_out",
        lambda c, person, at: service.sign_out_everywhere(c, person, by=visitor, at=at),
    )  # fmt: skip


@router.post("/{staff_id}/reset")
def reset(request: Request, visitor: EditStaff, staff_id: int, totp: Text = "") -> Response:
    """Give somebody a one-time password, which is shown once."""
    password = one_time_password(secrets.randbelow)
    hashed = hash_password(password)
    changed = _changed(
        request, visitor, staff_id, "reset",
        lambda c, person, at: service.reset_password(
            c, person, hashed, and_totp=bool(totp), by=visitor, at=at
        ),
    )  # fmt: skip
    if changed.status_code != 303:
        return changed
    return person_page(request, visitor, staff_id, password=password)


def _changed(
    request: Request,
    visitor: Visitor,
    staff_id: int,
    done: str,
    change: Callable[[Connection, Person, datetime], object],
) -> Response:
    """Change somebody within reach, or say on their page why not."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            person = service.reread(connection, staff_id)
            if not may_see(visitor, person):
                raise ProblemError(404)
            change(connection, person, site.clock.now())
    except LookupError:
        raise ProblemError(404) from None
    except StaffError as error:
        return person_page(request, visitor, staff_id, error=error.code)
    return RedirectResponse(f"/console/staff/{staff_id}?done={done}", 303)

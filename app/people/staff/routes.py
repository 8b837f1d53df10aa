"""Pages of the administration of staff."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.people.access.rights import Role
from app.people.access.scope import ALL
from app.people.access.visitor import Visitor
from app.people.credentials.passwords import hash_password, one_time_password
from app.people.credentials.queries import with_totp
from app.people.staff import person_routes, service
from app.people.staff.areas import insist_on_area, role_named
from app.people.staff.authority import may_see
from app.people.staff.errors import StaffError
from app.people.staff.pages import choices, person_page
from app.people.staff.queries import Person, all_people
from app.people.staff.service import Profile
from app.web.access import EditStaff, ViewStaff
from app.web.pages import render
from app.web.site import site_of
from app.web.words import CHINESE, LANGUAGES

router = APIRouter(prefix="/console/staff", include_in_schema=False)

Text = Annotated[str, Field(max_length=200)]


class NewPerson(BaseModel):
    """The form for somebody new, with a first role."""

    login: Text = ""
    name: Text = ""
    phone: Text = ""
    language: Text = CHINESE
    role: Text = Role.agent
    department: Text = ALL
    region: Text = ALL

    @property
    def profile(self) -> Profile:
        """What others will read."""
        language = self.language if self.language in LANGUAGES else CHINESE
        return Profile(self.name, language, self.phone)


@router.get("")
def people(
    request: Request, visitor: ViewStaff, role: str = "", department: str = "", q: str = ""
) -> Response:
    """Everybody within one's reach; filtered by role, department, login or name."""
    site = site_of(request)
    with site.database.reading() as connection:
        everybody = all_people(connection)
        factor = with_totp(connection)
    wanted = [
        person
        for person in everybody
        if may_see(visitor, person) and _matches(person, role, department, q)
    ]
    return render(
        request, "people/staff.html", visitor=visitor, people=wanted, with_totp=factor,
        role=role, department=department, q=q, **choices(site, visitor),
    )  # fmt: skip


@router.get("/new")
def new(request: Request, visitor: EditStaff) -> Response:
    """The form for somebody new."""
    return _new_page(request, visitor, NewPerson())


@router.post("")
def add(request: Request, visitor: EditStaff, typed: Annotated[NewPerson, Form()]) -> Response:
    """Add somebody with a first role; their one-time password is shown once."""
    site, at = site_of(request), site_of(request).clock.now()
    password = one_time_password(secrets.randbelow)
    hashed = hash_password(password)
    try:
        with site.database.writing() as connection:
            insist_on_area(site, typed.department)
            grant = (role_named(typed.role), typed.department, typed.region)
            staff_id = service.add_staff(
                connection, typed.login, typed.profile, hashed, by=visitor, at=at
            )
            person = service.reread(connection, staff_id)
            service.give_grant(connection, person, *grant, by=visitor, at=at)
    except StaffError as error:
        return _new_page(request, visitor, typed, error.code)
    return person_page(request, visitor, staff_id, password=password)


def _new_page(request: Request, visitor: Visitor, typed: NewPerson, error: str = "") -> Response:
    return render(
        request, "people/new_person.html", visitor=visitor, status=422 if error else 200,
        typed=typed, error=error, **choices(site_of(request), visitor),
    )  # fmt: skip


def _matches(person: Person, role: str, department: str, words: str) -> bool:
    text = words.strip().lower()
    return (
        (not role or any(grant.role == role for grant in person.grants))
        and (not department or any(grant.department == department for grant in person.grants))
        and (not text or text in person.login or text in person.name.lower())
    )


router.include_router(person_routes.router)

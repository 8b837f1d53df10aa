"""What the pages of staff show."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from app.people.access.rights import RIGHTS, Right, Role
from app.people.access.visitor import Visitor
from app.people.credentials.queries import credential_of
from app.people.sessions.queries import open_sessions
from app.people.skills.queries import skills_of
from app.people.staff.authority import may_manage, may_see
from app.people.staff.queries import find_person
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import Site, site_of
from app.web.spoken import spoken_language


def person_page(
    request: Request,
    visitor: Visitor,
    staff_id: int,
    *,
    done: str = "",
    error: str = "",
    password: str = "",
) -> Response:
    """One person; 404 for somebody outside the visitor's reach."""
    site = site_of(request)
    with site.database.reading() as connection:
        person = find_person(connection, staff_id)
        if person is None or not may_see(visitor, person):
            raise ProblemError(404)
        credential = credential_of(connection, staff_id)
        sessions = open_sessions(connection, staff_id, site.clock.now())
        skills = skills_of(connection, staff_id)
    return render(
        request, "people/person.html", visitor=visitor, status=422 if error else 200,
        person=person, credential=credential, sessions=sessions, done=done, error=error,
        password=password, may_edit=may_manage(visitor, person),
        is_oneself=visitor.staff_id == person.id, skills=skills,
        skills_offered=skills_offered(site, language_of(request, visitor)),
        **choices(site, visitor),
    )  # fmt: skip


def skills_offered(site: Site, language: str = "") -> dict[str, str]:
    """What staff can be said to do: the hotline's languages and the directory's skills, by name."""
    directory = site.library.current.directory
    spoken = {tag: spoken_language(tag, directory, language) for tag in directory.languages}
    return spoken | {key: directory.skill_name(key, language) for key in directory.skills}


def choices(site: Site, visitor: Visitor) -> dict[str, Any]:
    """What forms offer: roles with what they mean, and the departments of the directory."""
    return {
        "roles": list(Role),
        "rights": RIGHTS,
        "departments": site.library.current.directory.departments,
        "may_add": visitor.may(Right.staff_edit),
    }

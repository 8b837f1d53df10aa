"""Roles and departments as forms name them."""

from app.people.access.rights import Role
from app.people.access.scope import ALL
from app.people.staff.errors import AreaError
from app.web.site import Site


def role_named(name: str) -> Role:
    """The role of this name. Raises AreaError when there is none."""
    if name not in set(Role):
        raise AreaError
    return Role(name)


def insist_on_area(site: Site, department: str) -> None:
    """Raise AreaError for a department that is not in the directory."""
    if department not in (ALL, "", *site.library.current.directory.departments):
        raise AreaError

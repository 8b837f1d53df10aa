"""The directory for other systems."""

from fastapi import APIRouter, Request

from app.api.schemas import CategoryShown, DepartmentShown, DirectoryShown
from app.web.access import ApiViewDepartments
from app.web.site import site_of

router = APIRouter(tags=["directory"])


@router.get("/directory")
def read_directory(request: Request, _visitor: ApiViewDepartments) -> DirectoryShown:
    """Languages, departments and categories, as in force now."""
    directory = site_of(request).library.current.directory
    return DirectoryShown(
        languages=list(directory.languages),
        departments=[
            DepartmentShown(key=key, names=one.names) for key, one in directory.departments.items()
        ],
        categories=[
            CategoryShown(
                key=key,
                names=one.names,
                department=one.department,
                priority=one.priority,
                respond_minutes=one.respond_minutes,
                complete_hours=one.complete_hours,
            )
            for key, one in directory.categories.items()
        ],
    )

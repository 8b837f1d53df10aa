"""A telephone in the browser for a version or a draft: press keys, say words, and hear."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.console.flows.player import LONGEST_WAY, Moment, play
from app.console.flows.sets import FileSet, examined, library_of
from app.flows.hours import COUNTY_TIME
from app.flows.library import FlowLibrary
from app.people.access.visitor import Visitor
from app.publishing import queries
from app.publishing.drafts.queries import files_of_draft, find_draft
from app.web.access import ViewFlows
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of
from app.web.spoken import spoken_language

router = APIRouter(prefix="/console/flows")

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


class Way(BaseModel):
    """What the caller has done so far, where the call began, in which language, and when."""

    did: list[str] = Field(default_factory=list, max_length=LONGEST_WAY + 1)
    entry: str = Field(default="inbound", max_length=32)
    language: str = Field(default="", max_length=16)
    at: str = Field(default="", max_length=32)
    words: str = Field(default="", max_length=200)  # from the field beside the keys
    keys: str = Field(default="", max_length=20)

    def then(self, *did: str) -> str:
        """The address of the way with something more done."""
        told = {"entry": self.entry, "language": self.language, "at": self.at}
        steps = [("did", word) for word in (*self.did, *did)]
        return "?" + urlencode([*steps, *((key, told[key]) for key in told if told[key])])

    def without_last(self) -> str:
        """The address of the way without what was done last."""
        return self.model_copy(update={"did": self.did[:-1]}).then()

    def extended(self) -> "Way":
        """The way with what was written into the fields done as well."""
        more = [f"w{self.words.strip()}"] if self.words.strip() else []
        more += [f"k{self.keys.strip()}"] if self.keys.strip() else []
        return self.model_copy(update={"did": [*self.did, *more], "words": "", "keys": ""})


@router.get("/drafts/{draft_id}/preview")
def of_draft(
    request: Request, visitor: ViewFlows, draft_id: int, way: Annotated[Way, Query()]
) -> Response:
    """Play a draft."""
    with site_of(request).database.reading() as connection:
        draft = find_draft(connection, draft_id)
        if draft is None:
            raise ProblemError(404)
        files = FileSet.of(files_of_draft(connection, draft))
    return _page(request, visitor, files, way.extended(), draft.title, f"drafts/{draft_id}")


@router.get("/versions/{version}/preview")
def of_version(
    request: Request, visitor: ViewFlows, version: str, way: Annotated[Way, Query()]
) -> Response:
    """Play a version."""
    with site_of(request).database.reading() as connection:
        files = FileSet.of(queries.files_of(connection, version))
    if not files.files:
        raise ProblemError(404)
    return _page(request, visitor, files, way.extended(), version, f"versions/{version}")


def _page(
    request: Request, visitor: Visitor, files: FileSet, way: Way, title: str, back: str
) -> Response:
    site = site_of(request)
    library = library_of(site, files)
    moments = _moments(library, way, _instant(way.at, site.clock.now())) if library else []
    return render(
        request,
        "flows/preview.html",
        visitor=visitor,
        title=title,
        back=f"/console/flows/{back}",
        way=way,
        keys=KEYS,
        moments=moments,
        entries=_entries(library) if library else [],
        languages=_languages(library, language_of(request, visitor)) if library else {},
        findings=[] if library else examined(site, files).errors,
    )


def _moments(library: FlowLibrary, way: Way, at: datetime) -> list[Moment]:
    if way.entry not in _entries(library):
        raise ProblemError(404)
    try:
        return play(library, way.entry, way.language, at, way.did)
    except ValueError as error:
        raise ProblemError(422, str(error)) from error


def _entries(library: FlowLibrary) -> list[str]:
    """The entries at which a call can begin."""
    return [name for name, node in library.directory.entries.model_dump().items() if node]


def _languages(library: FlowLibrary, language: str) -> dict[str, str]:
    """The languages of callers in the reader's words."""
    directory = library.directory
    return {tag: spoken_language(tag, directory, language) for tag in directory.languages}


def _instant(written: str, now: datetime) -> datetime:
    """The time of the call: as a form writes it, in the county's own time, or now."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=COUNTY_TIME)
    except ValueError:
        return now

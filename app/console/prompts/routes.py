"""The prompts: every text callers hear, who has spoken which, and new sound for them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from app.blobs import BlobError
from app.calls.recordings.store import recordings_store
from app.console.naming import names_for
from app.console.prompts.lines import (
    STATES,
    PromptLine,
    StateFilter,
    Wish,
    prompt_line,
    prompt_lines,
)
from app.flows.prompt_list import ListedPrompt, listed_prompt
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.pins.queries import pin_set_at
from app.prompt_audio import queries, service, store
from app.prompt_audio.conversion import LARGEST_BYTES, AudioError, Converted, converted
from app.prompt_audio.service import Spoken, TakeError
from app.tickets.changes import staff_of
from app.web.access import EditPrompts, ViewFlows
from app.web.exports import AskedFormat, Column, Sheet, export
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import Site, site_of
from app.web.words import all_words

router = APIRouter(prefix="/console/flows/prompts", include_in_schema=False)

HERE = "/console/flows/prompts"


def wish_of(
    request: Request,
    language: Annotated[str, Query(max_length=16)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
) -> Wish:
    """The filters of the address; what is unknown is as if it were not there."""
    languages = site_of(request).library.current.directory.languages
    known: StateFilter = next((one for one in STATES if one == state), "")
    return Wish(language if language in languages else "", known, q.strip())


Wished = Annotated[Wish, Depends(wish_of)]


@router.get("")
def prompts(request: Request, visitor: ViewFlows, wish: Wished) -> Response:
    """All prompts by their keys, in every language."""
    site = site_of(request)
    library = site.library.current
    with site.database.reading() as connection:
        lines = prompt_lines(connection, library, wish)
        names = _names(request, visitor, connection, lines)
    return render(
        request, "prompts/list.html", visitor=visitor, lines=lines, wish=wish, names=names,
        languages=list(library.directory.languages), states=STATES,
        phone=site.settings.phone_number,
    )  # fmt: skip


@router.get("/export")
def translations(
    request: Request, visitor: ViewFlows, wish: Wished, file_format: AskedFormat = "csv"
) -> Response:
    """What is not translated yet, with the text in the default language, for a translator."""
    site = site_of(request)
    library = site.library.current
    tag = language_of(request, visitor)
    missing = Wish(wish.language, "missing", wish.words)

    def rows(connection: Any) -> list[tuple[str, ...]]:
        return [
            (line.key, one.listed.language, _original(site, line.key), "")
            for line in prompt_lines(connection, library, missing)
            for one in line.heard
        ]

    titles = ("key", "language", "original", "translation")
    columns = [
        Column(all_words().say(f"prompts.export.{title}", tag), width=width)
        for title, width in zip(titles, (24, 10, 60, 60), strict=True)
    ]
    title = all_words().say("prompts.export.title", tag)
    sheet = Sheet("translations", title, columns, rows, missing.active)
    return export(request, visitor, sheet, file_format)


@router.get("/{key}")
def prompt(request: Request, visitor: ViewFlows, key: str) -> Response:
    """One prompt: its texts, what was made of it, and how to record it."""
    return _page(request, visitor, key)


@router.post("/{key}/file")
def upload(
    request: Request,
    visitor: EditPrompts,
    key: str,
    language: Annotated[str, Form(max_length=16)],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Let callers hear a file. Its bytes are stored before the row that names them is written."""
    site = site_of(request)
    listed = _listed(site, key, language)
    if listed.with_fields or listed.is_missing:
        return _page(
            request, visitor, key, error="with_fields" if listed.with_fields else "missing"
        )
    if file is None or not file.filename:
        return _page(request, visitor, key, error="no_file")
    try:
        made = converted(file.file.read(LARGEST_BYTES + 1), listed.text)
        _keep(site, made)
    except AudioError as error:
        return _page(request, visitor, key, error=error.trouble.value)
    except BlobError:
        return _page(request, visitor, key, error="store_away")
    spoken = Spoken(key, language, listed.text)
    with site.database.writing() as connection:
        service.keep_file(connection, spoken, made.facts, visitor.actor, site.clock.now())
    return _changed(site, key, "in_force")


@router.post("/{key}/takes/{take_id}/use")
def use(request: Request, visitor: EditPrompts, key: str, take_id: int) -> Response:
    """Let callers hear something that was made before."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            take = _take(connection, key, take_id)
            words = _listed(site, key, take.language).text
            service.put_in_force(connection, take_id, words, visitor.actor, site.clock.now())
    except TakeError as error:
        return _page(request, visitor, key, error=f"take_{error.why}")
    return _changed(site, key, "in_force")


@router.post("/{key}/takes/{take_id}/withdraw")
def withdraw(request: Request, visitor: EditPrompts, key: str, take_id: int) -> Response:
    """Let callers hear the text again."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            _take(connection, key, take_id)
            service.withdraw(connection, take_id, visitor.actor, site.clock.now())
    except TakeError as error:
        return _page(request, visitor, key, error=f"take_{error.why}")
    return _changed(site, key, "withdrawn")


def _page(request: Request, visitor: Visitor, key: str, *, error: str = "") -> Response:
    site = site_of(request)
    library = site.library.current
    if not library.prompts.has(key):
        raise ProblemError(404)
    with site.database.reading() as connection:
        line = prompt_line(connection, library, key)
        takes = queries.takes_of(connection, key)
        makers = [staff_of(take.made_by) for take in takes]
        makers += [staff_of(take.decided_by) for take in takes]
        return render(
            request, "prompts/prompt.html", visitor=visitor, status=422 if error else 200,
            error=error, line=line, takes=takes, done=request.query_params.get("done", ""),
            names=names_for(request, visitor, connection, makers),
            may_edit=visitor.may(Right.prompts_edit), phone=site.settings.phone_number,
            has_pin=pin_set_at(connection, visitor.id) is not None,
        )  # fmt: skip


def _names(request: Request, visitor: Visitor, connection: Any, lines: list[PromptLine]) -> Any:
    takes = [one.take for line in lines for one in line.heard if one.take]
    return names_for(request, visitor, connection, [staff_of(take.made_by) for take in takes])


def _original(site: Site, key: str) -> str:
    return listed_prompt(site.library.current, key, site.library.current.default_language).text


def _listed(site: Site, key: str, language: str) -> ListedPrompt:
    library = site.library.current
    if not library.prompts.has(key) or language not in library.directory.languages:
        raise ProblemError(404)
    return listed_prompt(library, key, language)


def _take(connection: Any, key: str, take_id: int) -> queries.Take:
    take = queries.find_take(connection, take_id)
    if take is None or take.prompt != key:
        raise ProblemError(404)
    return take


def _keep(site: Site, made: Converted) -> None:
    store.put(recordings_store(site.settings), made.facts.sha256, made.content)


def _changed(site: Site, key: str, done: str) -> Response:
    """Back to the prompt; this worker plays the change at once, the others within seconds."""
    site.audio.refresh(site.database, site.library.current)
    return RedirectResponse(f"{HERE}/{key}?done={done}", 303)

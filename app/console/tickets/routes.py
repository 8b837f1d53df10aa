"""All pages of tickets; the fixed addresses come before those of a number."""

from app.console.tickets import (
    bulk,
    callers,
    exporting,
    files,
    links,
    lists,
    matters,
    notes,
    opening,
    owners,
    page,
    readings,
    saved,
    sealing,
    states,
)
from app.web.joining import joined

PARTS = (
    lists, exporting, saved, bulk, opening, page, states, owners, matters, links, notes, readings,
    files, callers, sealing,
)  # fmt: skip

router = joined(*(part.router for part in PARTS), in_schema=False)

"""All pages of cases; the fixed addresses come before those of a number."""

from app.console.disputes import agreement, lists, minutes, opening, page, sittings, verbs
from app.web.joining import joined

router = joined(
    *(part.router for part in (lists, opening, page, verbs, sittings, minutes, agreement)),
    in_schema=False,
)

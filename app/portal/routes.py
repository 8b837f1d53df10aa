"""All pages of the portal."""

from app.portal import appeals, callbacks, follow, front, own_ticket, policies
from app.web.joining import joined

router = joined(
    *(part.router for part in (front, appeals, follow, own_ticket, policies, callbacks)),
    in_schema=False,
)

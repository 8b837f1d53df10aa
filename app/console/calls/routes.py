"""The pages of calls, in the order their addresses are looked up."""

from app.console.calls import call, live, log, waiting
from app.web.joining import joined

router = joined(*(part.router for part in (live, waiting, log, call)), in_schema=False)

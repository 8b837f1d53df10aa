"""The token of a form: it is ours, was made for this browser, is used once, and not by a machine.

A machine fills a form at once, and fills every field. Neither loses anything to a person who does
so: the form comes back as it was, and is sent again.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request

from app.database import fingerprint
from app.web.sessions import browser_of
from app.web.site import site_of

FASTEST = timedelta(seconds=2)  # nobody reads and fills a form sooner
LONGEST = timedelta(hours=24)
_MAC = 32


@dataclass(frozen=True, slots=True)
class FormToken:
    """A form that was given out: `key` is its own and makes what it leads to happen once."""

    key: str
    made_at: datetime


def fresh_token(request: Request) -> str:
    """A token for a form of this browser."""
    key = secrets.token_hex(16)
    made = str(int(site_of(request).clock.now().timestamp() * 1_000))
    return f"{key}.{made}.{_mac(request, key, made)}"


def read_token(request: Request, written: str) -> FormToken | None:
    """The token, when we gave it to this browser within the last day; otherwise None."""
    parts = written.split(".")
    if len(parts) != 3 or not parts[1].isdigit() or len(parts[1]) > 15:
        return None
    key, made, mac = parts
    if not hmac.compare_digest(mac.encode(), _mac(request, key, made).encode()):
        return None
    now = site_of(request).clock.now()
    made_at = datetime.fromtimestamp(int(made) / 1_000, now.tzinfo)
    return FormToken(key, made_at) if now - made_at < LONGEST else None


def is_hasty(request: Request, token: FormToken, trap: str) -> bool:
    """Whether a machine seems to have filled the form: too fast, or a field nobody sees."""
    return bool(trap) or site_of(request).clock.now() - token.made_at < FASTEST


def _mac(request: Request, key: str, made: str) -> str:
    return fingerprint(f"form\n{browser_of(request).token}\n{key}\n{made}")[:_MAC]

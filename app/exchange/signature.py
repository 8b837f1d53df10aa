"""The `X-Twilio-Signature` header (contract, section 6)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

Pairs = Iterable[tuple[str, str]]


def signed_url(url: str, *, keep_port: bool = False) -> str:
    """The URL as Twilio signs it: no fragment, no user:password, and over HTTPS no port.

    Requests about text messages keep the port even there (`keep_port`).
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None and not keep_port:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign(auth_token: str, url: str, form: Pairs = ()) -> str:
    """The signature of a request to `url`, taken as it stands, with the form fields of a POST."""
    fields = "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), (url + fields).encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()

"""Where webhooks may go: https to public addresses, and to hosts that the site allows by name.

A webhook is a request from inside the bureau's network to wherever somebody typed; without this
check it could knock at the database (SSRF, reliability T4).
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Resolve = Callable[[str, int], list[str]]


class AddressError(ValueError):
    """Nothing may be sent there; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked up once: we connect to the `ip` that was judged."""

    url: SplitResult
    ip: str

    @property
    def connect_url(self) -> str:
        """The URL with the address in place of the name."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        port = f":{self.url.port}" if self.url.port else ""
        return self.url._replace(netloc=f"{host}{port}").geturl()


def check_url(url: str, allowed_hosts: Collection[str]) -> SplitResult:
    """A webhook's URL, split. Raises AddressError for one that nothing may be sent to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise AddressError("This is not a URL.") from error
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise AddressError("Give a URL with a host and without user, password or fragment.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in allowed_hosts):
        raise AddressError("Webhooks go by https; http only to hosts of HOTLINE_WEBHOOK_HOSTS.")
    return parts


def look_up(url: str, allowed_hosts: Collection[str], resolve: Resolve) -> Target:
    """Find the address to connect to.

    Raises AddressError when it is not public, OSError when the name cannot be resolved.
    """
    parts = check_url(url, allowed_hosts)
    host = parts.hostname or ""
    found = resolve(host, parts.port or 443)
    if not found:
        raise OSError(f"{host} has no address")
    if host not in allowed_hosts and any(not ipaddress.ip_address(ip).is_global for ip in found):
        raise AddressError(f"{host} is not a public address: name it in HOTLINE_WEBHOOK_HOSTS.")
    return Target(parts, found[0])


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    return [str(address[0]) for *_, address in found]

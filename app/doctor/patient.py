"""What the checks look at: the settings, and what they lead to."""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from threading import Lock
from urllib.parse import SplitResult, urlsplit

from app.calls.number import Provider, ask_provider
from app.calls.telephony import NumberConfiguration
from app.clock import Clock
from app.database import Database
from app.flows.calendar import Holidays
from app.flows.compiler import compile_folder
from app.flows.library import FlowLibrary
from app.policies.shelf import load_shelf
from app.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass
class Patient:
    """A site. `trust` decides whose certificates are believed, `http_seconds` is for one answer."""

    settings: Settings
    database: Database
    number: NumberConfiguration
    holidays: Holidays
    clock: Clock
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    http_seconds: float = 4.0
    _compiling: Lock = field(default_factory=Lock)
    _asking: Lock = field(default_factory=Lock)

    @cached_property
    def public(self) -> SplitResult:
        """The public address in its parts."""
        return urlsplit(self.settings.base_url)

    @property
    def is_simulated(self) -> bool:
        """Whether the provider is an exchange on this machine: nobody's telephone rings."""
        return urlsplit(self.settings.twilio_api_base_url).hostname in LOOPBACK

    @property
    def provider(self) -> Provider:
        """How our number is set up at the provider, asked once for all checks."""
        with self._asking:
            return self._provider

    @cached_property
    def _provider(self) -> Provider:
        return ask_provider(self.number, self.settings.base_url)

    @property
    def library(self) -> FlowLibrary:
        """The flows, compiled once for all checks. Raises FlowError."""
        with self._compiling:
            return self._library

    @cached_property
    def _library(self) -> FlowLibrary:
        folder = self.settings.flows_dir
        return compile_folder(folder, load_shelf(folder / "policies"), self.holidays)


def hours_of(time: timedelta) -> int:
    """A stretch of time in whole hours, at least one."""
    return max(1, round(time / timedelta(hours=1)))

"""The account's telephone numbers and TwiML applications (contract, section 4.6)."""

import re
from dataclasses import dataclass
from datetime import datetime

from app.exchange.callbacks import Subscription

E164 = re.compile(r"\+[1-9][0-9]{1,14}")


def is_dialable(address: str) -> bool:
    """Whether the network can try this: E.164, `client:NAME` or `sip:user@host`."""
    return bool(E164.fullmatch(address)) or address.startswith(("client:", "sip:", "sips:"))


@dataclass(eq=False)
class VoiceSettings:
    """Where calls to a number or application get their TwiML, and who hears of their end."""

    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"

    @property
    def fallback(self) -> Subscription:
        """The voice fallback."""
        return Subscription(self.voice_fallback_url, self.voice_fallback_method)

    @property
    def sms_fallback(self) -> Subscription:
        """Where a text message is taken when its own URL fails."""
        return Subscription(self.sms_fallback_url, self.sms_fallback_method)

    @property
    def progress(self) -> Subscription:
        """Who is told that a call has ended."""
        return Subscription(self.status_callback, self.status_callback_method)


@dataclass(eq=False)
class PhoneNumber:
    """A number of the account; `application_sid` overrides its own settings."""

    sid: str
    number: str
    date_created: datetime
    settings: VoiceSettings
    friendly_name: str = ""
    application_sid: str = ""
    caller_id_lookup: bool = False
    date_updated: datetime | None = None


@dataclass(eq=False)
class Application:
    """A TwiML application, for client phones and REST calls by `ApplicationSid`."""

    sid: str
    friendly_name: str
    date_created: datetime
    settings: VoiceSettings
    date_updated: datetime | None = None

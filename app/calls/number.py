"""How our number should be set up at the provider, beside how it is."""

from dataclasses import dataclass, replace

from app.calls.telephony import NumberConfiguration, NumberSettings, TelephonyError

URLS = ("voice_url", "voice_fallback_url", "status_callback", "sms_url")
FALLBACK_LIMITS = "#ct=2000&rt=5000"  # how long the provider waits for the fallback


@dataclass(frozen=True, slots=True)
class Provider:
    """How our number is set up at the provider, beside how it should be."""

    wanted: NumberSettings
    found: NumberSettings | None = None
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """Whether everything comes to us."""
        return self.found is not None and not self.wrong

    @property
    def wrong(self) -> list[str]:
        """The names of the settings that lead elsewhere, or come by another method than POST.

        What stands after `#` is ours to add. An application overrides all that is about calls.
        """
        if self.found is None:
            return list(URLS)
        return [
            name
            for name in URLS
            if getattr(self.found, name).partition("#")[0] != getattr(self.wanted, name)
            or name in self.found.not_by_post
            or (self.found.application and name != "sms_url")
        ]


def ask_provider(provider: NumberConfiguration, base_url: str) -> Provider:
    """Ask the provider where our number leads; what keeps it from answering is said."""
    wanted = wanted_settings(base_url)
    try:
        return Provider(wanted, provider.number_settings())
    except TelephonyError as error:
        return Provider(wanted, problem=str(error))


def wanted_settings(base_url: str) -> NumberSettings:
    """Where our number should lead."""
    return NumberSettings(
        voice_url=f"{base_url}/voice/incoming",
        voice_fallback_url=f"{base_url}/voice/fallback",
        status_callback=f"{base_url}/voice/status",
        sms_url=f"{base_url}/messages/incoming",
    )


def softphone_settings(base_url: str) -> NumberSettings:
    """Where the application should lead to which browsers of the staff connect."""
    return NumberSettings(
        voice_url=f"{base_url}/voice/softphone",
        voice_fallback_url="",
        status_callback=f"{base_url}/voice/status",
        sms_url="",
    )


def point_here(provider: NumberConfiguration, base_url: str) -> None:
    """Let our number lead here, all by POST. Raises `TelephonyError`'s three kinds."""
    wanted = wanted_settings(base_url)
    provider.point_number(
        replace(wanted, voice_fallback_url=wanted.voice_fallback_url + FALLBACK_LIMITS)
    )

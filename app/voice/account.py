"""The provider's account, as the settings name it."""

from app.settings import Settings
from app.voice.gateway import Account


def account_of(settings: Settings) -> Account:
    """The provider's account; an API key is preferred over the auth token."""
    key = settings.twilio_api_key_sid
    secret = settings.twilio_api_key_secret.get_secret_value()
    return Account(
        sid=settings.twilio_account_sid,
        user=key or settings.twilio_account_sid,
        password=secret or settings.tokens[0],
        api_base_url=settings.twilio_api_base_url,
        public_base_url=settings.base_url,
        phone_number=settings.phone_number,
        canary_number=settings.canary_number,
    )

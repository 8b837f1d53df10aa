"""The token by which a browser of the staff registers with the provider (contract, section 7)."""

from app.people.presence.address import identity_of
from app.settings import Settings

SECONDS = 3_600


def access_token(settings: Settings, staff_id: int) -> str:
    """A token for one member of the staff: may be rung, and may connect to our application.

    An auth token cannot sign it: the API key does. Raises ValueError without one.
    """
    from twilio.jwt.access_token import AccessToken
    from twilio.jwt.access_token.grants import VoiceGrant

    secret = settings.twilio_api_key_secret.get_secret_value()
    if not (settings.twilio_api_key_sid and secret and settings.twilio_application_sid):
        raise ValueError("no API key or application for browsers is set")
    token = AccessToken(
        settings.twilio_account_sid,
        settings.twilio_api_key_sid,
        secret,
        identity=identity_of(staff_id),
        ttl=SECONDS,
    )
    token.add_grant(
        VoiceGrant(outgoing_application_sid=settings.twilio_application_sid, incoming_allow=True)
    )
    return str(token.to_jwt())

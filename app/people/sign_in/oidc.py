"""Signing in by the county's identity provider: OpenID Connect, code flow with PKCE.

Whom the provider names must be of the staff already: nobody is added by signing in. State, nonce
and verifier travel in an encrypted cookie, so that only the browser that began can finish.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken

from app.database import cipher

MINUTES_TO_FINISH = 10
_TIMEOUT_SECONDS = 5.0
_LEEWAY_SECONDS = 60
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_FACTORS = frozenset({"mfa", "otp", "hwk"})  # RFC 8176: there was more than a password


class OidcError(Exception):
    """The provider's answer cannot be trusted, or it gave none; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider, as the settings name it, and where it sends people back to."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def fresh(cls, there: str) -> Self:
        """New secrets for one sign-in that shall lead to `there`."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, there)

    def sealed(self, at: datetime) -> str:
        """As a cookie."""
        text = json.dumps(asdict(self)).encode()
        return cipher().encrypt_at_time(text, int(at.timestamp())).decode()

    @classmethod
    def opened(cls, cookie: str, at: datetime) -> Self:
        """Out of a cookie. Raises OidcError for one that is not ours or too old."""
        seconds = MINUTES_TO_FINISH * 60
        try:
            text = cipher().decrypt_at_time(cookie, seconds, int(at.timestamp()))
        except InvalidToken:
            raise OidcError("the sign-in was not begun by this browser, or too long ago") from None
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider names: its lasting name for them, what their login may be, and how sure."""

    subject: str
    logins: tuple[str, ...]
    by_factors: bool


async def leave(provider: Provider, begun: Begun) -> str:
    """The provider's address to send the browser to."""
    async with _client(provider) as client:
        metadata = await _metadata(client, provider)
        address, _state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=begun.state,
            nonce=begun.nonce,
            code_verifier=begun.verifier,
        )
    return str(address)


async def come_back(
    provider: Provider, begun: Begun, answer: Mapping[str, str], at: datetime
) -> Identity:
    """Whom the provider names in its answer. Raises OidcError unless all of it is in order."""
    if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise OidcError("the state is another")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise OidcError("the answer is another provider's")
    if "code" not in answer:
        raise OidcError(f"the provider refused: {answer.get('error', 'no code')[:40]}")
    async with _client(provider) as client:
        metadata = await _metadata(client, provider)
        tokens = await _tokens(client, metadata, begun, answer["code"])
        keys = await _json(client, metadata["jwks_uri"])
    return _identity(provider, _claims(provider, begun, tokens, keys, at))


def _client(provider: Provider) -> Any:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    make: Any = AsyncOAuth2Client  # untyped
    return make(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        scope="openid profile email",
        redirect_uri=provider.redirect_uri,
        code_challenge_method="S256",
        timeout=_TIMEOUT_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


async def _metadata(client: Any, provider: Provider) -> dict[str, str]:
    """Where the provider's endpoints are. Raises OidcError when they are not as safe as itself."""
    issuer = provider.issuer.rstrip("/")
    metadata = await _json(client, f"{issuer}/.well-known/openid-configuration")
    if metadata.get("issuer") != provider.issuer:
        raise OidcError("the provider calls itself by another name")
    scheme = urlsplit(issuer).scheme
    for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(str(metadata.get(endpoint, ""))).scheme not in (scheme, "https"):
            raise OidcError(f"the provider has no safe {endpoint}")
    return metadata


async def _json(client: Any, address: str) -> dict[str, Any]:
    import httpx2

    try:
        answer = await client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise OidcError(f"the provider did not answer ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise OidcError("the provider did not answer as it must")
    return found


async def _tokens(
    client: Any, metadata: Mapping[str, str], begun: Begun, code: str
) -> Mapping[str, Any]:
    import httpx2
    from authlib.integrations.base_client.errors import OAuthError

    try:
        tokens: Mapping[str, Any] = await client.fetch_token(
            metadata["token_endpoint"], code=code, code_verifier=begun.verifier
        )
    except (httpx2.HTTPError, OAuthError, ValueError) as error:
        raise OidcError(f"the provider gave no token ({type(error).__name__})") from error
    return tokens


def _claims(
    provider: Provider,
    begun: Begun,
    tokens: Mapping[str, Any],
    keys: Mapping[str, Any],
    at: datetime,
) -> Mapping[str, Any]:
    """The claims of the ID token: signed by the provider, for us, for this sign-in, and fresh."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    rules = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": begun.nonce},
    )
    try:
        key_set = KeySet.import_key_set({"keys": keys["keys"]})
        claims = jwt.decode(str(tokens["id_token"]), key_set, algorithms=_ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise OidcError(f"the ID token is not good ({type(error).__name__})") from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise OidcError("the ID token was made for another client")
    return claims


def _identity(provider: Provider, claims: Mapping[str, Any]) -> Identity:
    logins = [claims.get("preferred_username")]
    if claims.get("email_verified") is True:
        logins.append(claims.get("email"))
    methods = claims.get("amr")
    return Identity(
        subject=f"{provider.issuer}#{claims['sub']}",
        logins=tuple(login.lower() for login in logins if isinstance(login, str) and login),
        by_factors=isinstance(methods, list) and bool(_FACTORS & set(map(str, methods))),
    )

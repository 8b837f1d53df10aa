"""One-time codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

Pure but for the picture: secrets come in as parameters, what was used is kept by `service.py`.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a telephone's clock may be off by half a minute
RECOVERY_CODES = 10
_ISSUER = "回响 Huixiang"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def fresh_secret(below: Callable[[int], int]) -> str:
    """160 bits, as RFC 4226 recommends."""
    return "".join(_BASE32[below(32)] for _ in range(32))


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The 30 s step whose code this is, around an instant; None when it is none's."""
    import pyotp

    totp = pyotp.TOTP(secret)
    digits = "".join(code.split())
    now = int(at.timestamp()) // STEP_SECONDS
    if not (digits.isascii() and digits.isdigit()):
        return None
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):  # all of them, whichever matches
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            found = step
    return found


def provisioning_uri(secret: str, login: str) -> str:
    """What the QR code says to the authenticator app."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def qr_svg(uri: str) -> str:
    """The QR code as an SVG element, for a page without inline styles or scripts."""
    import segno

    return segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=True)


def fresh_recovery_codes(below: Callable[[int], int]) -> list[str]:
    """Codes to be printed, about 49 bits each."""
    return [
        "-".join("".join(_LETTERS[below(len(_LETTERS))] for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(staff_id: int, code: str) -> str:
    """What is kept of a recovery code: it is random, so a fast hash will do."""
    plain = "".join(code.lower().split()).replace("-", "")
    return hashlib.sha256(f"{staff_id}\n{plain}".encode()).hexdigest()

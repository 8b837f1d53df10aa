"""The signature of what we post, so that the receiver knows that it is ours and when it was made.

    Hotline-Signature: t=1732500000,v1=<hex of HMAC-SHA256(secret, "1732500000." + body)>

The receiver computes the same over the raw body and refuses what is older than five minutes.
"""

import hashlib
import hmac

HEADER = "Hotline-Signature"


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The header's value for a body sent at an instant (seconds of the epoch)."""
    signed = f"{seconds}.".encode() + body
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
